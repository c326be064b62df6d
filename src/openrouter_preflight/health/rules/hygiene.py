"""Rules about a key's age, care and rotation.

Records answer that, and only a management key is told of them. API.md §6: a record's `last_used_at` is null for a key
that was not used since the end of 2025.
"""

from __future__ import annotations

from datetime import UTC, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from openrouter_preflight.findings import Severity
from openrouter_preflight.health import wording
from openrouter_preflight.health.money import spend_rate
from openrouter_preflight.openrouter.reply_kind import UNDECIDED, ReplyKind
from openrouter_preflight.settings.model import OnUnreachable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from openrouter_preflight.findings import Finding
    from openrouter_preflight.health.facts import Facts, Target
    from openrouter_preflight.openrouter.answers import KeyRecord
    from openrouter_preflight.openrouter.request import Answer

_UNUSED_AFTER: Final = timedelta(days=7)
"""A key younger than this may be waiting for its first deploy."""
_LOOSE: Final = 10
"""A limit of more than so many times the use stops nothing in time."""
_WINDOW_DAYS: Final = {"daily": 1, "weekly": 7, "monthly": 30, None: 365}
"""Days that a limit is to last for; one that never resets is taken for a year's."""
_FINGERPRINT_SHOWN: Final = 12


def hygiene_findings(facts: Facts, now: datetime) -> Iterator[Finding]:
    """Return findings about the key's record and the keys it replaced."""
    target, gates = facts.target, facts.target.gates
    if target.key_to_ask is None:
        return
    record = facts.record.data if facts.record is not None else None
    if record is not None and facts.key_info is not None:
        yield from _disabled(target, record)
    if gates.max_key_age is not None:
        yield from _age(facts, record, gates.max_key_age, now)
    if gates.hygiene:
        yield from _care(facts, record, now)
    if gates.rotated_from and not facts.old_records:
        yield _undecided(target, "rotation-unknown", f"{target.name}: whether what it replaced is still used", None)
    for fingerprint, answer in facts.old_records:
        found = _rotation(facts, fingerprint, answer, record, now)
        yield from (finding.with_about(fingerprint) for finding in found)


def _disabled(target: Target, record: KeyRecord) -> Iterator[Finding]:
    if record.disabled:
        yield target.finding("key-disabled", f"{target.name}{_named(record)} was disabled by its owner.")


def _age(facts: Facts, record: KeyRecord | None, most: timedelta, now: datetime) -> Iterator[Finding]:
    target = facts.target
    if record is None:
        yield _undecided(target, "key-age-unknown", f"{target.name}: its age", facts.record)
    elif record.created_at is None:
        message = f"{target.name}{_named(record)}: its age is not known: its record does not tell when it was made."
        yield target.finding("key-age-unknown", message)
    elif now - record.created_at > most:
        age = f"{wording.duration(now - record.created_at)} old (made on {wording.date(record.created_at)})"
        message = f"{target.name}{_named(record)} is {age}, older than the {wording.duration(most)} of --max-key-age."
        yield target.finding("key-too-old", message)


def _care(facts: Facts, record: KeyRecord | None, now: datetime) -> Iterator[Finding]:
    """Yield signs of neglect, none of which decides anything."""
    target = facts.target
    if record is None:
        yield _undecided(target, "hygiene-unknown", f"{target.name}: how well it is looked after", facts.record)
        return
    age = None if record.created_at is None else now - record.created_at
    if record.last_used_at is None and not record.usage.total and (age is None or age > _UNUSED_AFTER):
        since = f" in the {wording.duration(age)} since it was made" if age is not None else ""
        yield target.finding("key-unused", f"{target.name}{_named(record)} was never used{since}.")
    if not (record.name or "").strip():
        yield target.finding("key-unnamed", f"{target.name} has no name.")
    if record.limit is None and not target.gates.require_limit:
        message = f"{target.name}{_named(record)} has no spending limit of its own."
        yield target.finding("key-has-no-limit", message, severity=Severity.WARNING)
    yield from _loose_limit(facts, record)


