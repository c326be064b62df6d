"""The next step of a rotation, from the account's state. Pure.

The order: create with limit 0, equip, prove, announce, hand over, mark, watch the old key, switch it off, rename.
A process that died leaves a state in which some later one finds its place again:

    made      nothing was handed over: the successor is deleted and another one made
    handing   a destination may hold it: it lives until another one is in every destination, and is silent itself
    handed    every destination holds it: the old key is watched, switched off and retired

A mark that is younger than LEASE may belong to a process that is alive. Before each destination that process renews its
mark, and a key that was deleted under it refuses that: so nothing deleted is handed over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from openrouter_preflight.manage.marks import Stage

if TYPE_CHECKING:
    from datetime import datetime

    from openrouter_preflight.manage.rotation.state import RotationState, Successor

LEASE: Final = timedelta(minutes=2)
"""Time after which an unrenewed mark's process counts as dead."""


class Act(StrEnum):
    """Everything that a rotation can do next."""

    CREATE = "create"
    WAIT = "wait"
    """Another process may be alive: look again later."""
    WITHDRAW = "withdraw"
    """An older rotation goes on: delete our own successor and stop."""
    REMOVE = "remove"
    """Delete a successor that lost its process or its use."""
    EQUIP = "equip"
    PROVE = "prove"
    """See that the new key is accepted."""
    ANNOUNCE = "announce"
    """Give it its limit and say in its mark that destinations may hold it from now on."""
    HAND_OVER = "hand over"
    CONFIRM = "confirm"
    """Mark it as held by every destination."""
    WATCH = "watch"
    """Wait until the keys that are to go are silent."""
    DISABLE = "disable"
    UNLIST = "unlist"
    """Take the old key out of the lists that name it: a key that is off would make their next change fail."""
    RETIRE = "retire"
    """Rename the old key: it names its replacement."""
    RENAME = "rename"
    """Give the successor the old key's name."""
    DELETE = "delete"
    DONE = "done"
    LOST = "lost"
    """Our successor is not there any more: another run removed it."""
    UNFINISHED = "unfinished"
    """There is nothing to finish: no successor was handed over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One act, on one key or several."""

    act: Act
    keys: tuple[str, ...] = ()
    """Fingerprints of those it is about; empty: the old key."""
    until: datetime | None = None
    """When a wait is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Knowledge of this process that the account does not have."""

    own: str | None = None
    """The successor whose key it has: made here, or read back from a destination."""
    equipped: bool = False
    proven: bool = False
    handed: int = 0
    """Destinations that got it from this process."""
    destinations: int = 0
    """Number of destinations; none when a rotation is only finished."""
    silent: frozenset[str] = frozenset()
    """Keys that were watched long enough."""
    unlisted: bool = False
    finished: bool = False
    delete: bool = False
    """True where the old key is deleted at the end."""


def next_step(state: RotationState, memory: Memory, now: datetime, lease: timedelta = LEASE) -> Step:
    """The one thing to do next."""
    if memory.finished:
        return Step(act=Act.DONE)
    if state.is_retired:
        return _finish_retired(state, memory)
    winner = state.winner
    if winner is not None and memory.own in (None, winner.hash):
        return _replace(state, memory, winner)
    if memory.own is not None:
        return _proceed(state, memory, memory.own, now, lease)
    fresh = [each for each in state.successors if _is_fresh(each, now, lease)]
    if fresh:
        return Step(act=Act.WAIT, until=max(each.mark.since for each in fresh) + lease)
    orphan = next((each for each in state.successors if each.mark.stage is Stage.MADE), None)
    if orphan is not None:
        return Step(act=Act.REMOVE, keys=(orphan.hash,))
    if not memory.destinations or state.old is None:
        return Step(act=Act.UNFINISHED)
    return Step(act=Act.CREATE)


def _is_fresh(successor: Successor, now: datetime, lease: timedelta) -> bool:
    """Return True where its process may be alive."""
    return successor.mark.stage is not Stage.HANDED and now - successor.mark.since < lease


def _proceed(state: RotationState, memory: Memory, own: str, now: datetime, lease: timedelta) -> Step:
    """Return the next step for a successor whose key this process holds."""
    successor = state.successor(own)
    if successor is None:
        return Step(act=Act.LOST, keys=(own,))
    others = [each for each in state.successors if each.hash != own]
    is_late = not _is_fresh(successor, now, lease)
    rivals = [each for each in others if _is_fresh(each, now, lease)]
    if state.winner is not None or any(is_late or each.precedence < successor.precedence for each in rivals):
        never_given = successor.mark.stage is Stage.MADE
        return Step(act=Act.WITHDRAW if never_given else Act.LOST, keys=(own,))
    orphan = next((each for each in others if each.mark.stage is Stage.MADE and each not in rivals), None)
    if orphan is not None:
        return Step(act=Act.REMOVE, keys=(orphan.hash,))
    if not memory.equipped:
        return Step(act=Act.EQUIP, keys=(own,))
    if not memory.proven:
        return Step(act=Act.PROVE, keys=(own,))
    if successor.mark.stage is Stage.MADE:
        return Step(act=Act.ANNOUNCE, keys=(own,))
    return Step(act=Act.HAND_OVER if memory.handed < memory.destinations else Act.CONFIRM, keys=(own,))


def _replace(state: RotationState, memory: Memory, winner: Successor) -> Step:
    """Return the next step once the winner is in every destination."""
    others = [each for each in state.successors if each.hash != winner.hash]
    orphans = [each for each in others if each.mark.stage is Stage.MADE or each.record.disabled]
    if orphans:
        return Step(act=Act.REMOVE, keys=(orphans[0].hash,))
    leaving = [each.hash for each in others]
    in_use = [*([] if state.is_old_off else [state.fingerprint]), *leaving]
    if not memory.silent.issuperset(in_use):
        return Step(act=Act.WATCH, keys=tuple(in_use))
    if leaving:
        return Step(act=Act.REMOVE, keys=(leaving[0],))
    if not state.is_old_off:
        return Step(act=Act.DISABLE)
    if not memory.unlisted:
        return Step(act=Act.UNLIST, keys=(winner.hash,))
    return Step(act=Act.RENAME if state.old is None else Act.RETIRE, keys=(winner.hash,))


def _finish_retired(state: RotationState, memory: Memory) -> Step:
    """Return what is left once the old key names its replacement."""
    replacement = state.replacement
    others = [each for each in state.successors if replacement is None or each.hash != replacement.hash]
    if others:
        return Step(act=Act.REMOVE, keys=(others[0].hash,))
    if replacement is not None and state.successor(replacement.hash) is not None:
        return Step(act=Act.RENAME, keys=(replacement.hash,))
    if memory.delete:
        return Step(act=Act.DELETE) if memory.unlisted else Step(act=Act.UNLIST)
    return Step(act=Act.DONE)
