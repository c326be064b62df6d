"""Readiness: obstacles and notes, before anything is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openrouter_preflight.manage.marks import Stage
from openrouter_preflight.manage.rotation.equipment import not_copied, read_equipment
from openrouter_preflight.manage.rotation.request import successor_expiry, successor_limit
from openrouter_preflight.manage.rotation.stop import NotReady

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from openrouter_preflight.keys import ApiKey
    from openrouter_preflight.manage.client import Management
    from openrouter_preflight.manage.destinations.interface import Destination
    from openrouter_preflight.manage.rotation.request import RotationRequest
    from openrouter_preflight.manage.rotation.state import RotationState
    from openrouter_preflight.openrouter.answers import KeyRecord


def see_ready(
    management: Management,
    old: KeyRecord,
    request: RotationRequest,
    destinations: Sequence[Destination],
    now: datetime,
) -> list[str]:
    """Return notes for a person. Raises NotReady.

    Raises:
        NotReady: a destination cannot be written to, or the successor's settings do not follow from the old key's.
        Incomplete: the old key's equipment could not be read.
    """
    problems = [(each.label, problem) for each in destinations if (problem := each.problem())]
    if problems:
        raise NotReady("; ".join(f"{label}: {problem}" for label, problem in problems))
    successor_limit(old, request.limit)
    successor_expiry(old, request.ttl, now)
    equipment = read_equipment(management, old)
    workspace = next((each for each in management.workspaces().rows if each.id == old.workspace_id), None)
    return [
        *(["the old key is switched off already"] if old.disabled else []),
        *(f"not copied: {each}" for each in not_copied(old, equipment, workspace)),
        *(note for each in destinations for note in each.notes()),
    ]


def refuse_other_destinations(
    state: RotationState, request: RotationRequest, destinations: Sequence[Destination]
) -> None:
    """Raise NotReady where a successor is in other destinations."""
    winner = state.winner
    if winner is not None and destinations and winner.mark.destinations != request.destinations_digest:
        raise NotReady(
            "a successor was handed over to other destinations than these",
            "Finish that rotation first, with --finish; then rotate the new key.",
        )


def adoptable_key(
    state: RotationState, destinations: Sequence[Destination], now: datetime, lease: timedelta
) -> ApiKey | None:
    """Return a successor's key from a readable destination, or None."""
    if state.winner is not None:
        return None
    for destination in destinations:
        key = destination.read_back()
        found = state.successor(key.fingerprint) if key is not None else None
        if found is not None and found.mark.stage is Stage.HANDING and now - found.mark.since >= lease:
            return key
    return None
