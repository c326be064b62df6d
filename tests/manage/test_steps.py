"""The next step of a rotation, from every state of the account and everything that a process can know."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from openrouter_preflight.manage.marks import Stage, new_mark, retired_name
from openrouter_preflight.manage.rotation.state import read_state
from openrouter_preflight.manage.rotation.steps import LEASE, Act, Memory, next_step
from openrouter_preflight.openrouter.answers import KeyRecord, Usage

if TYPE_CHECKING:
    from openrouter_preflight.manage.rotation.state import RotationState

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
NO_USAGE = Usage(total=Decimal(0), daily=None, weekly=None, monthly=None)
OLD = KeyRecord(
    hash="0" * 64,
    name="ci-bot",
    disabled=False,
    limit=None,
    limit_remaining=None,
    limit_reset=None,
    usage=NO_USAGE,
    byok_usage=NO_USAGE,
    created_at=NOW - timedelta(days=90),
    expires_at=None,
    last_used_at=None,
)
OFF = replace(OLD, disabled=True)
RETIRED = replace(OFF, name=retired_name("ci-bot", "a" * 64))
FRESH, STALE = timedelta(seconds=119), LEASE


def key(letter: str, stage: Stage, age: timedelta, **fields: Any) -> KeyRecord:
    mark = new_mark("ci-bot", OLD.hash, now=NOW - age, nonce="0" * 8, destinations="0" * 8).at(stage, NOW - age)
    made = replace(OLD, hash=letter * 64, name=mark.name, created_at=NOW - age)
    return replace(made, **fields)


def state(old: KeyRecord | None, *keys: KeyRecord) -> RotationState:
    return read_state(OLD.hash, old, keys)


START = Memory(destinations=2)
FINISH = Memory()
MADE, HANDING, HANDED = Stage.MADE, Stage.HANDING, Stage.HANDED
A, B = "a" * 64, "b" * 64


@pytest.mark.parametrize(
    ("seen", "memory", "act", "keys"),
    [
        # Nothing is under way.
        (state(OLD), START, Act.CREATE, ()),
        (state(OFF), START, Act.CREATE, ()),
        (state(OLD), FINISH, Act.UNFINISHED, ()),
        (state(None), START, Act.UNFINISHED, ()),
        # What another process left, or is doing.
        (state(OLD, key("a", MADE, FRESH)), START, Act.WAIT, ()),
        (state(OLD, key("a", HANDING, FRESH)), FINISH, Act.WAIT, ()),
        (state(OLD, key("a", MADE, timedelta(seconds=-30))), START, Act.WAIT, ()),
        (state(OLD, key("a", MADE, STALE)), START, Act.REMOVE, (A,)),
        (state(OLD, key("a", MADE, STALE)), FINISH, Act.REMOVE, (A,)),
        (state(OLD, key("a", HANDING, STALE)), START, Act.CREATE, ()),
        (state(OLD, key("a", HANDING, STALE)), FINISH, Act.UNFINISHED, ()),
        # The way of our own successor.
        (state(OLD, key("a", MADE, FRESH)), replace(START, own=A), Act.EQUIP, (A,)),
        (state(OLD, key("a", MADE, FRESH)), replace(START, own=A, equipped=True), Act.PROVE, (A,)),
        (state(OLD, key("a", MADE, FRESH)), replace(START, own=A, equipped=True, proven=True), Act.ANNOUNCE, (A,)),
        (state(OLD, key("a", HANDING, FRESH)), replace(START, own=A, equipped=True, proven=True), Act.HAND_OVER, (A,)),
        (
            state(OLD, key("a", HANDING, FRESH)),
            replace(START, own=A, equipped=True, proven=True, handed=1),
            Act.HAND_OVER,
            (A,),
        ),
        (
            state(OLD, key("a", HANDING, FRESH)),
            replace(START, own=A, equipped=True, proven=True, handed=2),
            Act.CONFIRM,
            (A,),
        ),
        (state(OLD), replace(START, own=A), Act.LOST, (A,)),
        # Others beside it.
        (state(OLD, key("a", MADE, FRESH / 2), key("b", MADE, FRESH)), replace(START, own=A), Act.WITHDRAW, (A,)),
        (state(OLD, key("a", MADE, FRESH), key("b", MADE, FRESH / 2)), replace(START, own=A), Act.EQUIP, (A,)),
        (state(OLD, key("a", HANDING, FRESH / 2), key("b", MADE, FRESH)), replace(START, own=A), Act.LOST, (A,)),
        (state(OLD, key("a", MADE, FRESH), key("b", MADE, STALE)), replace(START, own=A), Act.REMOVE, (B,)),
        (state(OLD, key("a", MADE, FRESH), key("b", HANDING, STALE)), replace(START, own=A), Act.EQUIP, (A,)),
        (state(OLD, key("a", HANDING, STALE), key("b", HANDING, FRESH)), replace(START, own=A), Act.LOST, (A,)),
        (state(OLD, key("a", MADE, FRESH), key("b", HANDED, STALE)), replace(START, own=A), Act.WITHDRAW, (A,)),
        # Once it is handed over.
        (state(OLD, key("a", HANDED, FRESH)), FINISH, Act.WATCH, (OLD.hash,)),
        (state(OLD, key("a", HANDED, FRESH)), replace(START, own=A), Act.WATCH, (OLD.hash,)),
        (state(OLD, key("a", HANDED, STALE), key("b", MADE, FRESH)), FINISH, Act.REMOVE, (B,)),
        (state(OLD, key("a", HANDED, FRESH), key("b", HANDING, STALE)), FINISH, Act.WATCH, (OLD.hash, B)),
        (state(OLD, key("a", HANDED, FRESH), key("b", HANDING, STALE, disabled=True)), FINISH, Act.REMOVE, (B,)),
        (state(OLD, key("a", HANDED, STALE), key("b", HANDING, FRESH)), FINISH, Act.WAIT, ()),
        (
            state(OLD, key("a", HANDED, FRESH), key("b", HANDING, STALE)),
            replace(FINISH, silent=frozenset({OLD.hash, B})),
            Act.REMOVE,
            (B,),
        ),
        (state(OLD, key("a", HANDED, FRESH)), replace(FINISH, silent=frozenset({OLD.hash})), Act.DISABLE, ()),
        (state(OFF, key("a", HANDED, FRESH)), FINISH, Act.UNLIST, (A,)),
        (state(OFF, key("a", HANDED, FRESH)), replace(FINISH, unlisted=True), Act.RETIRE, (A,)),
        (state(None, key("a", HANDED, FRESH)), replace(FINISH, unlisted=True), Act.RENAME, (A,)),
        # Once the old key names its replacement.
        (state(RETIRED, key("a", HANDED, FRESH)), FINISH, Act.RENAME, (A,)),
        (state(RETIRED, key("a", HANDED, FRESH), key("b", MADE, FRESH)), FINISH, Act.REMOVE, (B,)),
        (state(RETIRED, replace(OLD, hash=A)), FINISH, Act.DONE, ()),
        (state(RETIRED), START, Act.DONE, ()),
        (state(RETIRED, replace(OLD, hash=A)), replace(FINISH, delete=True), Act.UNLIST, ()),
        (state(RETIRED, replace(OLD, hash=A)), replace(FINISH, delete=True, unlisted=True), Act.DELETE, ()),
        (state(None), replace(FINISH, finished=True), Act.DONE, ()),
    ],
)
def test_the_next_step(seen: RotationState, memory: Memory, act: Act, keys: tuple[str, ...]) -> None:
    step = next_step(seen, memory, NOW)
    assert (step.act, step.keys) == (act, keys)


def test_a_wait_ends_with_the_freshest_mark() -> None:
    seen = state(OLD, key("a", MADE, FRESH), key("b", MADE, FRESH / 2))
    assert next_step(seen, START, NOW).until == (NOW - FRESH / 2).replace(microsecond=0) + LEASE


def test_another_keys_successors_are_no_concern() -> None:
    other = new_mark("x", "9" * 64, now=NOW, nonce="0" * 8, destinations="0" * 8)
    assert state(OLD, replace(OLD, hash=A, name=other.name), replace(OLD, hash=B)).successors == ()


def test_the_older_goes_first_and_a_missing_date_last() -> None:
    seen = state(
        OLD,
        key("c", MADE, FRESH, created_at=None),
        key("b", MADE, FRESH / 2),
        key("a", MADE, FRESH),
        key("d", MADE, FRESH),
    )
    assert [each.hash[0] for each in seen.successors] == ["a", "d", "b", "c"]


def test_of_several_the_last_one_handed_over_wins_unless_a_later_one_was_cut_short() -> None:
    first, last = key("a", HANDED, STALE), key("b", HANDED, FRESH)
    assert getattr(state(OLD, first, last).winner, "hash", None) == B
    assert state(OLD, first, key("b", HANDING, FRESH)).winner is None
    assert getattr(state(OLD, first, key("b", HANDING, FRESH, disabled=True)).winner, "hash", None) == A
