"""A rotation's outcome: what became of it, or how far it is, as findings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from openrouter_preflight.findings import Finding, Outcome
from openrouter_preflight.manage.found import SHOWN, found
from openrouter_preflight.manage.marks import Stage, base_name, read_replacement
from openrouter_preflight.manage.rotation.creation import IMAGINED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from openrouter_preflight.findings import WriteRow
    from openrouter_preflight.manage.rotation.request import RotationRequest
    from openrouter_preflight.manage.rotation.state import RotationState
    from openrouter_preflight.manage.rotation.stop import RotationStop


def title_of(state: RotationState) -> str:
    """The old key's name and the first digits of its fingerprint."""
    name = base_name(state.old.name) if state.old is not None else ""
    known = name or next((each.mark.base for each in state.successors), "")
    short = state.fingerprint[:SHOWN]
    return f"{known} ({short}…)" if known else f"{short}…"


def outcome(findings: Iterable[Finding], writes: Sequence[WriteRow] = (), *, dry: bool = False) -> Outcome:
    """Return the outcome of a `rotate`, with commands for this key."""
    named = [replace(each, help=each.help.replace("FINGERPRINT", each.fingerprint or "")) for each in findings]
    rows = tuple(map(_without_imagined_key, writes)) if dry else tuple(writes)
    return Outcome(command="rotate", findings=tuple(named), writes=rows, is_dry_run=dry)


def _without_imagined_key(row: WriteRow) -> WriteRow:
    """A row of a dry run: the successor has no fingerprint yet."""
    if row.fingerprint != IMAGINED:
        return row
    return replace(row, fingerprint=None, path=row.path.replace(IMAGINED, "{successor}"))


def done(state: RotationState, request: RotationRequest, title: str, *, dry: bool) -> Finding:
    """The rotation of the key with that title came to its end."""
    fingerprint = request.fingerprint
    if dry:
        return found("rotation-planned", f"{title} would be replaced; nothing was written.", fingerprint=fingerprint)
    new = state.replacement
    by = f" by {new.hash[:SHOWN]}…" if new is not None else ""
    if request.delete:
        return found(
            "rotation-done",
            f"{title} was replaced{by}, and is deleted.",
            fingerprint=fingerprint,
            help_="Nothing to do.",
        )
    said = f"{title} was replaced{by}, and is switched off."
    return found("rotation-done", said, fingerprint=fingerprint)


def stopped(state: RotationState, stop: RotationStop, title: str, *, key: str | None) -> Finding:
    """The rotation of the key with that title stopped before its end."""
    said = f"{title or title_of(state)}: {stop.message}."
    return found(stop.rule, said, help_=stop.advice or None, key=key, fingerprint=state.fingerprint)


def remarks(notes: Iterable[str], title: str, fingerprint: str) -> list[Finding]:
    """Return the notes about this rotation in one finding."""
    said = tuple(dict.fromkeys(notes))
    if not said:
        return []
    return [replace(found("rotation-remark", f"{title}", fingerprint=fingerprint), remarks=said)]


def status(state: RotationState, now: datetime) -> Finding:
    """Return the progress of the rotation and the next step."""
    said, next_step = _status(state, now)
    title = title_of(state)
    return found("rotation-status", f"{title}: {said}.", help_=next_step, fingerprint=state.fingerprint)


def _status(state: RotationState, now: datetime) -> tuple[str, str]:
    old, winner = state.old, state.winner
    if state.is_retired and old is not None:
        replacement = read_replacement(old.name) or ""
        said = f"it was replaced by {replacement[:SHOWN]}…, and is switched off"
        return said, "Delete it once nobody misses it: rotate FINGERPRINT --finish --delete."
    if winner is not None:
        since = f"handed over {_ago(winner.mark.since, now)}"
        if state.is_old_off:
            return f"its successor was {since}; it is switched off", "Go on with --finish: it renames both."
        used = f", last used {_ago(old.last_used_at, now)}" if old is not None and old.last_used_at else ""
        return f"its successor was {since}; it is still on{used}", "Go on with --finish."
    handing = [each for each in state.successors if each.mark.stage is Stage.HANDING]
    if handing:
        said = (
            f"a successor was being handed over {_ago(handing[-1].mark.since, now)}, and some destinations may hold it"
        )
        return said, "Go on with the same `--to` as before: it makes another successor where it must."
    if state.successors:
        said = f"a successor was made {_ago(state.successors[-1].mark.since, now)}, and nobody was given it"
        return said, "Go on with `--to`: it deletes that one, and makes another."
    return "no rotation of it is under way", "Start one with `--to`."


def _ago(moment: datetime, now: datetime) -> str:
    minutes = max(int((now - moment).total_seconds() // 60), 0)
    if minutes < 120:
        return f"{minutes} min ago"
    return f"{minutes // 60} h ago" if minutes < 48 * 60 else f"{minutes // 1440} days ago"
