"""Line: one look, and its effect on a check or a scan."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """The mark of a line, in words for every terminal and screen reader."""

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
