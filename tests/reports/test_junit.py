"""The JUnit report: a case for each gate and key, in XML that every parser reads."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from openrouter_preflight.findings import KeyState, Outcome, Severity
from openrouter_preflight.reports import render
from support.report_samples import (
    CLEAN,
    CONTEXT,
    EVERYTHING,
    HEALTHY,
    HOSTILE,
    OUTAGE,
    PLAIN_KEY,
    SIMULATED,
    TROUBLE,
    finding,
    funded,
    hostile_outcome,
)

if TYPE_CHECKING:
    from collections.abc import Iterable


def _parse(outcome: Outcome) -> ET.Element:
    return ET.fromstring(render("junit", outcome, CONTEXT))


def _cases(outcome: Outcome) -> list[tuple[str, str, str]]:
    """Suite, case, and how it ended."""
    return [
        (suite.get("name", ""), case.get("name", ""), _ended(case))
        for suite in _parse(outcome)
        for case in suite.iter("testcase")
    ]


def _ended(case: Iterable[ET.Element]) -> str:
    return next((child.tag for child in case if child.tag != "system-out"), "pass")


@pytest.mark.parametrize("outcome", [*EVERYTHING, *map(hostile_outcome, HOSTILE)])
def test_it_is_well_formed_and_its_totals_are_true(outcome: Outcome) -> None:
    root = _parse(outcome)
    assert set(root.attrib) == {"name", "tests", "failures", "errors"}  # all that Jenkins' schema knows of it
    for counted in (root, *root):
        cases = list(counted.iter("testcase"))
        ended = [_ended(case) for case in cases]
        assert counted.get("tests") == str(len(cases))
        assert counted.get("failures") == str(ended.count("failure"))
        assert counted.get("errors") == str(ended.count("error"))
        assert counted is root or counted.get("skipped") == str(ended.count("skipped"))


def test_a_healthy_key_passes_one_case_that_says_what_it_can_spend() -> None:
    assert _cases(HEALTHY) == [("OPENROUTER_API_KEY", "key", "pass")]
    assert "can spend $12.34" in (_parse(HEALTHY).findtext(".//system-out") or "")


def test_each_gate_that_a_key_was_held_against_is_a_case() -> None:
    key = funded(judged=("key-rejected", "balance-low", "key-expires-soon"))
    failed = finding("balance-low", key=key.name)
    assert _cases(Outcome(command="check", keys=(key,), findings=(failed,))) == [
        (key.name, "balance-low", "failure"),
        (key.name, "key-rejected", "pass"),
        (key.name, "key-expires-soon", "pass"),
    ]


def test_failures_errors_and_leaks() -> None:
    assert _cases(TROUBLE) == [
        ("OPENROUTER_API_KEY", "credit-exhausted", "failure"),
        ("STAGING", "free-tier", "pass"),
        ("STAGING", "key-rejected", "failure"),
        ("scan", "committed-key (fingerprint cdcdcdcdcdcd, 2 places)", "failure"),
        ("scan", "example-key (README.md:7)", "pass"),
    ]
    assert _cases(OUTAGE) == [("NIGHTLY", "service-unreachable", "error")]
    assert _cases(CLEAN) == [("scan", "committed-key", "pass")]


@pytest.mark.parametrize("state", [KeyState.SKIPPED, KeyState.UNREACHABLE])
def test_a_key_that_was_not_checked_is_skipped_where_a_policy_allows_it(state: KeyState) -> None:
    allowed = finding("service-unreachable", key=PLAIN_KEY.name, severity=Severity.WARNING)
    outcome = Outcome(command="check", keys=(replace(PLAIN_KEY, state=state),), findings=(allowed,))
    assert _cases(outcome) == [("OPENROUTER_API_KEY", "key", "skipped")]


def test_cases_of_one_name_are_told_apart() -> None:
    twice = tuple(finding("model-unavailable", f"model {number}", key="OPENROUTER_API_KEY") for number in range(2))
    names = [name for _, name, _ in _cases(replace(HEALTHY, findings=twice))]
    assert names == ["model-unavailable", "model-unavailable #2"]


def test_a_simulated_run_says_so_in_its_name_and_in_every_suite() -> None:
    root = _parse(SIMULATED)
    assert root.get("name") == "openrouter-preflight (SIMULATED: spent-key-limit)"
    assert len(root.findall(".//property[@name='simulated']")) == len(root)
