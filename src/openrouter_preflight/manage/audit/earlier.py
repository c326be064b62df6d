"""Changes since an earlier audit, by the JSON report that it wrote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from openrouter_preflight.findings.amounts import usd
from openrouter_preflight.findings.earlier_report import amount, entries, read_earlier
from openrouter_preflight.manage.found import found

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from openrouter_preflight.findings import AccountStatus, Finding, KeyStatus
    from openrouter_preflight.openrouter.activity import ActivityDay

_WINDOW_DAYS: Final = 7
_CENT: Final = Decimal("0.01")
_LONGEST_NAME: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierKey:
    """One key of the earlier report; None where it does not tell."""

    name: str
    total: Decimal | None
    month: Decimal | None
    disabled: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierAudit:
    """An earlier audit, as its report describes it."""

    keys: Mapping[str, EarlierKey]
    """By fingerprint."""
    balance: Decimal | None
    is_whole: bool
    """True where that audit read everything: only then is an unlisted key new."""


def read_earlier_audit(path: Path) -> EarlierAudit:
    """Read the report at `path`. Raises UsageError for any other file."""
    report = read_earlier(path, option="--compare", commands=("audit",))
    account = report.get("account")
    rules = [entry.get("rule") for entry in entries(report.get("findings"))]
    return EarlierAudit(
        keys={
            fingerprint: _key(entry)
            for entry in entries(report.get("keys"))
            if isinstance(fingerprint := entry.get("fingerprint"), str)
        },
        balance=amount(account.get("balance_usd")) if isinstance(account, dict) else None,
        is_whole="audit-incomplete" not in rules and "management-key-refused" not in rules,
    )


def changes(
    earlier: EarlierAudit, keys: Sequence[KeyStatus], account: AccountStatus | None, *, is_whole: bool
) -> Iterator[Finding]:
    """Return a note for every difference; `is_whole` describes this audit."""
    before = dict(earlier.keys)
    for key in keys:
        then = before.pop(key.fingerprint or "", None)
        if then is None:
            where = f" in {key.workspace}" if key.workspace else ""
            remark = "" if earlier.is_whole else ", or was not read then"
            yield _changed(f"{key.name}{where} is new since then{remark}.", key)
        else:
            yield from (_changed(f"{key.name} {words}.", key) for words in _differences(then, key))
    for fingerprint, gone in before.items():
        what = "is gone since then" if is_whole else "was there then, and was not read now"
        yield found("changed", f"{gone.name} {what}.", fingerprint=fingerprint)
    if earlier.balance is not None and account is not None and account.balance_usd is not None:
        change = account.balance_usd - earlier.balance
        if abs(change) >= _CENT:
            yield found("changed", f"the balance was {usd(earlier.balance)}, and is {usd(account.balance_usd)}.")


def window_change(days: Sequence[ActivityDay], now: datetime) -> Finding | None:
    """Compare the last seven completed days with the seven before, or None."""
    today = now.date()

    def total(first: int, last: int) -> Decimal:
        start, end = today - timedelta(days=first), today - timedelta(days=last)
        return sum((each.spent for each in days if start <= each.day <= end), Decimal(0))

    recent, before = total(_WINDOW_DAYS, 1), total(2 * _WINDOW_DAYS, _WINDOW_DAYS + 1)
    if not recent and not before:
        return None
    return found(
        "changed",
        f"the account spent {usd(recent)} in its last {_WINDOW_DAYS} completed days, and {usd(before)} in the "
        f"{_WINDOW_DAYS} before.",
    )


def _differences(then: EarlierKey, now: KeyStatus) -> Iterator[str]:
    if then.disabled is not None and now.disabled is not None and then.disabled != now.disabled:
        yield "was disabled since then" if now.disabled else "was enabled since then"
    if then.name not in (now.name, now.name_at_openrouter):
        yield f"was called {then.name}"
    usage = now.usage
    if then.total is None or usage is None or usage.total is None or usage.total - then.total < _CENT:
        return
    months = ""
    if then.month is not None and usage.month is not None:
        months = f"; this month {usd(usage.month)}, at that time {usd(then.month)} of its month"
    yield f"spent {usd(usage.total - then.total)} since then{months}"


def _changed(what: str, key: KeyStatus) -> Finding:
    return found("changed", what, key=key.name, fingerprint=key.fingerprint)


def _key(entry: Mapping[str, Any]) -> EarlierKey:
    usage = entry.get("usage_usd")
    usage = usage if isinstance(usage, dict) else {}
    name, disabled = entry.get("name"), entry.get("disabled")
    return EarlierKey(
        name=name[:_LONGEST_NAME] if isinstance(name, str) else "a key",
        total=amount(usage.get("total")),
        month=amount(usage.get("month")),
        disabled=disabled if isinstance(disabled, bool) else None,
    )
