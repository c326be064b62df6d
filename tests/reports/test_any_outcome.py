"""Whatever an outcome holds, every format renders it, other programs read it, and nothing of a key gets out."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from math import inf
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from openrouter_preflight.ci import Ci
from openrouter_preflight.findings import (
    RULES,
    Ceiling,
    Finding,
    KeyState,
    KeyStatus,
    Outcome,
    RefTips,
    ScanSummary,
    Severity,
)
from openrouter_preflight.findings.read_report import read_report
from openrouter_preflight.reports import FORMATS, render
from openrouter_preflight.reports.json.report_schema import report_schema
from support.effort import runs
from support.report_samples import CONTEXT, HOSTILE, SECRET, SECRET_BODY
from support.runner_log import azure_commands, github_commands
from support.sarif_shape import SARIF_SHAPE

if TYPE_CHECKING:
    from collections.abc import Callable

_FRAGMENTS = (
    *HOSTILE,
    "::",
    "##[",
    "##vso[",
    "\r",
    "\n",
    "`",
    "|",
    "<!--",
    "-->",
    "]]>",
    "&",
    "\u200b",
    "\udcff",
    SECRET,
)
# Two fragments and free text, in any order: what breaks an escape is often where two things meet.
_TEXT = st.lists(st.one_of(st.sampled_from(_FRAGMENTS), st.text(max_size=8)), max_size=3).map("".join)
_MAYBE_TEXT = st.none() | _TEXT
_MONEY = st.none() | st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9)
_MOMENT = st.none() | st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants naive bounds
_FINGERPRINT = st.none() | st.sampled_from(["a" * 64, "b" * 64])
_COUNT = st.integers(0, 10**15)
_SPOT = st.none() | st.integers(1, 10**6)

_CEILINGS = st.builds(
    Ceiling,
    name=_TEXT,
    remaining=_MONEY.filter(lambda amount: amount is not None),
    limit=_MONEY,
    spent=_MONEY,
    reset_interval=_MAYBE_TEXT,
    resets_at=_MOMENT,
    certain=st.booleans(),
)
_KEYS = st.builds(
    KeyStatus,
    name=_TEXT,
    source=_TEXT,
    state=st.sampled_from(KeyState),
    kind=st.sampled_from(["inference", "management", "unknown"]),
    workspace=_MAYBE_TEXT,
    disabled=st.none() | st.booleans(),
    last_used_at=_MOMENT,
    fingerprint=_FINGERPRINT,
    label=_MAYBE_TEXT,
    spendable_usd=_MONEY,
    binding_ceiling=_MAYBE_TEXT,
    resets_at=_MOMENT,
    expires_at=_MOMENT,
    runway_days=st.none() | st.just(inf) | st.floats(0, 36_500),
    ceilings=st.lists(_CEILINGS, max_size=2).map(tuple),
    daily_spend_usd=st.lists(st.tuples(st.dates(), _MONEY.filter(lambda amount: amount is not None)), max_size=3).map(
        tuple
    ),
    judged=st.lists(st.sampled_from(sorted(RULES)), max_size=2, unique=True).map(tuple),
)
_FINDINGS = st.builds(
    Finding,
    rule=st.sampled_from([*RULES.values()]),
    severity=st.sampled_from(Severity),
    what=_TEXT,
    where=_TEXT,
    remarks=st.lists(_TEXT, max_size=2).map(tuple),
    help=_TEXT,
    key=_MAYBE_TEXT,
    fingerprint=_FINGERPRINT,
    path=_MAYBE_TEXT,
    line=_SPOT,
    column=_SPOT,
    commit=_MAYBE_TEXT,
    refs=st.lists(_TEXT, max_size=2).map(tuple),
    author_date=_MAYBE_TEXT,
    in_head=st.none() | st.booleans(),
    encoding=_MAYBE_TEXT,
    member=_MAYBE_TEXT,
)
_TIPS = st.builds(
    RefTips,
    count=_COUNT,
    digest=st.just("0" * 64),
    head=_MAYBE_TEXT,
    tips=st.dictionaries(st.sampled_from(["refs/heads/main", "refs/tags/v1"]), _TEXT).map(
        lambda tips: tuple(tips.items())
    ),
)
_SCANS = st.builds(
    ScanSummary,
    mode=_TEXT,
    objects=_COUNT,
    bytes=_COUNT,
    commits=_COUNT,
    complete=st.booleans(),
    shard=st.none() | st.just((2, 9)),
    repository=_MAYBE_TEXT,
    refs=st.none() | _TIPS,
)
_OUTCOMES = st.builds(
    Outcome,
    command=st.sampled_from(["check", "scan"]),
    findings=st.lists(_FINDINGS, max_size=4).map(tuple),
    keys=st.lists(_KEYS, max_size=3).map(tuple),
    scan=st.none() | _SCANS,
    simulated=_MAYBE_TEXT,
)
_REPORT = Draft202012Validator(report_schema())
_SARIF = Draft202012Validator(SARIF_SHAPE)
_OUR_COMMANDS = {"group", "endgroup", "error", "warning", "notice", "task.logissue"}
# Runs of 8 of the secret's 64 digits; the label may show the first 3 and the last 3.
_RUNS = {SECRET_BODY[start : start + 8] for start in range(16)}


def _any_outcome(examples: int) -> Callable[[Callable[[Outcome], None]], Callable[[], None]]:
    def decorate(test: Callable[[Outcome], None]) -> Callable[[], None]:
        relaxed = settings(
            max_examples=runs(examples, 40 * examples), deadline=None, suppress_health_check=[*HealthCheck]
        )
        decorated: Callable[[], None] = relaxed(given(_OUTCOMES)(test))
        return decorated

    return decorate


@_any_outcome(30)
def test_every_format_renders_it_and_shows_nothing_of_a_key(outcome: Outcome) -> None:
    for name in FORMATS:
        rendered = render(name, outcome, replace(CONTEXT, verbose=True))
        rendered.encode()
        assert not [run for run in _RUNS if run in rendered.lower()]


@_any_outcome(30)
def test_a_json_report_is_read_back_as_it_was(outcome: Outcome) -> None:
    report = render("json", outcome, CONTEXT)
    read = read_report(report.encode())
    assert read.verdict is outcome.verdict
    assert json.loads(render("json", read.outcome, CONTEXT)) == json.loads(report)


@_any_outcome(30)
def test_other_programs_read_the_machine_formats(outcome: Outcome) -> None:
    _REPORT.validate(json.loads(render("json", outcome, CONTEXT)))
    _SARIF.validate(json.loads(render("sarif", outcome, CONTEXT)))
    assert isinstance(json.loads(render("gitlab", outcome, CONTEXT)), list)
    assert ET.fromstring(render("junit", outcome, CONTEXT)).tag == "testsuites"


@_any_outcome(40)
def test_a_log_holds_no_command_but_ours(outcome: Outcome) -> None:
    on_github = render("github", outcome, CONTEXT)
    on_azure = render("text", outcome, replace(CONTEXT, ci=Ci.AZURE))
    assert {command.name for command in github_commands(on_github)} <= _OUR_COMMANDS
    assert {command.name for command in azure_commands(on_azure)} <= _OUR_COMMANDS
    for name in set(FORMATS) - {"github"}:
        assert github_commands(render(name, outcome, CONTEXT)) == [], name
    shown = [command for command in github_commands(on_github) if command.name in ("error", "warning", "notice")]
    assert len(shown) == len(outcome.findings) + (outcome.simulated is not None)


@_any_outcome(30)
def test_tables_keep_their_shape(outcome: Outcome) -> None:
    rendered = render("markdown", outcome, CONTEXT)
    rows = [line for line in rendered.splitlines() if line.startswith("| ")]
    budgets = sum(len(key.ceilings) for key in outcome.keys)
    spends = sum(bool(key.daily_spend_usd) for key in outcome.keys)
    tables = (len(outcome.keys), budgets, spends)
    assert len([row for row in rows if not row.startswith("| ---")]) == sum(rows + 1 for rows in tables if rows)
