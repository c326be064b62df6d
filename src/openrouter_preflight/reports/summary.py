"""The whole run in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from openrouter_preflight.findings import KeyState, Severity, Verdict
from openrouter_preflight.reports import words
from openrouter_preflight.reports.words import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from openrouter_preflight.findings import Finding, KeyStatus, Outcome


def verdict(outcome: Outcome) -> str:
    """The verdict for people, beginning with PASS, FAIL or INCOMPLETE."""
    return f"{outcome.verdict.name}: {reasons(outcome)}"


def reasons(outcome: Outcome) -> str:
    """The reasons of the verdict, as the end of a sentence."""
    warnings = sum(finding.severity is Severity.WARNING for finding in outcome.findings)
    with_warnings = f", with {count(warnings, 'warning')}" if warnings else ""
    if outcome.verdict is Verdict.PASS:
        return f"{held(outcome)}{with_warnings}."
    errors = [finding for finding in outcome.findings if finding.severity is Severity.ERROR]
    broken = " and ".join(_broken(errors, outcome.command))
    return f"{broken}{with_warnings} (exit code {outcome.exit_code.value})."


def banner_name(outcome: Outcome) -> str:
    """The short name of the sentence that `answered_by` says."""
    return "base-url" if outcome.simulated is None else "simulated"


def answered_by(outcome: Outcome) -> str:
    """Return the loud sentence of a run against another address, or nothing."""
    if outcome.simulated is not None:
        return f"SIMULATED: the scenario {outcome.simulated} answered, not OpenRouter."
    if outcome.base_url is None:
        return ""
    by = f", set by {outcome.base_url_set_by}" if outcome.base_url_set_by else ""
    return f"BASE URL: keys are checked at {outcome.base_url}{by}."


def share(outcome: Outcome) -> str:
    """Return the sentence that names a share; empty where all was read."""
    said = words.share(outcome.scan)
    return f"Only {said} of the history was scanned: the other shares are reported elsewhere." if said else ""


def held(outcome: Outcome) -> str:
    """The good news: `2 keys are healthy and no leak found`."""
    if outcome.command == "audit":
        return f"{count(len(outcome.keys), 'key')} looked at"
    parts = list(_keys_held(outcome.keys)) if outcome.command != "revoke" else []
    if outcome.scan:
        parts.append("no leak found" if outcome.scan.complete else "no leak found in what could be read")
    parts += _written(outcome)
    return " and ".join(parts) or "there was nothing to check"


def _written(outcome: Outcome) -> Iterable[str]:
    """Return the sentence about a command's writes."""
    if outcome.is_dry_run:
        yield "nothing was written"
    elif outcome.writes:
        yield f"{count(len(outcome.writes), 'write')} made"
    elif outcome.command in {"revoke", "rotate", "run"}:
        yield "there was nothing to write"


def _keys_held(keys: Iterable[KeyStatus]) -> Iterable[str]:
    states = [key.state for key in keys]
    valid = states.count(KeyState.VALID)
    if valid:
        yield f"{count(valid, 'key')} {'is' if valid == 1 else 'are'} healthy"
    unchecked = len(states) - valid
    if unchecked:
        yield f"{count(unchecked, 'key')} {'was' if unchecked == 1 else 'were'} not checked"


_NOT: Final = {
    "audit": ("is not in order", "are not in order"),
    "revoke": ("was not switched off", "were not switched off"),
}
"""The predicate of a failure, for one key and for several, by command."""
_UNKNOWN: Final = {"audit": "part of the account", "revoke": "what became of a key"}


def _broken(errors: Sequence[Finding], command: str) -> Iterable[str]:
    """The gates that do not hold, and those that could not be decided."""
    leaks = [finding for finding in errors if finding.rule.is_leak]
    failed = _names(finding for finding in errors if not finding.rule.is_leak and not finding.rule.undecided)
    if failed:
        one, several = _NOT.get(command, ("is not ready", "are not ready"))
        yield f"{failed[0] or 'a gate'} {one}" if len(failed) == 1 else f"{len(failed)} keys {several}"
    if leaks:
        yield f"{count(len({leak.fingerprint or leak for leak in leaks}), 'leak')} found"
    unknown = [name for name in _names(finding for finding in errors if finding.rule.undecided) if name not in failed]
    if unknown:
        scanned = _UNKNOWN.get(command, "the scan")
        what = (unknown[0] or scanned) if len(unknown) == 1 else f"{len(unknown)} of the checks"
        yield f"{what} could not be decided"


def _names(findings: Iterable[Finding]) -> list[str | None]:
    """The keys they are about, each once; None for what is about no key."""
    return list(dict.fromkeys(finding.key for finding in findings))
