"""Words of every report: money, sizes, moments, durations, counts, ceilings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openrouter_preflight.findings.amounts import ceiling_name as ceiling_name  # noqa: PLC0414 - said here too
from openrouter_preflight.findings.amounts import usd as usd  # noqa: PLC0414 - likewise
from openrouter_preflight.summary_line import count as count  # noqa: PLC0414 - said here too, where all the words are
from openrouter_preflight.summary_line import scanned as scanned_words
from openrouter_preflight.summary_line import size as size  # noqa: PLC0414 - likewise

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from openrouter_preflight.findings import Ceiling, KeyStatus, KeyUsage, ScanSummary


def plain(amount: Decimal) -> str:
    """All digits of `amount`, never with an exponent: `12.34`, `0.0000001`."""
    return format(amount or abs(amount), "f")


def moment(when: datetime) -> str:
    """`2026-12-01` at midnight, else `2026-12-01 14:30`; always UTC."""
    return f"{when:%Y-%m-%d}" if (when.hour, when.minute) == (0, 0) else f"{when:%Y-%m-%d %H:%M}"


def until(when: datetime, now: datetime) -> str:
    """The distance of `when`: `in 7 days`, `in 3 hours`, `4 minutes ago`."""
    seconds = (when - now).total_seconds()
    distance = abs(seconds)
    if distance < 60:
        return "now"
    for length, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if distance >= 2 * length or unit == "minute":
            whole = count(int(distance // length), unit)
            return f"in {whole}" if seconds > 0 else f"{whole} ago"
    raise AssertionError("a distance of a minute or more has a unit")


def days(number: float) -> str:
    """A runway: `12 days`, `1.5 days`, `3 hours`, `under an hour`."""
    if number * 24 < 1:
        return "under an hour"
    if number < 1:
        return count(int(number * 24), "hour")
    if number >= 3650:
        return "over ten years"
    return f"{number:.0f} days" if number >= 10 else f"{number:.1f} days"


def ceiling_figures(key: KeyStatus) -> list[str]:
    """Every ceiling of the key with its figures; the one that applies says so."""
    applies = binding_ceiling(key)
    figures = [
        f"{_figures(ceiling)}{', the limit that applies' if ceiling is applies else ''}" for ceiling in key.ceilings
    ]
    free = key.free_requests
    if free is not None:
        of = f" of {free.limit}" if free.limit is not None else ""
        figures.append(f"requests to :free models: {free.remaining}{of} left, resets {moment(free.resets_at)}")
    return figures


def _figures(ceiling: Ceiling) -> str:
    of = f" of {usd(ceiling.limit)}" if ceiling.limit is not None else ""
    spent = f"{usd(ceiling.spent)}{of} spent, " if ceiling.spent is not None else ""
    when = reset_of(ceiling)
    reset = "" if not when else ", never resets" if when == "never" else f", resets {when}"
    return f"{ceiling_name(ceiling.name)}: {spent}{left(ceiling)} left{reset}"


def left(ceiling: Ceiling) -> str:
    """The amount left: `$12.34`; a best-effort figure says `about`."""
    return usd(ceiling.remaining) if ceiling.certain else f"about {usd(ceiling.remaining)}"


def reset_of(ceiling: Ceiling) -> str:
    """`2026-12-01`, `monthly` or `never`; empty for the account."""
    if ceiling.name == "account":
        return ""
    return moment(ceiling.resets_at) if ceiling.resets_at else ceiling.reset_interval or "never"


def binding_ceiling(key: KeyStatus) -> Ceiling | None:
    """The ceiling that decides what the key may spend, where its details are known."""
    found = (ceiling for ceiling in key.ceilings if ceiling.name == key.binding_ceiling)
    return min(found, key=lambda ceiling: ceiling.remaining, default=None)


def spendable(key: KeyStatus) -> str:
    """Return `$12.34`, with `at most` or `about` where it is not certain."""
    if key.spendable_usd is None:
        return "unknown"
    ceiling = binding_ceiling(key)
    figure = usd(key.spendable_usd) if ceiling is None else left(ceiling)
    is_bound = not key.spendable_is_certain and key.binding_ceiling != "account" and key.spendable_usd > 0
    return f"at most {figure}" if is_bound else figure


def spent(usage: KeyUsage | None) -> str:
    """Return `$25.50 in all, $1.20 today, $8.00 this week`, or nothing."""
    if usage is None:
        return ""
    spans = ((usage.total, "in all"), (usage.day, "today"), (usage.week, "this week"), (usage.month, "this month"))
    known = [(amount, span) for amount, span in spans if amount is not None]
    if known and not any(amount for amount, _ in known):
        return "nothing yet" if usage.total is not None else ""
    return ", ".join(f"{usd(amount)} {span}" for amount, span in known)


def free_requests(key: KeyStatus) -> str:
    """`47 of 50 free requests left today`; empty where the key does not tell."""
    free = key.free_requests
    if free is None:
        return ""
    of = f" of {free.limit}" if free.limit is not None else ""
    return f"{max(free.remaining, 0)}{of} free requests left today"


def reset(key: KeyStatus, now: datetime) -> str:
    """Return the next reset: `2026-12-01 (in 7 days)`, `never`, or nothing."""
    if key.resets_at:
        return f"{moment(key.resets_at)} ({until(key.resets_at, now)})"
    ceiling = binding_ceiling(key)
    if key.binding_ceiling is None or key.binding_ceiling == "account":
        return ""
    return reset_of(ceiling) if ceiling else "never"


def share(scan: ScanSummary | None) -> str:
    """`share 2 of 9` of the history; empty for all of it."""
    return "" if scan is None or scan.shard is None else f"share {scan.shard[0]} of {scan.shard[1]}"


def scanned(scan: ScanSummary) -> str:
    """The extent of the scan: `12 objects (3.4 kB) of the index`."""
    return scanned_words(scan.mode, scan.objects, scan.bytes, scan.commits, share=share(scan))
