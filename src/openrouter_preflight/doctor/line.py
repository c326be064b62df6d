"""Line: one thing that was looked at, and whether a check or a scan would fail because of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How a line is marked, in words that every terminal and screen reader can show."""

    OK = "ok"
    NOTE = "note"
    """Nothing fails, and something is worth knowing."""
    FAIL = "FAIL"
    """A command would fail here."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the report."""

    topic: str
    text: str
    status: Status = Status.OK
    hint: str = ""
    """The next step, where there is one."""


def note(topic: str, text: str, hint: str = "") -> Line:
    """Return a line about something worth knowing."""
    return Line(topic, text, Status.NOTE, hint)


def fail(topic: str, text: str, hint: str = "") -> Line:
    """Return a line about something because of which a command would fail."""
    return Line(topic, text, Status.FAIL, hint)