def _loose_limit(facts: Facts, record: KeyRecord) -> Iterator[Finding]:
    """A limit far above what the key spends, where its rate is known."""
    rate = facts.spending.key if facts.spending is not None else None
    if record.limit is None or rate is None or rate.daily <= 0:
        return
    used = rate.daily * _WINDOW_DAYS.get(record.limit_reset, 30)
    if record.limit > _LOOSE * used:
        times = (record.limit / used).quantize(Decimal(1))
        window = f"{record.limit_reset} limit" if record.limit_reset else "limit, reckoned by the year,"
        message = f"{facts.target.name}{_named(record)} has a {window} of {wording.usd(record.limit)}"
        yield facts.target.finding("key-limit-loose", f"{message}, {times} times what it spends.")


def _rotation(
    facts: Facts, fingerprint: str, answer: Answer[KeyRecord], record: KeyRecord | None, now: datetime
) -> Iterator[Finding]:
    """Yield findings about replaced keys that are still in use.

    That the management key does not know a key means that it is gone only if it knows the other one.
    """
    target, old = facts.target, answer.data
    help_ = f"Find what uses it: https://openrouter.ai/keys/{fingerprint}; move that over, then disable it."
    if target.key_to_ask is not None and target.key_to_ask.fingerprint == fingerprint:
        message = f"{target.name} still holds the old key ({_shown(fingerprint)}) itself: it was not replaced here."
        yield target.finding("old-key-in-use", message, "Put the new key into this secret, and deploy it.")
        return
    if answer.kind is ReplyKind.NOT_FOUND and record is not None:
        message = f"the account has no key {_shown(fingerprint)}: it was deleted, or the fingerprint is wrong."
        yield target.finding("old-key-not-found", message)
        return
    if old is not None and (old.disabled or (old.expires_at is not None and old.expires_at <= now)):
        return
    if old is None:
        what = f"{target.name}: whether the old key ({_shown(fingerprint)}) is used"
        yield _undecided(target, "rotation-unknown", what, answer)
        return
    said = f"the key that {target.name} replaced ({_shown(fingerprint, old)})"
    rotated = record.created_at if record is not None else None
    if rotated is None and (old.last_used_at is not None or _spent_today(old) > 0):
        yield _undecided(target, "rotation-unknown", f"{target.name}: when it replaced the old key", facts.record)
        return
    use = None if rotated is None else _use_since(rotated, old, now)
    if use is not None:
        yield target.finding("old-key-in-use", f"{said} is still used: {use}.", help_)
    else:
        yield target.finding("old-key-enabled", f"{said} is not used any more, and still works.")


def _use_since(rotated: datetime, old: KeyRecord, now: datetime) -> str | None:
    """Return the old key's use since the rotation, or None for silence.

    Its last use decides wherever that is told: today's spending may be older than the rotation.
    """
    if old.last_used_at is not None:
        if old.last_used_at <= rotated:
            return None
        return f"last on {wording.date(old.last_used_at)}, after the new one was made"
    if _spent_today(old) > 0 and rotated <= now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0):
        return f"it spent {wording.usd(_spent_today(old))} today"
    for usage in (old.usage, old.byok_usage):
        for spent, start in spend_rate.windows(usage, now):
            if spent and rotated <= start:
                return f"it spent {wording.usd(spent)} since {wording.date(start)}, after the new one was made"
    return None


def _spent_today(record: KeyRecord) -> Decimal:
    return (record.usage.daily or Decimal(0)) + (record.byok_usage.daily or Decimal(0))


def _undecided(target: Target, rule: str, what: str, answer: Answer[KeyRecord] | None) -> Finding:
    if answer is None:
        return target.finding(rule, f"{what} is not known: only a management key is told, and none was given.")
    if answer.kind is ReplyKind.NOT_FOUND:
        return target.finding(rule, f"{what} is not known: the management key's account does not have this key.")
    if answer.data is not None:
        return target.finding(rule, f"{what} is not known: the key's record does not tell.")
    status = f" (HTTP {answer.status})" if answer.status else ""
    lets_pass = answer.kind in UNDECIDED and target.policies.on_unreachable is OnUnreachable.WARN
    severity = Severity.WARNING if lets_pass else None
    return target.finding(rule, f"{what} is not known: its record could not be read{status}.", severity=severity)


def _named(record: KeyRecord) -> str:
    return f" ({record.name!r})" if (record.name or "").strip() else ""


def _shown(fingerprint: str, record: KeyRecord | None = None) -> str:
    start = f"{fingerprint[:_FINGERPRINT_SHOWN]}…"
    return f"{start}, {record.name!r}" if record is not None and record.name else start
