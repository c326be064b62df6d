"""Typed reads of the management API (API.md §6).

Every list is read to its end or says that it was not: a page that is missing never makes a list shorter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, TypeVar
from urllib.parse import quote

from openrouter_preflight.manage import records
from openrouter_preflight.openrouter import answers
from openrouter_preflight.openrouter.endpoints import key_info, key_record
from openrouter_preflight.openrouter.reply_kind import ReplyKind
from openrouter_preflight.openrouter.request import LARGE_BODY, ApiRequest, Repeat

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Hashable, Mapping
    from datetime import datetime

    from openrouter_preflight.keys import ApiKey
    from openrouter_preflight.openrouter.answers import KeyInfo, KeyRecord
    from openrouter_preflight.openrouter.json_fields import Json
    from openrouter_preflight.openrouter.request import Answer

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

_PAGE: Final = 100
_OVERLAP: Final = 1
"""Rows that two pages share: where the last one of a page is not on the next, rows moved up, and some were missed."""
_MOST_PAGES: Final = 500
_MOST_READINGS: Final = 3
_ABSENT: Final = (ReplyKind.NOT_FOUND,)


class Asker(Protocol):
    """Sends one request until it is answered, as `openrouter.client.Client` does."""

    def ask(self, request: ApiRequest[T]) -> Answer[T]:
        """The answer; reads are asked again where that can help, writes never."""
        ...

    @property
    def remaining(self) -> float:
        """Seconds until the deadline."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Generic[T_co]):
    """All rows of a list, each once, and the failure that cut it short."""

    rows: tuple[T_co, ...]
    failure: Answer[Any] | None = None
    moved: bool = False
    """True where rows moved during every reading."""

    @property
    def is_complete(self) -> bool:
        """True where no row can be missing."""
        return self.failure is None and not self.moved

    @property
    def is_absent(self) -> bool:
        """True where the account does not have such a list."""
        return self.failure is not None and self.failure.kind in _ABSENT


