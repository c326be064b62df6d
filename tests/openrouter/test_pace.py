"""Requests keep their distance, whichever thread sends them."""

from __future__ import annotations

from openrouter_preflight.openrouter.pace import Pace
from support.fake_clock import FakeClock


def test_the_first_goes_at_once_and_the_others_evenly_after_it() -> None:
    clock = FakeClock()
    start, times = clock.monotonic(), []
    pace = Pace(4, clock)
    for _ in range(5):
        pace.wait()
        times.append(clock.monotonic() - start)
    assert times == [0.0, 0.25, 0.5, 0.75, 1.0]


def test_a_pause_is_not_made_up_for() -> None:
    clock = FakeClock()
    pace = Pace(4, clock)
    pace.wait()
    clock.sleep(10)
    start = clock.monotonic()
    pace.wait()
    pace.wait()
    assert clock.monotonic() - start == 0.25
