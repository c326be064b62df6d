"""A rotation ends with one equipped key in every destination, wherever it was killed and whatever a request met."""

from __future__ import annotations

import random
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from openrouter_preflight.manage.rotation.stop import Elsewhere, RotationStop
from support.account_transport import TROUBLES, KilledError
from support.fake_account import fingerprint
from support.rotations import Shelf, Stage

REQUESTS = 60
"""More than any run of these makes."""


def finish(stage: Stage, runs: int = 3, **how: object) -> None:
    """Run it again, as the message says, until it is done."""
    for _ in range(runs):
        with suppress(RotationStop):
            stage.rotate(**how)  # type: ignore[arg-type]
            break
    stage.expect_rotated()


def test_a_rotation_leaves_one_equipped_key_in_every_destination() -> None:
    stage = Stage()
    assert stage.rotate().count < REQUESTS
    stage.expect_rotated()


@pytest.mark.parametrize("death", ["die-before", "die-after"])
def test_killed_at_any_request_and_run_again(death: str) -> None:
    for number in range(1, REQUESTS):
        stage = Stage()
        try:
            stage.rotate({number: death})
            break
        except KilledError:
            finish(stage, runs=1)
    else:
        pytest.fail("a run made more requests than expected")


@pytest.mark.parametrize("trouble", TROUBLES)
def test_each_request_may_fail_in_each_way(trouble: str) -> None:
    for number in range(1, REQUESTS):
        stage = Stage()
        with suppress(RotationStop):
            if stage.rotate({number: trouble}).count < number:
                break
        finish(stage)


@pytest.mark.parametrize("trouble", ["500", "hang-after", "401"])
def test_an_outage_may_begin_at_any_request(trouble: str) -> None:
    for number in range(1, REQUESTS, 3):
        stage = Stage()
        with suppress(RotationStop):
            if stage.rotate(dict.fromkeys(range(number, 10 * REQUESTS), trouble)).count < number:
                break
        finish(stage)


@pytest.mark.parametrize("death", ["die-before", "die-after"])
@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("readable", [(True, True), (True, False), (False, True), (False, False)])
def test_killed_while_a_destination_takes_the_key(death: str, which: int, readable: tuple[bool, bool]) -> None:
    stage = Stage(shelves=tuple(Shelf(f"shelf {number}", readable=each) for number, each in enumerate(readable)))
    stage.shelves[which].trouble = death
    with pytest.raises(KilledError):
        stage.rotate()
    stage.shelves[which].trouble = ""
    finish(stage, runs=1)


@hypothesis_settings(max_examples=30)
@given(st.integers())
def test_killed_and_hindered_again_and_again(seed: int) -> None:
    chance = random.Random(seed)
    stage = Stage(
        shelves=tuple(Shelf(str(number), readable=chance.random() < 0.5) for number in range(chance.randint(1, 3)))
    )
    for _ in range(chance.randint(1, 4)):
        troubles = ("die-before", "die-after", *TROUBLES)
        plan = {chance.randint(1, REQUESTS): chance.choice(troubles) for _ in range(chance.randint(1, 6))}
        with suppress(KilledError, RotationStop):
            stage.rotate(plan)
        stage.clock.elapsed += chance.choice([0, 1, 200])
    finish(stage)


@pytest.mark.parametrize("patience", [7200.0, 30.0])
def test_a_second_rotation_may_start_between_any_two_requests(patience: float) -> None:
    """The second waits until the first counts as dead, or has no time to wait; then the first goes on."""
    for number in range(1, REQUESTS):
        stage = Stage()

        def interfere(count: int, _method: str, _path: str, number: int = number, stage: Stage = stage) -> None:
            if count == number:
                with suppress(RotationStop):
                    stage.rotate(deadline=patience)

        with suppress(RotationStop):
            if stage.rotate(on_request=interfere).count < number:
                break
        finish(stage)


def test_of_two_that_create_at_once_the_older_goes_on() -> None:
    stage = Stage()
    seen: list[str] = []

    def at_creation(count: int, method: str, path: str) -> None:
        if (method, path) == ("POST", "/keys") and not seen:
            seen.append("first")
            # The other one has created, and is about to look, when it is held up.
            with suppress(KilledError, RotationStop):
                stage.rotate(on_request=_stop_after_creation)
            stage.clock.elapsed += 1

    with pytest.raises(Elsewhere):
        stage.rotate(on_request=at_creation)
    assert len(stage.account.enabled()) == 4  # two others, the old key, and the older successor
    finish(stage)


def _stop_after_creation(_count: int, method: str, path: str) -> None:
    if method == "POST" and path.startswith("/guardrails"):
        raise KilledError


def test_a_name_that_is_too_long_with_its_mark_is_cut_on_the_old_key_only() -> None:
    stage = Stage()
    long = "a very long name " * 12
    stage.account.keys[stage.old]["name"] = long
    stage.account.longest_name = len(long) + 5
    stage.rotate()
    (new,) = [key for key in stage.account.enabled() if key["hash"] not in stage.others]
    assert new["name"] == long
    assert stage.account.keys[stage.old]["name"].endswith(f"[replaced by {new['hash'][:16]}]")
    count = len(stage.account.keys)
    stage.rotate()
    assert len(stage.account.keys) == count


@pytest.mark.parametrize("death", ["", "die-after"])
def test_a_large_workspace_is_read_to_its_end_once(death: str) -> None:
    def large() -> Stage:
        stage = Stage()
        for number in range(350):
            stage.clock.elapsed += 1
            stage.others.append(fingerprint(stage.account.add_key(f"key {number}")))
        stage.clock.elapsed += 1
        return stage

    stage = large()
    stage.rotate()
    stage.expect_rotated()
    pages = stage.account.requests.count(("GET", "/keys"))
    assert pages == 4 + 5  # all four pages at first, then the first one of each further look
    for number in range(10, REQUESTS, 7):
        stage = large()
        with suppress(KilledError):
            stage.rotate({number: death} if death else {number: "500"})
        finish(stage)
