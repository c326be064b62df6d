"""The Action as users run it: whole workflows, in a real workflow engine, for every kind of event."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from openrouter_preflight.simulator import Simulator
from support import github_events
from support.act_runner import USES, StepRun, run_action, run_workflow
from support.repos import KEY, clone
from support.shipped import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from support.consumer import Consumer

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="act runs workflows on the host on Linux only")

ASK_KEY = {"api-key": "${{ secrets.OPENROUTER_API_KEY }}"}


def check_against(scenario: str, consumer: Consumer, inputs: Mapping[str, str] | None = None) -> StepRun:
    """A push whose key is checked at a server of its own, with less patience than usual."""
    with Simulator(scenario) as simulator:
        key = simulator.primary_key.reveal()
        step = run_action(
            consumer.path,
            "push",
            github_events.push(consumer.base, consumer.head),
            {**ASK_KEY, "base-url": simulator.base_url, **(inputs or {})},
            secrets={"OPENROUTER_API_KEY": key},
            variables={"OPENROUTER_PREFLIGHT_CHECK_DEADLINE": "3"},
        )
    assert key[-60:] not in step.everything
    assert {record.path for record in simulator.requests} >= {"/api/v1/key"}, step.everything
    return step


def test_a_healthy_key_and_a_clean_push_pass(consumer: Consumer) -> None:
    step = check_against("healthy", consumer, {"min-balance": "5"})
    assert step.annotations == ()
    assert (step.result, step.verdict, step.outputs["exit-code"]) == ("success", "pass", "0"), step.everything
    assert step.outputs["spendable-usd"] == "74.5"
    assert len(step.outputs["fingerprint"]) == 64
    assert (step.outputs["findings"], step.outputs["leaks"]) == ("0", "0")
    assert "1 commit" in step.summary
    assert "OpenRouter preflight: pass" in step.summary


def test_a_low_balance_fails_with_an_annotation(consumer: Consumer) -> None:
    step = check_against("low-balance", consumer, {"min-balance": "5"})
    assert (step.result, step.verdict, step.outputs["exit-code"]) == ("failure", "fail", "1")
    assert step.titles("error") == ["balance-low"]
    assert "\\$1.37" in step.summary


def test_a_revoked_key_fails(consumer: Consumer) -> None:
    step = check_against("revoked", consumer)
    assert (step.result, step.verdict, step.titles("error")) == ("failure", "fail", ["key-rejected"])


def test_an_outage_is_incomplete(consumer: Consumer) -> None:
    step = check_against("outage", consumer)
    assert (step.result, step.verdict, step.outputs["exit-code"]) == ("failure", "incomplete", "3"), step.everything
    assert step.titles("error") == ["service-unreachable"]


def test_without_inputs_it_scans_what_a_push_adds(consumer: Consumer) -> None:
    step = run_action(consumer.path, "push", github_events.push(consumer.base, consumer.head))
    assert (step.result, step.verdict, step.outputs["spendable-usd"]) == ("success", "pass", "")
    assert "1 commit" in step.log


def test_a_leak_in_a_pull_request_is_annotated_on_its_line(consumer: Consumer) -> None:
    head = consumer.repo.commit({"settings/prod.env": f"# production\nKEY={KEY}\n"})
    payload = github_events.pull_request(consumer.base, head)
    step = run_action(consumer.path, "pull_request", payload, {"sarif-file": "leaks.sarif"})
    assert (step.result, step.verdict, step.outputs["leaks"]) == ("failure", "fail", "1")
    (error,) = (each for each in step.annotations if each.kind == "error")
    assert error.properties == {"file": "settings/prod.env", "line": "2", "col": "5", "title": "committed-key"}
    assert "settings/prod.env:2:5" in step.summary
    assert KEY[-60:] not in step.everything


def test_a_leak_that_only_a_merge_brings_is_found(consumer: Consumer) -> None:
    repo = consumer.repo
    repo.git("checkout", "--quiet", "-b", "side", consumer.base)
    repo.commit({"side.txt": "side\n"})
    repo.git("checkout", "--quiet", "topic")
    repo.git("merge", "--quiet", "--no-commit", "--no-ff", "side")
    head = repo.commit({"merged.env": f"KEY={KEY}\n"}, "Merge")
    repo.git("rm", "--quiet", "merged.env")
    head = repo.commit(message="Remove it again")
    step = run_action(consumer.path, "pull_request", github_events.pull_request(consumer.base, head))
    assert (step.verdict, step.outputs["leaks"]) == ("fail", "1")


@pytest.mark.parametrize(
    ("payload_of", "actor", "reason"),
    [
        pytest.param({"head_repository": "stranger/app"}, "stranger", "pull requests from forks", id="fork"),
        pytest.param({}, "dependabot[bot]", "Dependabot's secrets", id="dependabot"),
    ],
)
def test_a_run_without_secrets_fails_closed_and_says_which_reason(
    consumer: Consumer, payload_of: dict[str, str], actor: str, reason: str
) -> None:
    payload = github_events.pull_request(consumer.base, consumer.head, **payload_of)
    step = run_action(consumer.path, "pull_request", payload, ASK_KEY, actor=actor)
    assert (step.result, step.verdict, step.titles("error")) == ("failure", "fail", ["key-missing"])
    assert reason in step.annotations[0].message


def test_on_missing_skip_skips_a_fork_visibly_and_still_scans(consumer: Consumer) -> None:
    payload = github_events.pull_request(consumer.base, consumer.head, head_repository="stranger/app")
    step = run_action(consumer.path, "pull_request", payload, {**ASK_KEY, "on-missing": "skip"}, actor="stranger")
    assert (step.result, step.verdict, step.titles("warning")) == ("success", "pass", ["key-missing"])
    assert "1 commit" in step.summary

    head = consumer.repo.commit({"x.env": f"KEY={KEY}\n"})
    payload = github_events.pull_request(consumer.base, head, head_repository="stranger/app")
    step = run_action(consumer.path, "pull_request", payload, {**ASK_KEY, "on-missing": "skip"}, actor="stranger")
    assert (step.result, step.outputs["leaks"]) == ("failure", "1")


def test_a_push_without_the_secret_fails_even_with_on_missing_skip(consumer: Consumer) -> None:
    payload = github_events.push(consumer.base, consumer.head)
    step = run_action(consumer.path, "push", payload, {**ASK_KEY, "on-missing": "skip"})
    assert (step.result, step.titles("error")) == ("failure", ["key-missing"])


def test_pull_request_target_is_scanned_and_never_checked(consumer: Consumer) -> None:
    payload = github_events.pull_request(consumer.base, consumer.head, head_repository="stranger/app")
    with Simulator("healthy") as simulator:
        step = run_action(
            consumer.path,
            "pull_request_target",
            payload,
            {**ASK_KEY, "base-url": simulator.base_url},
            secrets={"OPENROUTER_API_KEY": simulator.primary_key.reveal()},
        )
        assert simulator.requests == ()
    assert (step.result, step.verdict, step.titles("error")) == ("failure", "incomplete", ["check-not-run"])
    assert "1 commit" in step.summary


def test_a_shallow_checkout_is_incomplete_and_shows_the_lines_to_add(consumer: Consumer, tmp_path: Path) -> None:
    shallow = clone(consumer.repo, tmp_path / "shallow", "--depth=1", "--branch=topic")
    payload = github_events.pull_request(consumer.base, consumer.head)
    step = run_action(shallow.path, "pull_request", payload)
    assert (step.result, step.verdict, step.outputs["exit-code"]) == ("failure", "incomplete", "3")
    assert "    with:\n      fetch-depth: 0" in step.annotations[0].message


def test_a_wrong_input_is_named(consumer: Consumer) -> None:
    payload = github_events.push(consumer.base, consumer.head)
    step = run_action(consumer.path, "push", payload, {"min-balance": "five", "scan": "everything"})
    assert (step.result, step.outputs["exit-code"]) == ("failure", "2")
    assert "input min-balance" in step.annotations[0].message
    assert "input scan" in step.annotations[0].message


def test_reports_stand_where_later_steps_find_them(consumer: Consumer) -> None:
    head = consumer.repo.commit({"x.env": f"KEY={KEY}\n"})
    after = """
      - if: always()
        run: cat "$REPORT" leaks.sarif
        env: {REPORT: "${{ steps.preflight.outputs.report }}"}
