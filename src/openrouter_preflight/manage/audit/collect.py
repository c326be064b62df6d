"""Collection of an audit's data: workspaces, keys, ceilings, money (API.md §6).

What could not be read is a gap, which is reported; it never makes the list shorter without a word.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from openrouter_preflight.errors import UsageError
from openrouter_preflight.manage.audit.audited_key import AuditedKey, Gap
from openrouter_preflight.manage.audit.ceilings import Ceilings, read_ceilings
from openrouter_preflight.manage.found import reason
from openrouter_preflight.manage.parallel import run_all
from openrouter_preflight.openrouter.endpoints import activity_of, credits_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from openrouter_preflight.manage.client import Listing, Management
    from openrouter_preflight.manage.records import Workspace
    from openrouter_preflight.openrouter.activity import ActivityDay
    from openrouter_preflight.openrouter.answers import Credits
    from openrouter_preflight.openrouter.request import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountData:
    """The data of one audit."""

    keys: tuple[AuditedKey, ...]
    workspaces: int
    gaps: tuple[Gap, ...]
    credits: Answer[Credits] | None = None
    activity: Answer[tuple[ActivityDay, ...]] | None = None
    ceilings: Ceilings = field(default_factory=Ceilings)


def collect(
    management: Management,
    named: tuple[str, ...],
    *,
    now: datetime,
    remaining: Callable[[], float],
    progress: Callable[[int, int], None],
    with_activity: bool = False,
) -> AccountData:
    """Read the account, no request twice, or only the workspaces `named`.

    `progress` hears how many workspaces of how many were read.

    Raises:
        UsageError: a workspace that was named is not there.
    """
    listing, money, activity = _first_round(management, remaining, with_activity=with_activity)
    gaps = list(_gaps_of(listing, "the list of workspaces"))
    chosen = _chosen(listing, named)
    jobs = [partial(management.keys, workspace.id) for workspace in chosen]
    results = run_all(jobs, remaining, lambda done: progress(done, len(chosen)))
    keys: dict[str, AuditedKey] = {}
    for workspace, result in zip(chosen, results, strict=True):
        name = workspace.name or workspace.id
        for record in result.rows if result else ():
            keys.setdefault(record.hash, AuditedKey(record=record, workspace=name, workspace_id=workspace.id))
        gaps += _gaps_of(result, f"the keys of the workspace {name}")
    everything = tuple(keys.values())
    unbounded = [key for key in everything if key.record.limit is None and key.is_live(now)]
    ceilings = read_ceilings(management, chosen, unbounded, remaining) if unbounded else Ceilings()
    return AccountData(
        keys=everything,
        workspaces=len(chosen),
        gaps=tuple(gaps),
        credits=money,
        activity=activity,
        ceilings=ceilings,
    )


def _first_round(
    management: Management, remaining: Callable[[], float], *, with_activity: bool
) -> tuple[Listing[Workspace] | None, Answer[Credits] | None, Answer[tuple[ActivityDay, ...]] | None]:
    key, ask = management.key, management.asker.ask
    jobs: list[Callable[[], Any]] = [
        management.workspaces,
        lambda: ask(credits_of(key, is_best_effort=False)),
    ]
    if with_activity:
        jobs.append(lambda: ask(activity_of(key)))
    results = run_all(jobs, remaining)
    return results[0], results[1], results[2] if with_activity else None


def _chosen(listing: Listing[Workspace] | None, named: tuple[str, ...]) -> tuple[Workspace, ...]:
    """Return the workspaces to read. Raises UsageError for an unknown name."""
    known = listing.rows if listing else ()
    if not named:
        return known
    unknown = [each for each in named if not any(each in (one.id, one.slug) for one in known)]
    if unknown and listing is not None and listing.is_complete:
        names = ", ".join(sorted(one.slug or one.id for one in known)[:20])
        raise UsageError(f"--workspace: the account has no workspace {unknown[0]}.", f"It has: {names}.")
    return tuple(one for one in known if one.id in named or one.slug in named)


def _gaps_of(listing: Listing[Any] | None, what: str) -> Iterable[Gap]:
    if listing is None:
        yield Gap(what=what, why="the deadline passed")
    elif listing.failure is not None:
        yield Gap(what=what, why=reason(listing.failure), answer=listing.failure)
    elif listing.moved:
        yield Gap(what=what, why="rows moved while it was read, each time that it was")
