"""Looks of an audit: pure rules from one key, or all of them, to findings.

A look that was required finds errors, any other warnings, and errors too under --strict. A key that is disabled or
expired is left over, and nothing else is said of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from openrouter_preflight.findings import Severity
from openrouter_preflight.findings.amounts import date, duration, usd
from openrouter_preflight.manage.found import SHOWN, found

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from openrouter_preflight.findings import Finding
    from openrouter_preflight.manage.audit.audited_key import AuditedKey
    from openrouter_preflight.manage.audit.ceilings import Ceilings
    from openrouter_preflight.openrouter.answers import Usage
    from openrouter_preflight.settings.manage.model import AuditSettings

_WINDOW_DAYS: Final = {"daily": 1, "weekly": 7, "monthly": 30, None: 365}
"""Days that a limit is to last for; one that never resets is taken for a year's, as in `check --hygiene`."""
_TOO_YOUNG: Final = timedelta(days=14)
"""Age below which past spending says nothing about later spending."""
_NAMES_SHOWN: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class LookContext:
    """The surroundings of a look, beside the key."""

    settings: AuditSettings
    ceilings: Ceilings
    now: datetime
    names: Mapping[str, str]
    """Names of keys in reports, by fingerprint."""

    def severity(self, option: str | None) -> Severity:
        """Return the severity of the look of that option; None: not required."""
        is_required = option in self.settings.required
        return Severity.ERROR if is_required or self.settings.strict else Severity.WARNING

    def found(self, rule: str, key: AuditedKey, what: str, option: str | None = None) -> Finding:
        """The finding about one key: `what` is the predicate of its sentence."""
        name = self.names[key.record.hash]
        return found(rule, f"{name} {what}.", severity=self.severity(option), key=name, fingerprint=key.record.hash)


def look_at_all(keys: Iterable[AuditedKey], context: LookContext) -> Iterator[Finding]:
    """Everything that is found about these keys, key by key."""
    live = []
    for key in keys:
        if key.is_live(context.now):
            live.append(key)
            for look in _LOOKS:
                yield from look(key, context)
        else:
            yield from _left_over(key, context)
    yield from _repeated_names(live, context)


def _too_old(key: AuditedKey, context: LookContext) -> Iterator[Finding]:
    most, made = context.settings.max_key_age, key.record.created_at
    if made is None:
        if "max_key_age" in context.settings.required:
            yield context.found("key-age-unknown", key, "has an age that its record does not tell", "max_key_age")
        return
    age = context.now - made
    if age > most:
        what = f"is {duration(_days(age))} old (made {_day(made)}), more than {duration(most)}"
        yield context.found("key-too-old", key, what, "max_key_age")


def _idle(key: AuditedKey, context: LookContext) -> Iterator[Finding]:
    """Judge by the latest use, else by spend, which shows uses before 2026."""
    record, most = key.record, context.settings.idle
    if record.last_used_at is not None:
        if context.now - record.last_used_at > most:
            span = duration(_days(context.now - record.last_used_at))
            yield context.found("key-idle", key, f"was last used {span} ago ({_day(record.last_used_at)})", "idle")
        return
    if any(_recent(usage) for usage in (record.usage, record.byok_usage)):
        return
    if (record.usage.total or 0) + (record.byok_usage.total or 0) > 0:
        yield context.found("key-idle", key, "was last used before the end of 2025", "idle")
    elif record.created_at is not None and context.now - record.created_at > most:
        span = duration(_days(context.now - record.created_at))
        yield context.found("key-unused", key, f"was never used in the {span} since it was made", "idle")


def _unbounded(key: AuditedKey, context: LookContext) -> Iterator[Finding]:
    bounds = context.ceilings.bounds(key)
    if bounds is False:
        what = "has no limit, and neither a guardrail nor a budget of its workspace bounds what it may spend"
        yield context.found("key-has-no-limit", key, what, "require_limit")


def _never_expires(key: AuditedKey, context: LookContext) -> Iterator[Finding]:
    if key.record.expires_at is None:
        yield context.found("key-never-expires", key, "never expires", "require_expiry")


def _expires_soon(key: AuditedKey, context: LookContext) -> Iterator[Finding]:
    expires = key.record.expires_at
    if expires is not None and expires - context.now <= context.settings.expires_within:
        what = f"expires in {duration(expires - context.now)} ({date(expires)})"
        yield context.found("key-expires-soon", key, what, "expires_within")


def _loose_limit(key: AuditedKey, context: LookContext) -> Iterator[Finding]:
    """Judge by the spend a day since creation, or in the present window."""
    record = key.record
    if record.limit is None or record.created_at is None or context.now - record.created_at < _TOO_YOUNG:
        return
    days = Decimal((context.now - record.created_at) // timedelta(days=1))
    window = _WINDOW_DAYS.get(record.limit_reset, 30)
    usual = max(spent(key, "total") / days * window, spent(key, "monthly") * window / 30)
    if usual > 0 and record.limit > context.settings.loose_limit * usual:
        times = (record.limit / usual).quantize(Decimal(1))
        limit = f"{record.limit_reset} limit" if record.limit_reset else "limit, taken for a year's,"
        what = f"has a {limit} of {usd(record.limit)}, {times:,} times what it spends"
        yield context.found("key-limit-loose", key, what, "loose_limit")


def _no_creator(key: AuditedKey, context: LookContext) -> Iterator[Finding]:
    if key.record.creator_user_id is None:
        yield context.found("key-has-no-creator", key, "has no creator")


def _unnamed(key: AuditedKey, context: LookContext) -> Iterator[Finding]:
    if not (key.record.name or "").strip():
        yield context.found("key-unnamed", key, "has no name")


_LOOKS: Final[tuple[Callable[[AuditedKey, LookContext], Iterator[Finding]], ...]] = (
    _too_old,
    _idle,
    _unbounded,
    _never_expires,
    _expires_soon,
    _loose_limit,
    _no_creator,
    _unnamed,
)


def _left_over(key: AuditedKey, context: LookContext) -> Iterator[Finding]:
    expires = key.record.expires_at
    is_expired = expires is not None and expires <= context.now
    what = f"expired on {_day(expires)}" if is_expired and expires is not None else "is disabled"
    yield context.found("key-left-over", key, f"{what}, and was not deleted")


def _repeated_names(keys: Iterable[AuditedKey], context: LookContext) -> Iterator[Finding]:
    by_name: dict[str, list[AuditedKey]] = {}
    for key in keys:
        name = (key.record.name or "").strip()
        if name:
            by_name.setdefault(name, []).append(key)
    for name, group in by_name.items():
        if len(group) > 1:
            shown = [f"{key.record.hash[:SHOWN]} in {key.workspace}" for key in group[:_NAMES_SHOWN]]
            more = f" and {len(group) - _NAMES_SHOWN} more" if len(group) > _NAMES_SHOWN else ""
            what = f"{len(group)} keys have the name {name}: {', '.join(shown)}{more}."
            yield found("key-name-repeated", what, severity=context.severity(None))


def spent(key: AuditedKey, window: str) -> Decimal:
    """Return the key's spend in that window, with BYOK where its limit has it."""
    own = getattr(key.record.usage, window) or Decimal(0)
    byok = getattr(key.record.byok_usage, window) or Decimal(0) if key.record.include_byok_in_limit else Decimal(0)
    return Decimal(own + byok)


def _recent(usage: Usage) -> bool:
    return any(figure for figure in (usage.daily, usage.weekly, usage.monthly))


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"


def _days(span: timedelta) -> timedelta:
    """Whole days, where there is at least one."""
    return timedelta(days=span.days) if span.days else span
