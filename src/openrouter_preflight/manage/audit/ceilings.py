"""Ceilings of keys without a limit: guardrails and budgets (API.md §6).

It is read only where some key has no limit. A guardrail of a member bounds the keys that member made.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from openrouter_preflight.manage.found import reason
from openrouter_preflight.manage.parallel import run_all
from openrouter_preflight.openrouter.reply_kind import ReplyKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from openrouter_preflight.manage.audit.audited_key import AuditedKey
    from openrouter_preflight.manage.client import Listing, Management
    from openrouter_preflight.manage.records import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceilings:
    """The known ceilings."""

    guardrails: frozenset[str] = frozenset()
    """Ids of guardrails that bound spending."""
    assigned: Mapping[str, str] = field(default_factory=dict)
    """The guardrail of each key that has one, by the key's fingerprint."""
    members: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The guardrails of each member, by the member's id."""
    workspaces: frozenset[str] = frozenset()
    """Ids of workspaces with a budget, or with a default guardrail that bounds spending."""
    unread: Mapping[str, str] = field(default_factory=dict)
    """The reason why ceilings are not known, by the workspace's id; the empty id stands for all."""

    def bounds(self, key: AuditedKey) -> bool | None:
        """Return True where something bounds the key's spending, None for unknown."""
        record = key.record
        theirs = {self.assigned.get(record.hash, ""), *self.members.get(record.creator_user_id or "", ())}
        if record.limit is not None or key.workspace_id in self.workspaces or theirs & self.guardrails:
            return True
        return None if self.why_unknown(key) else False

    def why_unknown(self, key: AuditedKey) -> str:
        """The reason why it is not known; empty where it is."""
        return self.unread.get("") or self.unread.get(key.workspace_id) or ""


def read_ceilings(
    management: Management,
    workspaces: Sequence[Workspace],
    keys: Sequence[AuditedKey],
    remaining: Callable[[], float],
) -> Ceilings:
    """The ceilings of these keys, which have no limit of their own."""
    wanted = {key.workspace_id for key in keys}
    spaces = [workspace for workspace in workspaces if workspace.id in wanted]
    jobs: list[Callable[[], Listing[Any]]] = [management.guardrail_assignments, management.member_assignments]
    for space in spaces:
        jobs += [partial(management.guardrails, space.id), partial(management.workspace_budgets, space.id)]
    assigned, members, *rest = run_all(jobs, remaining)
    unread: dict[str, str] = {}
    bounding: set[str] = set()
    bounded: set[str] = set()
    for number, space in enumerate(spaces):
        guardrails, budgets = rest[2 * number], rest[2 * number + 1]
        rows = guardrails.rows if guardrails else ()
        limited = {row.id for row in rows if row.has_limit}
        bounding |= limited
        if (budgets and budgets.rows) or space.default_guardrail in limited:
            bounded.add(space.id)
        why = _why_unread(guardrails) or _why_unread(budgets)
        if why:
            unread[space.id] = why
    why = _why_unread(assigned) or _why_unread(members)
    if why:
        unread[""] = why
    by_member: dict[str, set[str]] = {}
    for row in members.rows if members else ():
        by_member.setdefault(row.member, set()).add(row.guardrail)
    return Ceilings(
        guardrails=frozenset(bounding),
        assigned={row.key: row.guardrail for row in assigned.rows} if assigned else {},
        members={member: frozenset(theirs) for member, theirs in by_member.items()},
        workspaces=frozenset(bounded),
        unread=unread,
    )


_NOT_IN_THIS_PLAN: Final = (ReplyKind.NOT_FOUND, ReplyKind.KEY_FORBIDDEN)
"""Answers of an account that has no guardrails or budgets: budgets are part of Enterprise plans (API.md §6)."""


def _why_unread(listing: Listing[Any] | None) -> str:
    """Empty where it was read, or where the account's plan has no such thing."""
    if listing is None:
        return "the deadline passed"
    if listing.is_complete or (listing.failure is not None and listing.failure.kind in _NOT_IN_THIS_PLAN):
        return ""
    return reason(listing.failure) if listing.failure is not None else "rows moved while it was read"