"""
    payload = github_events.push(consumer.base, head)
    step = run_action(consumer.path, "push", payload, {"sarif-file": "leaks.sarif"}, after=after)
    assert step.outputs["sarif-file"] == "leaks.sarif"
    assert '"schema": "openrouter-preflight/1"' in step.after
    assert '"version":"2.1.0"' in step.after


@pytest.mark.parametrize(("scenario", "result"), [("healthy", "success"), ("low-balance", "failure")])
def test_the_gate_that_others_call_passes_its_secret_and_its_verdict_on(
    consumer: Consumer, tmp_path: Path, scenario: str, result: str
) -> None:
    # act knows no `$/`, the repository that a workflow stands in.
    gate = (ROOT / ".github/workflows/gate.yml").read_text(encoding="utf-8").replace("uses: $/", f"uses: {USES}")
    consumer.repo.commit({".github/workflows/gate.yml": gate})
    caller = tmp_path / "act" / "caller.yml"
    caller.parent.mkdir()
    caller.write_text(CALLER.format(scenario=scenario), encoding="utf-8")
    payload = github_events.push(consumer.base, consumer.head)
    lines = run_workflow(consumer.path, caller, "push", payload, secrets={"OPENROUTER_API_KEY": KEY})
    results = {line["jobID"]: line["jobResult"] for line in lines if "jobResult" in line}
    assert results["gate"] == result
    assert any("can spend=" in line["msg"] for line in lines if line.get("raw_output")) == (result == "success")


CALLER = """
on: push
jobs:
  preflight:
    uses: ./.github/workflows/gate.yml
    secrets: {{OPENROUTER_API_KEY: "${{{{ secrets.OPENROUTER_API_KEY }}}}"}}
    with: {{min-balance: "5", simulate: {scenario}}}
  deploy:
    needs: preflight
    runs-on: ubuntu-latest
    steps:
      - run: echo "can spend=${{{{ needs.preflight.outputs.spendable-usd }}}}"
"""
