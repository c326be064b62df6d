"""Guardrails, BYOK credentials and broadcast destinations of an account.

Each names keys by their hashes (API.md §6). Frozen data only, as in `account`; a scenario describes it by plans, which
name keys and workspaces as the scenario does.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from decimal import Decimal
    from random import Random

    from openrouter_preflight.simulator.clock import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Guardrail:
    """A guardrail of one workspace."""

    id: str
    name: str
    workspace_id: str
    created_at: datetime
    limit: Decimal | None = None
    """USD; None: it bounds no spending."""
    reset: Interval | None = None
    is_default: bool = False
    """It holds for every key of its workspace and cannot be assigned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A key's guardrail, of which it has at most one."""

    id: str
    guardrail_id: str
    key_hash: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyList:
    """A provider's credential or a broadcast destination, and the keys that it is for."""

    id: str
    name: str
    workspace_id: str
    created_at: datetime
    kind: str
    """The provider's slug, or the destination's type."""
    hashes: tuple[str, ...] | None = None
    """None: every key of the workspace."""
    enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipment:
    """All of it."""

    guardrails: tuple[Guardrail, ...] = ()
    assignments: Mapping[str, Assignment] = field(default_factory=dict)
    """By the key's hash, in the order in which they were made."""
    byok: tuple[KeyList, ...] = ()
    destinations: tuple[KeyList, ...] = ()

    def default_guardrail(self, workspace_id: str) -> Guardrail | None:
        """The guardrail that holds for every key of that workspace."""
        own = (each for each in self.guardrails if each.is_default and each.workspace_id == workspace_id)
        return next(own, None)

    def without_key(self, key_hash: str) -> Equipment:
        """Return the equipment after that key's deletion; lists keep the hash."""
        kept = {known: each for known, each in self.assignments.items() if known != key_hash}
        return replace(self, assignments=kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardrailPlan:
    """One guardrail, and the keys that have it."""

    name: str
    keys: tuple[str, ...] = ()
    workspace: str = "default"
    """The workspace's slug."""
    limit: Decimal | None = None
    reset: Interval | None = None
    is_default: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyListPlan:
    """One provider's credential or broadcast destination."""

    name: str
    kind: str
    keys: tuple[str, ...] | None = None
    """None: every key of the workspace."""
    workspace: str = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class EquipmentPlan:
    """All of it."""

    guardrails: tuple[GuardrailPlan, ...] = ()
    byok: tuple[KeyListPlan, ...] = ()
    destinations: tuple[KeyListPlan, ...] = ()


def open_equipment(
    plan: EquipmentPlan, hashes: Mapping[str, str], workspaces: Mapping[str, str], rng: Random, now: datetime
) -> Equipment:
    """Return the equipment that `plan` describes."""

    def opened(each: KeyListPlan) -> KeyList:
        return KeyList(
            id=uuid(rng),
            name=each.name,
            workspace_id=workspaces[each.workspace],
            created_at=now,
            kind=each.kind,
            hashes=None if each.keys is None else tuple(hashes[key] for key in each.keys),
        )

    guardrails, assignments = [], {}
    for each in plan.guardrails:
        guardrail = Guardrail(
            id=uuid(rng),
            name=each.name,
            workspace_id=workspaces[each.workspace],
            created_at=now,
            limit=each.limit,
            reset=each.reset,
            is_default=each.is_default,
        )
        guardrails.append(guardrail)
        for key in each.keys:
            assignments[hashes[key]] = Assignment(
                id=uuid(rng), guardrail_id=guardrail.id, key_hash=hashes[key], created_at=now
            )
    return Equipment(
        guardrails=tuple(guardrails),
        assignments=assignments,
        byok=tuple(map(opened, plan.byok)),
        destinations=tuple(map(opened, plan.destinations)),
    )


def uuid(rng: Random) -> str:
    """A UUID that the seed decides."""
    return str(UUID(int=rng.getrandbits(128), version=4))
