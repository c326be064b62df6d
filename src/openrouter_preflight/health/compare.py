"""Changes since an earlier run, by that run's JSON report.

Nothing is kept between runs: the report is given back by whoever wants the comparison, and decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import inf, isnan
from typing import TYPE_CHECKING, Any, Final

from openrouter_preflight.findings import Finding, rule
from openrouter_preflight.findings.earlier_report import amount, entries, read_earlier, text
from openrouter_preflight.health import wording

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from openrouter_preflight.findings import KeyStatus, Outcome

_TEN_YEARS: Final = 3650
"""Days; no runway is reckoned further."""
_CENT: Final = Decimal("0.01")
_LONGEST_MESSAGE: Final = 300

_Identity = tuple[str, str | None, str | None]
"""Rule, key, and what else a finding is about: None where an older report does not tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierKey:
    """One key of the earlier report; None where it does not tell."""

    name: str
    fingerprint: str | None
    state: str | None
    spendable: Decimal | None
    runway_days: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierRun:
    """An earlier run, as its report describes it."""

    verdict: str | None
    keys: tuple[EarlierKey, ...]
    findings: Mapping[_Identity, str]
    """Messages, by what does not move from run to run."""


def read_earlier_run(path: Path) -> EarlierRun:
    """The report in the file at `path`.

    Raises:
        UsageError: it cannot be read, or is not a JSON report of `check`.
    """
    report = read_earlier(path, option="--compare", commands=("check",))
    return EarlierRun(
        verdict=text(report.get("verdict")),
        keys=tuple(_key(entry) for entry in entries(report.get("keys"))),
        findings=dict(_finding(entry) for entry in entries(report.get("findings"))),
    )


def changes(earlier: EarlierRun, outcome: Outcome) -> tuple[Finding, ...]:
    """Return a note for every difference between `earlier` and `outcome`."""
    said = (*_verdict(earlier, outcome), *_keys(earlier, outcome), *_findings(earlier, outcome))
    found = rule("changed")
    return tuple(
        Finding(rule=found, severity=found.severity, what=f"{message}.", help=found.fix, key=key)
        for key, message in said
    )


_Note = tuple[str | None, str]


def _verdict(earlier: EarlierRun, outcome: Outcome) -> Iterator[_Note]:
    if earlier.verdict is not None and earlier.verdict != outcome.verdict:
        yield None, f"the verdict was {earlier.verdict}, and is {outcome.verdict}"


def _keys(earlier: EarlierRun, outcome: Outcome) -> Iterator[_Note]:
    before = {key.name: key for key in earlier.keys}
    for now in outcome.keys:
        then = before.pop(now.name, None)
        if then is None:
            yield now.name, f"{now.name} was not checked before"
        else:
            yield from ((now.name, f"{now.name} {words}") for words in _differences(then, now))
    for name in before:
        yield None, f"{name} was checked before, and is not now"


def _differences(then: EarlierKey, now: KeyStatus) -> Iterator[str]:
    if then.fingerprint and now.fingerprint and then.fingerprint != now.fingerprint:
        yield "is another key than before"
    if then.state is not None and then.state != now.state:
        yield f"was {then.state}, and is {now.state}"
    if then.runway_days is not None and now.runway_days is not None and _differ(then.runway_days, now.runway_days):
        yield f"was to last {_days(then.runway_days)}, and is to last {_days(now.runway_days)}"
    if then.spendable is None or now.spendable_usd is None:
        return
    change = now.spendable_usd - then.spendable
    if abs(change) >= _CENT:
        way = "more" if change > 0 else "less"
        figures = f"{wording.usd(then.spendable)} before, {wording.usd(now.spendable_usd)} now"
        yield f"can spend {wording.usd(abs(change))} {way} ({figures})"


def _findings(earlier: EarlierRun, outcome: Outcome) -> Iterator[_Note]:
    names = {status.name for status in outcome.keys}
    found = (each for each in outcome.findings if each.rule.name != "changed")
    now: dict[_Identity, str] = {(each.rule.name, each.key, each.about): each.message for each in found}
    for identity, message in now.items():
        if not earlier.findings.keys() & {identity, (*identity[:2], None)}:
            yield identity[1], f"new since then: {identity[0]}: {message.removesuffix('.')}"
    untold = {(*identity[:2], None) for identity in now}
    for identity, message in earlier.findings.items():
        name, key, _ = identity
        if identity not in now and identity not in untold and name != "changed":
            yield key if key in names else None, f"gone since then: {name}: {message.removesuffix('.')}"


def _key(entry: Mapping[str, Any]) -> EarlierKey:
    return EarlierKey(
        name=text(entry.get("name")) or "a key",
        fingerprint=text(entry.get("fingerprint")),
        state=text(entry.get("state")),
        spendable=amount(entry.get("spendable_usd")),
        runway_days=inf if entry.get("runway_unlimited") is True else _number_of_days(entry.get("runway_days")),
    )


def _finding(entry: Mapping[str, Any]) -> tuple[_Identity, str]:
    message = (text(entry.get("message")) or "it has no message")[:_LONGEST_MESSAGE]
    about = (text(entry["about"]) or "") if "about" in entry else None
    return (text(entry.get("rule")) or "a finding", text(entry.get("key")), about), message


def _number_of_days(value: object) -> float | None:
    """Days, of which a report of another tool may have more than any number can hold."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return None if isnan(value) else float(value)
    except OverflowError:
        return inf


def _differ(then: float, now: float) -> bool:
    """Return True where they differ by a day or more."""
    return then != now and abs(now - then) >= 1


def _days(number: float) -> str:
    return "more than ten years" if number >= _TEN_YEARS else f"{number:.0f} days"
