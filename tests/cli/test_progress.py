"""Progress is told on a terminal, in time, and leaves nothing behind."""

from __future__ import annotations

import io
from typing import NoReturn

import pytest

from openrouter_preflight.cli.progress import ProgressLine, progress_text, workspaces_text


class Screen(io.StringIO):
    """A stream that may be a terminal."""

    def __init__(self, *, terminal: bool = True) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


class Clock:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def now(self) -> NoReturn:
        raise AssertionError("progress needs no date")

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


def scan(screen: Screen, *moments: float, term: str = "xterm") -> str:
    clock = Clock()
    with ProgressLine(screen, clock, {"TERM": term}) as progress:
        for number, moment in enumerate(moments):
            clock.seconds = 100 + moment
            progress(number * 1000, 10_000)
    return screen.getvalue()


def test_a_short_scan_is_not_remarked_on() -> None:
    assert scan(Screen(), 0.1, 0.5, 0.9) == ""


def test_a_long_scan_is_told_of_and_the_line_is_taken_back() -> None:
    shown = scan(Screen(), 0.5, 2.0)
    assert "\rscanned 1,000 of 10,000 objects, 500 a second, 18 s left" in shown
    last = shown.split("\r")[-2:]
    assert (last[0].strip(), last[1]) == ("", "")


def test_the_count_never_falls_back() -> None:
    screen, clock = Screen(), Clock()
    with ProgressLine(screen, clock, {}) as progress:
        for done, total in ((5000, 6000), (1000, 4000), (7000, 8000)):
            clock.seconds += 10
            progress(done, total)
    counts = [line.split(" objects")[0] for line in screen.getvalue().split("\r") if line.strip()]
    assert counts == ["scanned 5,000 of 6,000", "scanned 5,000 of 5,000", "scanned 7,000 of 8,000"]


def test_no_more_is_written_than_people_can_read() -> None:
    assert scan(Screen(), *(1 + number / 100 for number in range(100))).count("scanned") == 5


def test_a_shorter_line_covers_a_longer_one() -> None:
    screen, clock = Screen(), Clock()
    with ProgressLine(screen, clock, {}) as progress:
        clock.seconds += 2
        progress(1_000_000, 1_000_001)
        clock.seconds += 2
        progress(1, None)
    first, second = screen.getvalue().split("\r")[1:3]
    assert len(second) == len(first)


@pytest.mark.parametrize(("terminal", "term"), [(False, "xterm"), (True, "dumb")])
def test_a_pipe_and_a_dumb_terminal_hear_nothing(terminal: bool, term: str) -> None:
    assert scan(Screen(terminal=terminal), 2.0, 4.0, term=term) == ""


def test_the_line_is_taken_back_when_the_scan_is_interrupted() -> None:
    screen, clock = Screen(), Clock()

    def interrupted() -> NoReturn:
        with ProgressLine(screen, clock, {}) as progress:
            clock.seconds += 2
            progress(1, 2)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert screen.getvalue().endswith("\r")


@pytest.mark.parametrize(
    ("done", "total", "seconds", "text"),
    [
        (12_000, 850_000, 1.0, "scanned 12,000 of 850,000 objects, 12,000 a second, 1 min 10 s left"),
        (500, 1_000, 10.0, "scanned 500 of 1,000 objects, 50 a second, 10 s left"),
        (1_000, 1_000, 10.0, "scanned 1,000 of 1,000 objects, 100 a second"),
        (7, None, 2.0, "scanned 7 objects, 4 a second"),
        (0, 10, 2.0, "scanned 0 of 10 objects, 0 a second"),
    ],
)
def test_it_says_how_many_how_fast_and_how_long(done: int, total: int | None, seconds: float, text: str) -> None:
    assert progress_text(done, total, seconds) == text


def test_an_audit_tells_of_workspaces() -> None:
    assert workspaces_text(12, 20, 4.2) == "read the keys of 12 of 20 workspaces, 4 s"
    assert workspaces_text(1, None, 61) == "read the keys of 1 of 1 workspaces, 1 min 1 s"
