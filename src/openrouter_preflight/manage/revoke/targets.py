"""Keys to revoke: by fingerprint, by variable, or from a scan's report."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from openrouter_preflight.errors import UsageError
from openrouter_preflight.findings import RULES
from openrouter_preflight.findings.earlier_report import entries, read_earlier, text
from openrouter_preflight.keys.diagnosis import diagnose
from openrouter_preflight.manage.found import SHOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from openrouter_preflight.keys import ApiKey
    from openrouter_preflight.settings.manage.model import RevokeSettings

_DIGITS: Final = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeTarget:
    """One key to revoke."""

    fingerprint: str
    name: str
    """The variable that holds it, else the first digits of its fingerprint."""
    key: ApiKey | None = None
    """The key itself, where it is at hand."""
    since: datetime | None = None
    """The date of the commit that leaked it, where that is known."""


def read_targets(settings: RevokeSettings, environ: Mapping[str, str]) -> tuple[RevokeTarget, ...]:
    """Return every named key once. Raises UsageError."""
    found: dict[str, RevokeTarget] = {}
    for target in _named(settings, environ):
        known = found.get(target.fingerprint)
        found[target.fingerprint] = target if known is None else _joined(known, target)
    return tuple(found.values())


def _named(settings: RevokeSettings, environ: Mapping[str, str]) -> Iterator[RevokeTarget]:
    for variable in settings.key_envs:
        diagnosis = diagnose(environ.get(variable))
        if diagnosis.key is None:
            raise UsageError(f"{variable} {diagnosis.message}.", "Name the variable that holds the key to revoke.")
        yield RevokeTarget(fingerprint=diagnosis.key.fingerprint, name=variable, key=diagnosis.key)
    for fingerprint in settings.fingerprints:
        yield RevokeTarget(fingerprint=fingerprint, name=fingerprint[:SHOWN])
    if settings.from_report is not None:
        yield from _in_report(settings.from_report)


def _joined(one: RevokeTarget, other: RevokeTarget) -> RevokeTarget:
    """One key named twice: with the key itself, and the earlier date of its leak."""
    dates = [date for date in (one.since, other.since) if date is not None]
    named = one if one.key is not None or other.key is None else other
    return replace(named, since=min(dates, default=None))


def _in_report(path: Path) -> Iterator[RevokeTarget]:
    """The leaked keys of a report, but those that it knows to be dead."""
    report = read_earlier(path, option="--from-report", commands=("scan", "merge", "action"))
    for entry in entries(report.get("findings")):
        fingerprint, found = text(entry.get("fingerprint")), RULES.get(text(entry.get("rule")) or "")
        if fingerprint is None or found is None or not found.is_leak or entry.get("live") == "dead":
            continue
        if len(fingerprint) == 64 and _DIGITS.issuperset(fingerprint):
            yield RevokeTarget(
                fingerprint=fingerprint, name=fingerprint[:SHOWN], since=_moment(entry.get("author_date"))
            )


def _moment(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    if moment is None:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
