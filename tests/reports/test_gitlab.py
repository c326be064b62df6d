"""The GitLab Code Quality report: issues that GitLab accepts, each with a fingerprint of its own."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from openrouter_preflight.reports import render
from support.report_samples import (
    CLEAN,
    CONTEXT,
    EVERYTHING,
    HEALTHY,
    HOSTILE,
    OUTAGE,
    SIMULATED,
    TROUBLE,
    hostile_outcome,
    leak,
)

if TYPE_CHECKING:
    from openrouter_preflight.findings import Outcome


def _issues(outcome: Outcome) -> list[dict[str, Any]]:
    issues: list[dict[str, Any]] = json.loads(render("gitlab", outcome, CONTEXT))
    return issues


@pytest.mark.parametrize("outcome", [*EVERYTHING, *map(hostile_outcome, HOSTILE)])
def test_every_issue_has_what_gitlab_requires(outcome: Outcome) -> None:
    issues = _issues(outcome)
    for issue in issues:
        assert issue["description"]
        assert issue["check_name"]
        assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert issue["location"]["path"]
        assert issue["location"]["lines"]["begin"] >= 1
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)


def test_nothing_found_is_an_empty_list() -> None:
    assert _issues(HEALTHY) == []


def test_severities_tell_a_leak_from_a_gate() -> None:
    assert [issue["severity"] for issue in _issues(TROUBLE)] == [
        "critical",
        "critical",
        "blocker",
        "blocker",
        "minor",
        "info",
    ]
    assert [issue["severity"] for issue in _issues(OUTAGE)] == ["major"]


def test_a_finding_keeps_its_fingerprint_when_its_line_changes() -> None:
    here, there = (_issues(replace(CLEAN, findings=(leak("a", line=line),)))[0] for line in (3, 99))
    assert here["fingerprint"] == there["fingerprint"]
    assert (here["location"], there["location"]["lines"]) == ({"path": "a", "lines": {"begin": 3}}, {"begin": 99})


def test_a_simulated_run_is_an_issue_of_its_own() -> None:
    assert _issues(SIMULATED)[0]["description"].startswith("SIMULATED: ")
    assert [issue["check_name"] for issue in _issues(replace(HEALTHY, simulated="healthy"))] == ["simulated"]
