"""A key as a sentence or as the rows of a table, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from openrouter_preflight.findings import KeyState
from openrouter_preflight.reports import words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from openrouter_preflight.findings import AccountStatus, KeyStatus

_STATES: Final = {
    KeyState.VALID: "is valid",
    KeyState.MISSING: "is missing",
    KeyState.MALFORMED: "is not shaped like a key",
    KeyState.REJECTED: "was rejected",
    KeyState.FORBIDDEN: "was refused",
    KeyState.EXHAUSTED: "has nothing left",
    KeyState.EXPIRED: "has expired",
    KeyState.UNREACHABLE: "could not be checked",
    KeyState.SKIPPED: "was not checked",
}
HEADINGS: Final = ("KEY", "STATE", "CAN SPEND", "CEILING", "RESETS", "EXPIRES", "RUNWAY")
_RIGHT: Final = frozenset({"CAN SPEND"})
_GAP: Final = "  "


def sentence(key: KeyStatus, now: datetime) -> str:
    """Return `NAME can spend $12.34 of $50.00 (the key's own limit), resets …`."""
    parts = [f"{key.name} {_ability(key)}"]
    reset = words.reset(key, now)
    if reset == "never":
        parts[0] += ", never resets"
    elif reset:
        parts[0] += f", resets {reset}"
    if _balance(key) and key.binding_ceiling != "account":
        parts.append(f"the account's balance is {_balance(key)}")
    if words.spent(key.usage):
        parts.append(f"spent {words.spent(key.usage)}")
    if words.free_requests(key):
        parts.append(words.free_requests(key))
    if key.expires_at:
        verb = "expires" if key.expires_at > now else "expired"
        parts.append(f"{verb} {words.moment(key.expires_at)} ({words.until(key.expires_at, now)})")
    if key.runway_days is not None:
        bound = "" if key.spendable_is_certain or key.runway_days == 0 else "at most "
        parts.append(f"lasts {bound}{words.days(key.runway_days)} at the expected rate")
    return "; ".join(parts) + "."


def rows(key: KeyStatus, account: AccountStatus | None, now: datetime) -> list[tuple[str, str]]:
    """All that is known of one key, as a small table of headings and values."""
    balance = words.usd(account.balance_usd) if account is not None and account.balance_usd is not None else ""
    if account is not None and account.usage_usd is not None and account.credits_usd is not None and balance:
        balance += f" ({words.usd(account.credits_usd)} bought, {words.usd(account.usage_usd)} used)"
    known = (
        ("state", f"{key.state.value}{f', {key.kind} key' if key.kind != 'unknown' else ''}"),
        ("name at OpenRouter", key.name_at_openrouter or ""),
        ("workspace", key.workspace or ""),
        ("can spend", _ability(key).partition("can spend ")[2]),
        ("resets", words.reset(key, now)),
        ("account's balance", balance),
        ("spent", words.spent(key.usage)),
        ("free requests", words.free_requests(key).replace(" free requests", "")),
        ("expires", _at(key.expires_at, now) or ("never" if key.state is KeyState.VALID else "")),
        ("made", _at(key.created_at, now)),
        ("last used", _at(key.last_used_at, now)),
        ("disabled", "yes" if key.disabled else ""),
        ("runway", words.days(key.runway_days) if key.runway_days is not None else ""),
        ("label", key.label or ""),
        ("fingerprint", key.fingerprint or ""),
    )
    return [(heading, value) for heading, value in known if value]


def _at(when: datetime | None, now: datetime) -> str:
    return f"{words.moment(when)} ({words.until(when, now)})" if when else ""


def _balance(key: KeyStatus) -> str:
    return next((words.left(ceiling) for ceiling in key.ceilings if ceiling.name == "account"), "")


def table(keys: Sequence[KeyStatus], now: datetime, width: int) -> list[str] | None:
    """Aligned rows below a heading, without empty columns; None if too wide."""
    rows = [HEADINGS, *(cells(key, now) for key in keys)]
    columns = [column for column in zip(*rows, strict=True) if any(column[1:])]
    widths = [max(map(len, column)) for column in columns]
    if sum(widths) + len(_GAP) * (len(widths) - 1) > width:
        return None
    padded = [
        [cell.rjust(size) if column[0] in _RIGHT else cell.ljust(size) for cell in column]
        for column, size in zip(columns, widths, strict=True)
    ]
    return [_GAP.join(row).rstrip() for row in zip(*padded, strict=True)]


def cells(key: KeyStatus, now: datetime) -> tuple[str, ...]:
    """One key's cells under HEADINGS; empty where nothing is known."""
    reset = words.moment(key.resets_at) if key.resets_at else words.reset(key, now)
    return (
        key.name,
        key.state.value,
        words.spendable(key) if key.spendable_usd is not None or key.state is KeyState.VALID else "",
        (key.binding_ceiling or "").replace("_", " "),
        reset,
        words.moment(key.expires_at) if key.expires_at else "",
        words.days(key.runway_days) if key.runway_days is not None else "",
    )


def _ability(key: KeyStatus) -> str:
    """The predicate: what the key can do."""
    if key.state is KeyState.SKIPPED:
        reason = key.skipped_because or "the secret is not there, and that was allowed"
        return f"{_STATES[key.state]}: {reason}"
    kind = " (a management key)" if key.kind == "management" else ""
    if key.spendable_usd is None:
        unknown = "; what it can spend is unknown" if key.state is KeyState.VALID else ""
        return f"{_STATES[key.state]}{kind}{unknown}"
    ceiling = words.binding_ceiling(key)
    limit = f" of {words.usd(ceiling.limit)}" if ceiling and ceiling.limit is not None else ""
    name = f" ({words.ceiling_name(key.binding_ceiling)})" if key.binding_ceiling else ""
    verb = "can spend" if key.state is KeyState.VALID else f"{_STATES[key.state]}:"
    return f"{verb} {words.spendable(key)}{limit}{name}{kind}"
