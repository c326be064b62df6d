"""Typed answers of the management API (API.md §6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from openrouter_preflight.keys import ApiKey
from openrouter_preflight.openrouter import json_fields as fields
from openrouter_preflight.openrouter.answers import KeyRecord, read_key_record

if TYPE_CHECKING:
    from decimal import Decimal

    from openrouter_preflight.openrouter.json_fields import Json

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T_co]):
    """One page of a list."""

    rows: tuple[T_co, ...]
    count: int
    """Rows as they came: a page with fewer than were requested is the last one."""
    total: int | None = None
    """The number of rows on all pages, where it is given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """A row of `GET /workspaces`."""

    id: str
    name: str
    slug: str | None
    default_guardrail: str | None
    """Applies to every key by itself, and cannot be assigned."""
    has_key_logging: bool
    """I/O logging picks keys by numeric ids, which no endpoint tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatedKey:
    """The answer to `POST /keys`: the only one that ever holds a key."""

    record: KeyRecord
    key: ApiKey


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardrailAssignment:
    """A key holds one at most."""

    guardrail: str
    key: str
    """The key's fingerprint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberAssignment:
    """A member's guardrail."""

    guardrail: str
    member: str
    """The member's id, only ever compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guardrail:
    """A row of `GET /guardrails`, of which only one thing matters here."""

    id: str
    has_limit: bool
    """True where it bounds spending."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceBudget:
    """A row of `GET /workspaces/{id}/budgets`."""

    limit: Decimal
    """USD."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyList:
    """A BYOK credential or a broadcast destination that is open to the keys it lists."""

    id: str
    name: str
    keys: tuple[str, ...] | None
    """Fingerprints; None: it is open to every key."""
    filters_by_name: bool = False
    """True where a destination's rule matches names of keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageCount:
    """The answer to one analytics query about one key."""

    requests: int
    spend: Decimal | None
    """USD; None where it is not told."""
    is_sure: bool
    """True without warnings, gaps and caches: only then does a zero count."""


def read_workspaces(body: Json) -> Page[Workspace] | None:
    """`GET /workspaces`."""
    rows = fields.records(body, "data")
    if rows is None:
        return None
    read = tuple(workspace for row in rows if (workspace := _read_workspace(row)) is not None)
    return Page(rows=read, count=len(rows), total=fields.whole(body, "total_count"))


def _read_workspace(row: Json) -> Workspace | None:
    name = fields.text(row, "id")
    if name is None:
        return None
    return Workspace(
        id=name,
        name=fields.text(row, "name") or "",
        slug=fields.text(row, "slug"),
        default_guardrail=fields.text(row, "default_guardrail_id"),
        has_key_logging=bool(row.get("io_logging_api_key_ids")),
    )


def read_created_key(body: Json) -> CreatedKey | None:
    """Read `POST /keys`, with the key beside `data` or in it (API.md §6)."""
    record = read_key_record(body)
    data = fields.record(body, "data") or {}
    secret = fields.text(body, "key") or fields.text(data, "key")
    if record is None or secret is None:
        return None
    key = ApiKey(secret)
    return CreatedKey(record=record, key=key) if key.is_well_formed and key.fingerprint == record.hash else None


def read_assignments(body: Json) -> Page[GuardrailAssignment] | None:
    """`GET /guardrails/assignments/keys`."""
    rows = fields.records(body, "data")
    if rows is None:
        return None
    named = ((fields.text(row, "guardrail_id"), fields.text(row, "key_hash")) for row in rows)
    read = tuple(GuardrailAssignment(guardrail=one, key=key) for one, key in named if one and key)
    return Page(rows=read, count=len(rows), total=fields.whole(body, "total_count"))


def read_member_assignments(body: Json) -> Page[MemberAssignment] | None:
    """`GET /guardrails/assignments/members`."""
    rows = fields.records(body, "data")
    if rows is None:
        return None
    named = ((fields.text(row, "guardrail_id"), fields.text(row, "user_id")) for row in rows)
    read = tuple(MemberAssignment(guardrail=one, member=member) for one, member in named if one and member)
    return Page(rows=read, count=len(rows), total=fields.whole(body, "total_count"))


def read_guardrails(body: Json) -> Page[Guardrail] | None:
    """`GET /guardrails`."""
    rows = fields.records(body, "data")
    if rows is None:
        return None
    read = tuple(
        Guardrail(id=name, has_limit=fields.number(row, "limit_usd") is not None)
        for row in rows
        if (name := fields.text(row, "id")) is not None
    )
    return Page(rows=read, count=len(rows), total=fields.whole(body, "total_count"))


def read_workspace_budgets(body: Json) -> Page[WorkspaceBudget] | None:
    """`GET /workspaces/{id}/budgets`."""
    rows = fields.records(body, "data")
    if rows is None:
        return None
    limits = (fields.number(row, "limit_usd") for row in rows)
    return Page(rows=tuple(WorkspaceBudget(limit=limit) for limit in limits if limit is not None), count=len(rows))


def _read_key_lists(hashes: str, body: Json) -> Page[KeyList] | None:
    rows = fields.records(body, "data")
    if rows is None:
        return None
    read = tuple(
        KeyList(
            id=name,
            name=fields.word(row, "name")
            or fields.word(row, "provider")
            or fields.word(row, "type")
            or "without a name",
            keys=fields.texts(row, hashes),
            filters_by_name="api_key_name" in repr(row.get("filter_rules")),
        )
        for row in rows
        if (name := fields.text(row, "id")) is not None
    )
    return Page(rows=read, count=len(rows), total=fields.whole(body, "total_count"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ListKind:
    """A kind of list that names keys: its paths and its field."""

    title: str
    path: str
    field: str

    def read(self, body: Json) -> Page[KeyList] | None:
        """A page of its rows."""
        return _read_key_lists(self.field, body)


BYOK: Final = ListKind(title="BYOK credential", path="/byok", field="allowed_api_key_hashes")
BROADCAST: Final = ListKind(title="broadcast destination", path="/observability/destinations", field="api_key_hashes")


def read_any(body: Json) -> bool:
    """An answer of which only the status matters, because the change is read back."""
    return isinstance(body, dict)


def read_usage_count(body: Json) -> UsageCount | None:
    """`POST /analytics/query` about one key; figures can be strings."""
    outer = fields.record(body, "data")
    rows = fields.records(outer, "data") if outer is not None else None
    if outer is None or rows is None:
        return None
    metadata = fields.record(outer, "metadata") or {}
    counts = [fields.whole(row, "request_count") for row in rows]
    spends = [fields.number(row, "total_usage") for row in rows]
    known = [spend for spend in spends if spend is not None]
    is_whole = None not in counts and fields.flag(metadata, "truncated") is not True
    return UsageCount(
        requests=sum(count or 0 for count in counts),
        spend=sum(known, start=known[0] - known[0]) if known else None,
        is_sure=is_whole and not outer.get("warnings") and outer.get("cached_at") is None,
    )
