"""A person at a terminal is told each time that a request is to be sent again; a log is not."""

from __future__ import annotations

import io

import pytest

from openrouter_preflight.cli.wait_notice import WaitNotice
from support.fake_clock import FakeClock

SENTENCE = "OpenRouter answered 503; asking again in 4 s, third time"


class Screen(io.StringIO):
    """A stream that may be a terminal."""

    def __init__(self, *, is_terminal: bool) -> None:
        super().__init__()
        self.is_terminal = is_terminal

    def isatty(self) -> bool:
        return self.is_terminal


@pytest.mark.parametrize(("is_terminal", "shown"), [(True, f"{SENTENCE}\n"), (False, "")])
def test_only_a_terminal_is_told(is_terminal: bool, shown: str) -> None:
    screen = Screen(is_terminal=is_terminal)
    WaitNotice(screen, FakeClock())(SENTENCE)
    assert screen.getvalue() == shown


def test_one_line_speaks_for_many_requests_that_wait_together() -> None:
    screen, clock = Screen(is_terminal=True), FakeClock()
    notice = WaitNotice(screen, clock)
    for number in range(100):
        notice(f"request {number}")
    clock.sleep(2)
    notice("again")
    assert screen.getvalue() == "request 0\nagain\n"
