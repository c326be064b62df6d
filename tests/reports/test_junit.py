"""The JUnit report: a case for each gate and key, in XML that every parser reads."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from openrouter_preflight.findings import RULES, KeyState, Outcome, Severity
from openrouter_preflight.reports import render
from support.report_samples import (
    CLEAN,
    CONTEXT,
    EVERYTHING,
    HEALTHY,
    HOSTILE,
    OUTAGE,
    PLAIN_KEY,
    SCAN,
    SIMULATED,
    TROUBLE,
    finding,
    funded,
    hostile_outcome,
    leak,
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
    assert _cases(HEALTHY) == [("OPENROUTER_API_KEY", "the key was checked", "pass")]
    assert "can spend $12.34" in (_parse(HEALTHY).findtext(".//system-out") or "")


def test_each_gate_that_a_key_was_held_against_is_a_case() -> None:
    key = funded(judged=("key-rejected", "balance-low", "key-expires-soon"))
    failed = finding("balance-low", key=key.name)
    assert _cases(Outcome(command="check", keys=(key,), findings=(failed,))) == [
        (key.name, "OpenRouter accepts the key", "pass"),
        (key.name, "the key can spend the minimum", "failure"),
        (key.name, "the key does not expire too soon", "pass"),
    ]


def test_failures_errors_and_leaks() -> None:
    assert _cases(TROUBLE) == [
        ("OPENROUTER_API_KEY", "the key can spend something", "failure"),
        ("STAGING", "OpenRouter accepts the key", "failure"),
        ("STAGING", "the account has bought credit", "skipped"),
        ("scan", "no key is committed", "failure"),
        ("scan", "no deployed key is committed", "pass"),
        ("scan", "nothing looks like a broken key", "pass"),
        ("scan", "everything was read", "pass"),
    ]
    assert _cases(OUTAGE) == [("NIGHTLY", "OpenRouter answers", "error")]


def test_a_case_has_one_name_whether_it_passes_or_fails() -> None:
    leaks = tuple(leak(f"{number}.env", fingerprint=f"{number:064x}") for number in range(3))
    failed = _cases(replace(CLEAN, findings=leaks))
    assert [name for _, name, _ in failed] == [name for _, name, _ in _cases(CLEAN)]
    assert {ended for _, _, ended in _cases(CLEAN)} == {"pass"}
    assert [ended for _, _, ended in failed] == ["failure", "pass", "pass", "pass"]
    message = _parse(replace(CLEAN, findings=leaks)).find(".//failure")
    assert message is not None
    assert (message.get("type"), (message.get("message") or "")[-12:]) == ("committed-key", "(and 2 more)")
    assert all(f"{number}.env" in (message.text or "") for number in range(3))


def test_every_rule_that_can_fail_says_what_its_opposite_is() -> None:
    assert [rule.name for rule in RULES.values() if not rule.asserts and rule.severity is not Severity.NOTE] == []


def test_notes_and_what_was_scanned_are_told_beside_the_cases() -> None:
    said = _parse(TROUBLE).findtext("./testsuite[@name='scan']/system-out") or ""
    assert "Scanned 1,200 objects" in said
    assert "README.md:7" in said


def test_a_share_of_a_history_says_so_in_its_suite() -> None:
    root = _parse(replace(CLEAN, scan=replace(SCAN, mode="history", shard=(2, 9))))
    (said,) = root.findall(".//property[@name='share']")
    assert "share 2 of 9 of the history" in (said.get("value") or "")


@pytest.mark.parametrize("state", [KeyState.SKIPPED, KeyState.UNREACHABLE])
def test_a_key_that_was_not_checked_is_skipped_where_a_policy_allows_it(state: KeyState) -> None:
    allowed = finding("service-unreachable", key=PLAIN_KEY.name, severity=Severity.WARNING)
    outcome = Outcome(command="check", keys=(replace(PLAIN_KEY, state=state),), findings=(allowed,))
    assert _cases(outcome) == [("OPENROUTER_API_KEY", "the key was checked", "skipped")]


def test_several_findings_of_one_rule_are_one_case() -> None:
    twice = tuple(finding("model-unavailable", f"model {number}", key="OPENROUTER_API_KEY") for number in range(2))
    assert _cases(replace(HEALTHY, findings=twice)) == [("OPENROUTER_API_KEY", "the models are available", "failure")]


def test_a_simulated_run_says_so_in_its_name_and_in_every_suite() -> None:
    root = _parse(SIMULATED)
    assert root.get("name") == "openrouter-preflight (SIMULATED: spent-key-limit)"
    assert len(root.findall(".//property[@name='simulated']")) == len(root)