class Management:
    """Reads of an account with its management key."""

    def __init__(self, asker: Asker, key: ApiKey) -> None:
        """Ask through `asker`; `key` is sent nowhere but to its base URL."""
        self.asker = asker
        self.key = key

    def self_info(self) -> Answer[KeyInfo]:
        """`GET /key` of the management key itself."""
        return self.asker.ask(key_info(self.key))

    def key_record(self, fingerprint: str) -> Answer[KeyRecord]:
        """`GET /keys/{hash}`; management and OAuth keys may be 404 there (API.md §6)."""
        return self.asker.ask(key_record(fingerprint, self.key))

    def workspaces(self) -> Listing[records.Workspace]:
        """Every workspace of the account."""
        return self._list("/workspaces", records.read_workspaces, lambda row: row.id, {"limit": str(_PAGE)})

    def keys(self, workspace: str | None = None) -> Listing[KeyRecord]:
        """List every ordinary key of a workspace, disabled and expired ones too.

        Management keys and keys made by OAuth are never listed (API.md §6).
        """
        return self.newest_keys(workspace, ())

    def newest_keys(self, workspace: str | None, known: Container[Hashable]) -> Listing[KeyRecord]:
        """List keys as `keys` does, but no page behind the first one that has a known key.

        Pages begin with the newest key (API.md §6).
        """
        query = {"include_disabled": "true", "include_expired": "true"}
        if workspace is not None:
            query["workspace_id"] = workspace
        return self._list("/keys", _read_key_page, lambda row: row.hash, query, known)

    def guardrail_assignments(self) -> Listing[records.GuardrailAssignment]:
        """Every guardrail of every key of the account."""
        path, query = "/guardrails/assignments/keys", {"limit": str(_PAGE)}
        return self._list(path, records.read_assignments, lambda row: (row.guardrail, row.key), query)

    def member_assignments(self) -> Listing[records.MemberAssignment]:
        """Every guardrail of every member, which holds for the keys that the member made."""
        path, query = "/guardrails/assignments/members", {"limit": str(_PAGE)}
        return self._list(path, records.read_member_assignments, lambda row: (row.guardrail, row.member), query)

    def guardrails(self, workspace: str) -> Listing[records.Guardrail]:
        """Every guardrail of a workspace."""
        return self._list("/guardrails", records.read_guardrails, lambda row: row.id, _page_query(workspace))

    def workspace_budgets(self, workspace: str) -> Listing[records.WorkspaceBudget]:
        """The budgets of a workspace, four at most."""
        path = f"/workspaces/{quote(workspace, safe='')}/budgets"
        answer = self.asker.ask(ApiRequest(path=path, key=self.key, read=records.read_workspace_budgets))
        return Listing(rows=answer.data.rows) if answer.data is not None else Listing(rows=(), failure=answer)

    def key_lists(self, kind: records.ListKind, workspace: str | None) -> Listing[records.KeyList]:
        """List BYOK credentials or broadcast destinations of a workspace."""
        return self._list(kind.path, kind.read, lambda row: row.id, _page_query(workspace))

    def usage_between(self, fingerprint: str, start: datetime, end: datetime) -> Answer[records.UsageCount]:
        """Return a key's requests by analytics, whose freshness is unknown."""
        payload = {
            "metrics": ["request_count", "total_usage"],
            "filters": [{"field": "api_key_id", "operator": "eq", "value": fingerprint}],
            "time_range": {"start": _utc(start), "end": _utc(end)},
        }
        return self.asker.ask(
            ApiRequest(
                method="POST",
                repeat=Repeat.ALWAYS,
                path="/analytics/query",
                key=self.key,
                read=records.read_usage_count,
                payload=payload,
            )
        )

    def _list(
        self,
        path: str,
        read: Callable[[Json], records.Page[T] | None],
        name_of: Callable[[T], Hashable],
        query: Mapping[str, str],
        known: Container[Hashable] = (),
    ) -> Listing[T]:
        listing: Listing[T] = Listing(rows=(), moved=True)
        for _ in range(_MOST_READINGS):
            listing = self._read_once(path, read, name_of, query, known)
            if not listing.moved:
                break
        return listing

    def _read_once(
        self,
        path: str,
        read: Callable[[Json], records.Page[T] | None],
        name_of: Callable[[T], Hashable],
        query: Mapping[str, str],
        known: Container[Hashable],
    ) -> Listing[T]:
        """Read pages up to one with a known row; rows that come twice are kept once."""
        rows: dict[Hashable, T] = {}
        last: Hashable | None = None
        offset = 0
        for _ in range(_MOST_PAGES):
            request = ApiRequest(
                path=path, key=self.key, read=read, query={**query, "offset": str(offset)}, body_limit=LARGE_BODY
            )
            answer = self.asker.ask(request)
            if answer.data is None:
                return Listing(rows=tuple(rows.values()), failure=answer)
            page = {name_of(row): row for row in answer.data.rows}
            if last is not None and last not in page:
                return Listing(rows=tuple({**rows, **page}.values()), moved=True)
            count = len(rows)
            rows = {**rows, **page}
            if answer.data.count < _PAGE or any(name in known for name in page):
                return Listing(rows=tuple(rows.values()))
            if len(rows) == count:
                break  # a server that ignores `offset` would answer the same page for ever
            last = next(reversed(page), None)
            offset += answer.data.count - _OVERLAP
        return Listing(rows=tuple(rows.values()), moved=True)


def _page_query(workspace: str | None) -> dict[str, str]:
    query = {"limit": str(_PAGE)}
    return query if workspace is None else {**query, "workspace_id": workspace}


def _read_key_page(body: Json) -> records.Page[KeyRecord] | None:
    rows = answers.read_key_records(body)
    data = body.get("data")
    return None if rows is None else records.Page(rows=rows, count=len(data) if isinstance(data, list) else 0)


def _utc(moment: datetime) -> str:
    """ISO 8601 with seconds, as the service insists."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
