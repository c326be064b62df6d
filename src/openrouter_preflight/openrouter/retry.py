"""Retries and their waits, under one deadline, with jitter (API.md §3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from math import ceil
from typing import TYPE_CHECKING, Final

from openrouter_preflight.openrouter.reply import TRANSIENT
from openrouter_preflight.openrouter.reply_kind import RETRIED, ReplyKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from openrouter_preflight.openrouter.reply import Reply

ASKED_BEFORE_BELIEVED: Final = 3
"""A 401 is believed when three attempts in a row are answered so: good keys got single ones in the outages of
February 2026."""
_MOST_ATTEMPTS: Final = 6
_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 8.0
_PAUSE_AFTER_401: Final = 1.5
_ORDINALS: Final = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


@dataclass(slots=True)
class Retries:
    """The memory of one request: its attempts so far, and what they were answered."""

    jitter: Callable[[], float]
    """A random number from 0 up to 1."""
    attempts: int = 0
    rejections: int = 0
    """In a row: a 401 between signs of trouble may be one of them."""
    outage_status: int | None = None
    """The last status of an outage."""

    def pause_after(self, reply: Reply, kind: ReplyKind, remaining: float) -> float | None:
        """Return seconds until the next attempt; None where this answer is final."""
        self.attempts += 1
        self.rejections = self.rejections + 1 if kind is ReplyKind.KEY_REJECTED else 0
        self.outage_status = reply.status if kind is ReplyKind.OUTAGE else self.outage_status
        if kind is ReplyKind.KEY_REJECTED:
            # An impatient deadline narrows the spread, so that the three attempts still fit into it.
            pause = None if self.rejections >= ASKED_BEFORE_BELIEVED else min(_PAUSE_AFTER_401, remaining / 4)
        elif self.attempts >= _MOST_ATTEMPTS or not (kind in RETRIED or reply.fault in TRANSIENT):
            pause = None
        else:
            pause = min(_FIRST_PAUSE * 2 ** (self.attempts - 1), _LONGEST_PAUSE)
        if pause is None:
            return None
        pause = max(pause * (0.75 + 0.5 * self.jitter()), reply.retry_after or 0.0)
        return pause if pause < remaining else None

    @property
    def is_believed(self) -> bool:
        """True once a 401 was seen often enough to be called the key's fault."""
        return self.rejections >= ASKED_BEFORE_BELIEVED

    def describe_wait(self, reply: Reply, seconds: float) -> str:
        """Return a notice such as `OpenRouter answered 503; asking again in 4 s`."""
        happened = f"no answer: {reply.fault}" if reply.status is None else f"OpenRouter answered {reply.status}"
        ordinal = _ORDINALS[min(self.attempts, len(_ORDINALS) - 1)]
        return f"{happened}; asking again in {ceil(seconds)} s, {ordinal} time"


def seconds_to_wait(header: str | None, now: datetime) -> float | None:
    """Return `Retry-After` in seconds from `now`, or None where it is unusable."""
    if header is None:
        return None
    value = header.strip()
    if value.isascii() and value.replace(".", "", 1).isdigit():
        return float(value) if len(value) < 10 else float("inf")
    try:
        at = parsedate_to_datetime(value)
        wait = (at.replace(tzinfo=UTC) if at.tzinfo is None else at) - now
    except (ValueError, TypeError, IndexError, OverflowError):  # what the parser raises for strange dates
        return None
    return max(wait.total_seconds(), 0.0)
