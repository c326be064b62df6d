"""Marks in the names of keys: the account is the only journal.

A successor's mark names the key it is to replace, a retired key's mark names its replacement, a job's mark says that
the key was made for one job. A mark stands at the end of the name, in brackets, and holds no secret.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

SHORT: Final = 16
"""Digits of a fingerprint in a mark: 64 bits tell the keys of an account apart, and leave the name readable."""
LONGEST_BASE: Final = 60
"""Characters of the old name that a marked one keeps; the longest name that OpenRouter takes is not documented."""
_TIME: Final = "%Y%m%dT%H%M%SZ"
_SUCCESSOR: Final = re.compile(
    rf"(?s)(.*?) ?\[rotation of ([0-9a-f]{{{SHORT}}}): (made|handing|handed) ([0-9]{{8}}T[0-9]{{6}}Z) "
    r"([0-9a-f]{8}) ([0-9a-f]{8})\]"
)
_RETIRED: Final = re.compile(rf"(?s)(.*?) ?\[replaced by ([0-9a-f]{{{SHORT}}})\]")
_JOB: Final = re.compile(r"(?s)(.*?) ?\[job ([0-9a-f]{8})\]")


class Stage(StrEnum):
    """The progress of a successor, as its mark shows it."""

    MADE = "made"
    """Its limit is 0 and no destination was ever given it: whoever finds it may delete it."""
    HANDING = "handing"
    """It is equipped, and destinations may hold it."""
    HANDED = "handed"
    """Every destination holds it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuccessorMark:
    """The end of a successor's name until the rotation is finished."""

    base: str
    """The old key's name, cut where it is long."""
    old: str
    """The first digits of the old key's fingerprint."""
    stage: Stage
    since: datetime
    """When it was marked so, by the marking machine's clock, in whole seconds of UTC."""
    nonce: str
    """Tells one creation from another, eight hex digits."""
    destinations: str
    """Tells one set of destinations from another, eight hex digits."""

    @property
    def name(self) -> str:
        """The whole name."""
        since = self.since.strftime(_TIME)
        mark = f"[rotation of {self.old}: {self.stage} {since} {self.nonce} {self.destinations}]"
        return f"{self.base} {mark}" if self.base else mark

    def at(self, stage: Stage, now: datetime) -> SuccessorMark:
        """The same mark, of that stage, from now on."""
        return replace(self, stage=stage, since=now.replace(microsecond=0))


def new_mark(old_name: str | None, old: str, *, now: datetime, nonce: str, destinations: str) -> SuccessorMark:
    """Return the mark of a successor for the key `old`."""
    return SuccessorMark(
        base=base_name(old_name)[:LONGEST_BASE].rstrip(),
        old=old[:SHORT],
        stage=Stage.MADE,
        since=now.replace(microsecond=0),
        nonce=nonce,
        destinations=destinations,
    )


def read_successor_mark(name: str | None) -> SuccessorMark | None:
    """The successor's mark in a name; None where it has none."""
    found = _SUCCESSOR.fullmatch(name or "")
    if found is None:
        return None
    try:
        since = datetime.strptime(found[4], _TIME).replace(tzinfo=UTC)
    except ValueError:
        return None
    return SuccessorMark(
        base=found[1], old=found[2], stage=Stage(found[3]), since=since, nonce=found[5], destinations=found[6]
    )


def retired_name(name: str | None, replacement: str) -> str:
    """The name of a key that the key with the fingerprint `replacement` replaced."""
    return f"{base_name(name)} [replaced by {replacement[:SHORT]}]".lstrip()


def read_replacement(name: str | None) -> str | None:
    """Return the start of a retired key's replacement, or None."""
    found = _RETIRED.fullmatch(name or "")
    return found[2] if found else None


def job_name(name: str, nonce: str) -> str:
    """The name of a key for one job."""
    return f"{base_name(name)[:LONGEST_BASE].rstrip()} [job {nonce}]".lstrip()


def read_job_nonce(name: str | None) -> str | None:
    """Return the nonce of a job's key, or None."""
    found = _JOB.fullmatch(name or "")
    return found[2] if found else None


def base_name(name: str | None) -> str:
    """The name without any mark of ours."""
    for pattern in (_SUCCESSOR, _RETIRED, _JOB):
        found = pattern.fullmatch(name or "")
        if found:
            return found[1]
    return name or ""
