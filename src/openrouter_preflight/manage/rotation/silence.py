"""Silence of a key: unused for a stated time, by record and analytics. Pure.

Neither is enough alone: how late `last_used_at` and the analytics are is not documented (API.md §6), and today's usage
counter resets at midnight and does not move for free models.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from openrouter_preflight.manage.records import UsageCount
    from openrouter_preflight.openrouter.answers import KeyRecord


class Silence(StrEnum):
    """The evidence about a key's silence."""

    SILENT = "silent"
    WAITING = "waiting"
    """It was not used since, but not for long enough."""
    IN_USE = "in use"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceWindow:
    """The time in which a key has to be unused."""

    starts: datetime
    """After the hand-over and the last use that is known."""
    ends: datetime
    was_used: bool
    """True where it was used after the hand-over."""


def silence_window(key: KeyRecord, handed_over: datetime, silence: timedelta) -> SilenceWindow:
    """When the key will have been unused for long enough, should it not be used again.

    `last_used_at` is null for a key that was never used, or not since the end of 2025.
    """
    last = key.last_used_at
    was_used = last is not None and last > handed_over
    starts = last if last is not None and was_used else handed_over
    # Analytics count by whole seconds: the last use itself must be outside of the window.
    starts = (starts + timedelta(seconds=1)).replace(microsecond=0)
    return SilenceWindow(starts=starts, ends=starts + silence, was_used=was_used)


def judge_silence(window: SilenceWindow, counted: UsageCount | None, now: datetime) -> Silence:
    """Judge the window and the requests counted in it, up to `now`."""
    if now < window.ends:
        return Silence.IN_USE if window.was_used else Silence.WAITING
    if counted is None or (counted.requests == 0 and not counted.is_sure):
        return Silence.UNKNOWN
    return Silence.IN_USE if counted.requests else Silence.SILENT
