"""The report in the logs of GitHub, Azure and GitLab: annotations within their limits, and no command but ours."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import pytest

from openrouter_preflight.ci import Ci
from openrouter_preflight.findings import Outcome, Severity
from openrouter_preflight.reports import render
from support.report_samples import CLEAN, CONTEXT, HEALTHY, HOSTILE, SIMULATED, TROUBLE, finding, hostile_outcome, leak
from support.runner_log import azure_commands, github_commands


def _github(outcome: Outcome) -> str:
    return render("github", outcome, CONTEXT)


def _text_on(ci: Ci, outcome: Outcome) -> str:
    return render("text", outcome, replace(CONTEXT, ci=ci))


@pytest.mark.parametrize("outcome", [HEALTHY, CLEAN])
def test_good_news_needs_no_command(outcome: Outcome) -> None:
    assert github_commands(_github(outcome)) == []
    assert _github(outcome) == render("text", outcome, CONTEXT)


def test_details_are_folded_annotations_follow_and_the_verdict_is_last() -> None:
    lines = _github(TROUBLE).splitlines()
    commands = github_commands(_github(TROUBLE))
    assert [command.name for command in commands] == ["group", "endgroup", *["error"] * 4, "warning", "notice"]
    assert lines[0] == "::group::openrouter-preflight 1.2.3"
    assert lines[-1] == "FAIL: 2 keys are not ready and 1 leak found, with 1 warning (exit code 1)."


def test_a_leak_is_annotated_at_file_line_and_column_with_its_rule_as_title() -> None:
    leaks = [
        command for command in github_commands(_github(TROUBLE)) if command.properties.get("title") == "committed-key"
    ]
    assert leaks[0].properties == {"file": "config/prod.env", "line": "3", "col": "20", "title": "committed-key"}
    assert leaks[0].data.startswith("An OpenRouter key stands in config/prod.env.\ncommit 1a2b3c4d5e6f of 2026-11-20")
    assert leaks[1].properties == {"file": "old.zip", "title": "committed-key"}


@pytest.mark.parametrize(("severity", "kind"), [*zip(Severity, ("error", "warning", "notice"), strict=True)])
def test_ten_of_a_kind_are_annotated_and_the_rest_is_counted(severity: Severity, kind: str) -> None:
    leaks = tuple(leak("a.env", fingerprint=f"{number:064x}", severity=severity) for number in range(100))
    outcome = replace(CLEAN, findings=leaks)
    assert Counter(command.name for command in github_commands(_github(outcome)))[kind] == 10
    assert f"Not annotated: 90 more {severity.value}s; the JSON report lists them all.\n" in _github(outcome)


def test_a_simulated_run_warns_within_the_limit() -> None:
    warnings = tuple(finding("free-tier", key=str(number)) for number in range(20))
    commands = github_commands(_github(replace(HEALTHY, findings=warnings, simulated="free-tier")))
    shown = [command for command in commands if command.name == "warning"]
    assert len(shown) == 10
    assert shown[0].data.startswith("SIMULATED: ")
    assert github_commands(_github(replace(HEALTHY, simulated="healthy")))[0].properties == {"title": "simulated"}


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_starts_no_command_on_github(text: str) -> None:
    commands = github_commands(_github(hostile_outcome(text)))
    expected = ["group", "endgroup", "error", "error", "error", "error", "warning", "notice"]
    assert [command.name for command in commands] == expected
    assert [command.properties["title"] for command in commands[2:-2]] == ["key-forbidden", *["committed-key"] * 3]


def test_azure_gets_issues_with_places() -> None:
    log = _text_on(Ci.AZURE, TROUBLE)
    issues = [command for command in azure_commands(log) if command.name == "task.logissue"]
    assert [issue.properties["type"] for issue in issues] == ["error"] * 4 + ["warning"]
    assert issues[2].properties == {
        "type": "error",
        "sourcepath": "config/prod.env",
        "linenumber": "3",
        "columnnumber": "20",
        "code": "committed-key",
    }
    assert log.startswith("##[group]openrouter-preflight 1.2.3\n")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_starts_no_command_on_azure(text: str) -> None:
    commands = azure_commands(_text_on(Ci.AZURE, hostile_outcome(text)))
    assert [command.name for command in commands] == ["group", "endgroup", *["task.logissue"] * 5]


@pytest.mark.parametrize("text", HOSTILE)
def test_gitlab_gets_one_section_whatever_the_text(text: str) -> None:
    log = _text_on(Ci.GITLAB, hostile_outcome(text))
    assert re.findall(r"section_(\w+):\d+:(\w+)(?:\[collapsed=true\])?\r", log) == [
        ("start", "openrouter_preflight_1_2_3"),
        ("end", "openrouter_preflight_1_2_3"),
    ]


def test_a_log_of_a_hundred_findings_stays_short() -> None:
    leaks = tuple(leak(f"{number}.env", fingerprint=f"{number:064x}") for number in range(100))
    assert len(_github(replace(SIMULATED, findings=leaks))) < 64_000
