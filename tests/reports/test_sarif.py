"""The SARIF report is valid, within GitHub's limits, and names the same finding alike from run to run."""

from __future__ import annotations

import gzip
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator, Draft202012Validator  # type: ignore[import-untyped]

from openrouter_preflight.findings import RULES, Finding, Outcome, ScanSummary
from openrouter_preflight.reports import render
from support.report_samples import (
    CLEAN,
    CONTEXT,
    EVERYTHING,
    FINGERPRINT,
    HOSTILE,
    OUTAGE,
    SCAN,
    SIMULATED,
    TROUBLE,
    finding,
    hostile_outcome,
    leak,
)
from support.sarif_shape import SARIF_SHAPE

_SHAPE = Draft202012Validator(SARIF_SHAPE)
_OFFICIAL_SCHEMA = os.environ.get("SARIF_SCHEMA")


def _run(outcome: Outcome) -> dict[str, Any]:
    run: dict[str, Any] = json.loads(render("sarif", outcome, CONTEXT))["runs"][0]
    return run


def _results(*findings: Finding) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = _run(replace(CLEAN, findings=findings))["results"]
    return results


def _hash(of: Finding) -> str:
    found: str = _results(of)[0]["partialFingerprints"]["primaryLocationLineHash"]
    return found


@pytest.mark.parametrize("outcome", [*EVERYTHING, *map(hostile_outcome, HOSTILE)])
def test_every_report_has_the_shape_that_the_standard_and_github_ask_for(outcome: Outcome) -> None:
    _SHAPE.validate(json.loads(render("sarif", outcome, CONTEXT)))


@pytest.mark.skipif(not _OFFICIAL_SCHEMA, reason="set SARIF_SCHEMA to a copy of the official schema")
def test_every_report_is_valid_by_the_official_schema() -> None:
    official = Draft4Validator(json.loads(Path(_OFFICIAL_SCHEMA or "").read_text(encoding="utf-8")))
    for outcome in [*EVERYTHING, *map(hostile_outcome, HOSTILE)]:
        official.validate(json.loads(render("sarif", outcome, CONTEXT)))


def test_every_rule_is_described_and_every_result_points_at_its_own() -> None:
    run = _run(TROUBLE)
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(RULES)
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])


def test_a_leak_stands_at_its_place() -> None:
    region = _results(leak("config/prod.env"))[0]["locations"][0]["physicalLocation"]
    assert region == {
        "artifactLocation": {"uri": "config/prod.env"},
        "region": {"startLine": 3, "startColumn": 20, "endLine": 3, "endColumn": 93},
    }


@pytest.mark.parametrize(
    "fields", [{"member": "a/b.py"}, {"line": None, "column": None}, {"path": None, "line": None, "column": None}]
)
def test_without_a_line_of_its_own_a_finding_stands_at_the_top_of_a_file(fields: dict[str, Any]) -> None:
    place = _results(replace(leak("a.zip"), **fields))[0]["locations"][0]["physicalLocation"]
    assert place["region"] == {"startLine": 1}
    assert place["artifactLocation"]["uri"] == ("a.zip" if "path" not in fields else ".openrouter-preflight.yml")


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("a b/ü#?%.env", "a%20b/%C3%BC%23%3F%25.env"),
        ("./a", "a"),
        ("a:b", "a%3Ab"),
        ("C:\\x", "C%3A%5Cx"),
        ("/tmp/a", "file:///tmp/a"),
        ("//host/a", "file:////host/a"),
        ("\x1b", "%5Cx1b"),
    ],
)
def test_paths_become_relative_uris(path: str, uri: str) -> None:
    assert _results(leak(path))[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_a_finding_is_the_same_one_when_lines_and_commits_change() -> None:
    assert _hash(leak("a")) == _hash(leak("a", line=99, column=1, commit="f" * 40, refs=(), in_head=True))


@pytest.mark.parametrize(
    "other", [leak("b"), leak("a", fingerprint="e" * 64), leak("a", member="m"), finding("key-rejected")]
)
def test_another_file_key_or_rule_makes_another_finding(other: Finding) -> None:
    assert _hash(leak("a")) != _hash(other)


def test_the_same_key_twice_in_a_file_is_two_findings() -> None:
    hashes = [
        result["partialFingerprints"]["primaryLocationLineHash"] for result in _results(leak("a"), leak("a", line=9))
    ]
    assert [one.split(":")[1] for one in hashes] == ["1", "2"]
    assert len({one.split(":")[0] for one in hashes}) == 1


def test_an_incomplete_run_is_no_successful_execution() -> None:
    assert _run(OUTAGE)["invocations"][0]["executionSuccessful"] is False
    assert _run(TROUBLE)["invocations"][0] == {
        "executionSuccessful": True,
        "exitCode": 1,
        "toolExecutionNotifications": [],
    }


def test_a_simulated_run_says_so_in_every_result() -> None:
    run = _run(SIMULATED)
    assert all(result["message"]["text"].startswith("SIMULATED: ") for result in run["results"])
    assert run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].startswith("SIMULATED: ")


def test_too_many_results_are_cut_with_the_worst_kept_and_counted() -> None:
    notes = tuple(finding("example-key", path=f"{number}.md") for number in range(30_000))
    run = _run(replace(CLEAN, findings=(*notes, leak("a"))))
    assert len(run["results"]) == 5_000
    assert run["results"][0]["ruleId"] == "committed-key"
    assert "25,001 more findings left out" in run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]


def test_a_file_of_long_names_stays_under_githubs_ten_megabytes() -> None:
    leaks = tuple(leak(f"{number}{os.urandom(2000).hex()}", fingerprint=FINGERPRINT) for number in range(3_000))
    report = render("sarif", replace(CLEAN, findings=leaks), CONTEXT).encode()
    assert len(gzip.compress(report)) < 10 * 1024 * 1024
    assert b"more findings left out" in report


@pytest.mark.parametrize(
    ("scan", "category"),
    [
        (None, "openrouter-preflight/scan/"),
        (SCAN, "openrouter-preflight/scan/range/"),
        (replace(SCAN, mode="history"), "openrouter-preflight/scan/history/"),
        (replace(SCAN, mode="history", shard=(2, 9)), "openrouter-preflight/scan/history/share-2-of-9/"),
        (replace(SCAN, mode="a/b c"), "openrouter-preflight/scan/a%2Fb%20c/"),
    ],
)
def test_an_analysis_is_known_by_its_mode_and_share(scan: ScanSummary | None, category: str) -> None:
    assert _run(Outcome(command="scan", scan=scan))["automationDetails"] == {"id": category}


def test_a_share_says_that_it_is_one() -> None:
    run = _run(Outcome(command="scan", scan=replace(SCAN, mode="history", shard=(2, 9))))
    (said,) = run["invocations"][0]["toolExecutionNotifications"]
    assert "share 2 of 9" in said["message"]["text"]
