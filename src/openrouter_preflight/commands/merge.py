"""One outcome of many reports, never greener than any of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from openrouter_preflight.findings import Finding, KeyState, Outcome, ScanSummary, Severity, Verdict, rule
from openrouter_preflight.findings.json_object import ReportError
from openrouter_preflight.findings.read_report import LARGEST, ReadReport, read_report

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from openrouter_preflight.findings import KeyStatus

_HISTORY: Final = "history"
_SHOWN: Final = 20
"""Missing shares named one by one."""
_AGAIN: Final = "Write it anew with `--report json=FILE`, with this version of the program, and merge again."
_ALL_SHARES: Final = "Run the shares that are missing, and merge all of them."
_ONE_STATE: Final = "Scan all shares of the same state of the repository: the same commit, the same branches and tags."
_VERDICT_RANK: Final = (Verdict.PASS, Verdict.INCOMPLETE, Verdict.FAIL)


@dataclass(frozen=True, slots=True)
class _Named:
    """A report with the name of its file."""

    name: str
    report: ReadReport

    @property
    def scan(self) -> ScanSummary | None:
        return self.report.outcome.scan


def merge(paths: Sequence[Path], *, strict: bool) -> Outcome:
    """Join the JSON reports at `paths`; one that cannot be read is incomplete."""
    reports: list[_Named] = []
    problems: list[Finding] = []
    for path in paths:
        try:
            reports.append(_Named(str(path), read_report(_content(path))))
        except ReportError as error:
            problems.append(_incomplete(f"the report {path} cannot be used: {error}", _AGAIN))
    histories = [report for report in reports if report.scan is not None and report.scan.mode == _HISTORY]
    problems += _missing_shares(histories)
    problems += _different_states(histories)
    counted = _without_repeated_histories(reports)
    reports = _told_apart(reports)
    simulated = next((each.report.outcome.simulated for each in reports if each.report.outcome.simulated), None)
    outcome = Outcome(
        command="merge",
        findings=(*_findings(reports, strict=strict), *problems),
        keys=_keys(reports),
        scan=_scan([each.scan for each in counted if each.scan is not None], is_complete=not problems),
        simulated=simulated,
        writes=tuple(dict.fromkeys(write for each in reports for write in each.report.outcome.writes)),
    )
    return replace(outcome, findings=(*outcome.findings, *_greener(outcome, reports)))


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise ReportError(f"{error.strerror or type(error).__name__}") from None


def _missing_shares(histories: Iterable[_Named]) -> Iterator[Finding]:
    found: dict[tuple[str | None, int], set[int]] = {}
    for report in histories:
        if report.scan is not None and report.scan.shard is not None:
            part, parts = report.scan.shard
            found.setdefault((report.scan.repository, parts), set()).add(part)
    for (repository, parts), given in found.items():
        missing = [f"{part}/{parts}" for part in range(1, parts + 1) if part not in given]
        if missing:
            more = f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
            shares = f"{', '.join(missing[:_SHOWN])}{more}"
            yield _incomplete(f"no report of the share {shares} of the history{_of(repository)}", _ALL_SHARES)


def _different_states(histories: Iterable[_Named]) -> Iterator[Finding]:
    states: dict[str | None, dict[str | None, str]] = {}
    for report in histories:
        if report.scan is not None:
            digest = report.scan.refs.digest if report.scan.refs is not None else None
            states.setdefault(report.scan.repository, {}).setdefault(digest, report.name)
    for repository, names in states.items():
        if len(names) > 1:
            first, second, *_ = names.values()
            what = f"the history{_of(repository)} was scanned in different states, among them {first} and {second}"
            yield _incomplete(what, _ONE_STATE)


def _without_repeated_histories(reports: Iterable[_Named]) -> list[_Named]:
    """The reports, each share of a history once."""
    kept: dict[object, _Named] = {}
    for number, report in enumerate(reports):
        scan = report.scan
        is_history = scan is not None and scan.mode == _HISTORY
        identity = (scan.repository, scan.shard, scan.refs) if is_history and scan is not None else number
        kept.setdefault(identity, report)
    return list(kept.values())


def _findings(reports: Sequence[_Named], *, strict: bool) -> tuple[Finding, ...]:
    """Every finding once, with the worst that was said of it."""
    repositories = {report.scan.repository for report in reports if report.scan is not None}
    found: dict[Finding, Severity] = {}
    for report in reports:
        for finding in report.report.outcome.findings:
            if len(repositories) > 1 and report.scan is not None and finding.repository is None:
                finding = replace(finding, repository=report.scan.repository)  # noqa: PLW2901 - the same, at home
            if strict and finding.rule.is_leak and finding.severity is Severity.WARNING and finding.live != "dead":
                finding = finding.with_severity(Severity.ERROR)  # noqa: PLW2901 - likewise
            same = finding.with_severity(finding.rule.severity)
            worst = min(found.get(same, finding.severity), finding.severity, key=lambda severity: severity.rank)
            found[same] = worst
    return tuple(finding.with_severity(severity) for finding, severity in found.items())


def _told_apart(reports: Sequence[_Named]) -> list[_Named]:
    """Return the reports; different keys of one name are named after their reports."""
    fingerprints: dict[str, set[str | None]] = {}
    for report in reports:
        for key in report.report.outcome.keys:
            fingerprints.setdefault(key.name, set()).add(key.fingerprint)
    shared = {name for name, found in fingerprints.items() if len(found) > 1}
    return [_renamed(report, shared) for report in reports] if shared else list(reports)


def _renamed(report: _Named, shared: set[str]) -> _Named:
    outcome = report.report.outcome
    names = {name: f"{name} ({report.name})" for name in shared}
    keys = tuple(replace(key, name=names.get(key.name, key.name)) for key in outcome.keys)
    findings = tuple(replace(each, key=names.get(each.key or "", each.key)) for each in outcome.findings)
    return replace(report, report=replace(report.report, outcome=replace(outcome, keys=keys, findings=findings)))


def _keys(reports: Iterable[_Named]) -> tuple[KeyStatus, ...]:
    """Each key once, with the worst state that was seen."""
    rows: dict[tuple[str, str | None], KeyStatus] = {}
    for report in reports:
        for key in report.report.outcome.keys:
            known = rows.setdefault((key.name, key.fingerprint), key)
            if known.state is KeyState.VALID and key.state is not KeyState.VALID:
                rows[key.name, key.fingerprint] = key
    return tuple(rows.values())


def _scan(scans: Sequence[ScanSummary], *, is_complete: bool) -> ScanSummary | None:
    if not scans:
        return None
    first = scans[0]
    return ScanSummary(
        mode=first.mode if len({scan.mode for scan in scans}) == 1 else "several scans",
        objects=sum(scan.objects for scan in scans),
        bytes=sum(scan.bytes for scan in scans),
        commits=sum(scan.commits for scan in scans),
        complete=is_complete and all(scan.complete for scan in scans),
        repository=first.repository if len({scan.repository for scan in scans}) == 1 else None,
        refs=first.refs if len({scan.refs for scan in scans}) == 1 else None,
    )


def _greener(outcome: Outcome, reports: Iterable[_Named]) -> Iterator[Finding]:
    """Reports whose verdict is worse than what their findings come to."""
    rank = _VERDICT_RANK.index(outcome.verdict)
    for report in reports:
        verdict = report.report.verdict
        if _VERDICT_RANK.index(verdict) > rank:
            what = f"the report {report.name} says {verdict.value}, and none of its findings says why"
            yield _incomplete(what, _AGAIN)


def _of(repository: str | None) -> str:
    return f" of {repository}" if repository else ""


def _incomplete(what: str, fix: str) -> Finding:
    return Finding(rule=rule("scan-incomplete"), severity=Severity.ERROR, what=what, help=fix)
