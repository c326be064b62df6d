"""Which commits an event's scan reads, in real repositories that have them or lack them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from openrouter_preflight.action.inputs import Inputs
from openrouter_preflight.action.requests import read_requests
from openrouter_preflight.action.scanning import needs_config, scan_event
from openrouter_preflight.ci.github_event import plan_event
from openrouter_preflight.clock import SystemClock
from openrouter_preflight.errors import WHOLE_HISTORY, UsageError
from openrouter_preflight.findings import Outcome, Verdict
from support import github_events
from support.github_events import NO_COMMIT
from support.repos import HERMETIC, KEY, Repo, clone

if TYPE_CHECKING:
    from pathlib import Path

    from support.consumer import Consumer

GONE = "c3" * 20


def scanned(
    repo: Repo, event: str, payload: Any, *, sha: str = "", variables: dict[str, str] | None = None, **wishes: Any
) -> Outcome:
    """The outcome of the scan for that event."""
    inputs = Inputs(**wishes)
    plan = plan_event(event, payload, sha)
    requests = read_requests(inputs, variables or {})
    outcome = scan_event(inputs, requests, plan, folder=repo.path, environ=HERMETIC, clock=SystemClock())
    assert outcome is not None
    return outcome


def commits(outcome: Outcome) -> int:
    assert outcome.scan is not None
    return outcome.scan.commits


def test_a_push_is_what_it_adds(consumer: Consumer) -> None:
    outcome = scanned(consumer.repo, "push", github_events.push(consumer.base, consumer.head))
    assert (outcome.verdict, commits(outcome)) == (Verdict.PASS, 1)


def test_equal_ends_are_no_error(consumer: Consumer) -> None:
    outcome = scanned(consumer.repo, "push", github_events.push(consumer.head, consumer.head))
    assert (outcome.verdict, commits(outcome)) == (Verdict.PASS, 0)


def test_a_new_branch_is_what_the_default_branch_lacks(consumer: Consumer) -> None:
    payload = github_events.push(NO_COMMIT, consumer.head, ref="refs/heads/topic")
    assert commits(scanned(consumer.repo, "push", payload)) == 1


def test_a_new_branch_is_all_it_reaches_where_the_default_branch_is_not_here(consumer: Consumer) -> None:
    consumer.repo.git("branch", "--quiet", "-D", "main")
    payload = github_events.push(NO_COMMIT, consumer.head, ref="refs/heads/topic")
    assert commits(scanned(consumer.repo, "push", payload)) == 3


def test_a_first_push_is_all_of_it(consumer: Consumer) -> None:
    payload = github_events.push(NO_COMMIT, consumer.head, ref="refs/heads/main")
    assert commits(scanned(consumer.repo, "push", payload)) == 3


def test_the_message_of_a_new_tag_is_read(consumer: Consumer) -> None:
    consumer.repo.git("tag", "-a", "v1", "-m", f"Release with {KEY}", consumer.base)
    tag = consumer.repo.git("rev-parse", "v1")
    outcome = scanned(consumer.repo, "push", github_events.push(NO_COMMIT, tag, ref="refs/tags/v1"))
    assert outcome.verdict is Verdict.FAIL


def test_a_deleted_branch_adds_nothing(consumer: Consumer) -> None:
    payload = github_events.push(consumer.head, NO_COMMIT, ref="refs/heads/topic")
    outcome = scanned(consumer.repo, "push", payload)
    assert (outcome.verdict, commits(outcome)) == (Verdict.PASS, 0)


@pytest.mark.parametrize("old_is_here", [True, False])
def test_a_force_push_is_read_whether_or_not_the_old_commits_are_here(consumer: Consumer, old_is_here: bool) -> None:
    old = consumer.head
    consumer.repo.git("reset", "--quiet", "--hard", consumer.base)
    new = consumer.repo.commit({"again.env": f"KEY={KEY}\n"})
    payload = github_events.push(old if old_is_here else GONE, new, ref="refs/heads/topic", forced=True)
    outcome = scanned(consumer.repo, "push", payload)
    assert (outcome.verdict, commits(outcome)) == (Verdict.FAIL, 1)


@pytest.mark.parametrize(
    ("event", "payload_of"),
    [
        ("pull_request", github_events.pull_request),
        ("merge_group", github_events.merge_group),
    ],
)
def test_a_base_that_is_missing_is_incomplete_with_the_lines_to_add(
    consumer: Consumer, event: str, payload_of: Any
) -> None:
    outcome = scanned(consumer.repo, event, payload_of(GONE, consumer.head))
    (finding,) = outcome.findings
    assert (outcome.verdict, finding.rule.name) == (Verdict.INCOMPLETE, "scan-incomplete")
    assert GONE[:12] in finding.message
    assert finding.help == WHOLE_HISTORY


def test_a_shallow_clone_is_incomplete_with_the_lines_to_add(consumer: Consumer, tmp_path: Path) -> None:
    shallow = clone(consumer.repo, tmp_path / "shallow", "--depth=1")
    outcome = scanned(shallow, "schedule", {})
    assert outcome.verdict is Verdict.INCOMPLETE
    assert "fetch-depth: 0" in outcome.findings[0].help


def test_a_push_whose_base_a_shallow_clone_lacks_is_incomplete(consumer: Consumer, tmp_path: Path) -> None:
    shallow = clone(consumer.repo, tmp_path / "shallow", "--depth=1")
    outcome = scanned(shallow, "push", github_events.push(consumer.base, consumer.head))
    assert outcome.verdict is Verdict.INCOMPLETE
    assert "fetch-depth: 0" in outcome.findings[0].help


def test_the_head_of_pull_request_target_is_to_be_fetched_as_data(consumer: Consumer) -> None:
    outcome = scanned(consumer.repo, "pull_request_target", github_events.pull_request(consumer.base, GONE))
    assert outcome.verdict is Verdict.INCOMPLETE
    assert 'git fetch --no-tags origin "+refs/pull/7/head:' in outcome.findings[0].help


def test_a_folder_without_a_checkout_is_incomplete(tmp_path: Path) -> None:
    outcome = scanned(Repo(tmp_path), "push", github_events.push(GONE, GONE))
    assert outcome.verdict is Verdict.INCOMPLETE
    assert "actions/checkout" in outcome.findings[0].help


@pytest.mark.parametrize(("word", "mode"), [("history", "history"), ("tree", "tree"), ("staged", "staged")])
def test_a_word_beats_the_event(consumer: Consumer, word: str, mode: str) -> None:
    outcome = scanned(consumer.repo, "push", github_events.push(GONE, GONE), scan=word)
    assert outcome.scan is not None
    assert (outcome.scan.mode, outcome.verdict) == (mode, Verdict.PASS)


def test_off_scans_nothing(consumer: Consumer) -> None:
    plan = plan_event("push", github_events.push(GONE, GONE))
    inputs = Inputs(scan="off")
    requests = read_requests(inputs, {})
    assert scan_event(inputs, requests, plan, folder=consumer.path, environ=HERMETIC, clock=SystemClock()) is None


def test_range_needs_an_event_that_adds_commits(consumer: Consumer) -> None:
    with pytest.raises(UsageError, match="input scan"):
        scanned(consumer.repo, "schedule", {}, scan="range")


@pytest.mark.parametrize("word", ["auto", "range", "tree", "history"])
def test_a_pull_request_cannot_allow_its_own_key(consumer: Consumer, word: str) -> None:
    allow = "scan:\n  exclude: '**'\n"
    head = consumer.repo.commit({".openrouter-preflight.yml": allow, "x.env": f"KEY={KEY}\n"})
    refused = scanned(consumer.repo, "pull_request", github_events.pull_request(consumer.base, head), scan=word)
    trusted = scanned(consumer.repo, "push", github_events.push(consumer.base, head), scan=word)
    assert (refused.verdict, trusted.verdict) == (Verdict.FAIL, Verdict.PASS)


@pytest.mark.parametrize("word", ["auto", "tree", "history"])
@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ("workflow_run", {"workflow_run": {"event": "pull_request", "head_sha": GONE}}),
        ("workflow_run", {"workflow_run": {"event": "push", "pull_requests": [{"number": 1}]}}),
        (
            "workflow_run",
            {"workflow_run": {"head_repository": {"full_name": "x/y"}}, "repository": {"full_name": "a/y"}},
        ),
        ("issue_comment", {"comment": {"body": "/scan"}, "issue": {"pull_request": {"url": "…"}}}),
    ],
)
def test_a_run_after_or_beside_a_pull_request_cannot_allow_its_own_key(
    consumer: Consumer, event: str, payload: dict[str, Any], word: str
) -> None:
    files = {".openrouter-preflight.yml": "scan:\n  exclude: '**'\n", "x.env": f"KEY={KEY} # preflight: allow\n"}
    consumer.repo.commit(files)
    assert scanned(consumer.repo, event, payload, sha=consumer.base, scan=word).verdict is Verdict.FAIL
    unknown = scanned(consumer.repo, event, payload, scan=word)
    assert (unknown.verdict, unknown.scan.complete if unknown.scan else None) == (Verdict.INCOMPLETE, False)


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ("workflow_run", {"workflow_run": {"event": "push", "pull_requests": []}}),
        ("issue_comment", {"comment": {"body": "hello"}, "issue": {"number": 1}}),
        ("schedule", {}),
    ],
)
def test_other_events_are_no_proposals(event: str, payload: dict[str, Any]) -> None:
    plan = plan_event(event, payload, GONE)
    assert (plan.is_proposal, plan.why_no_check) == (False, "")


def test_an_input_beats_a_variable_and_auto_refuses_one(consumer: Consumer) -> None:
    staged = {"OPENROUTER_PREFLIGHT_SCAN_STAGED": "true"}
    outcome = scanned(consumer.repo, "push", {}, scan="tree", variables=staged)
    assert outcome.scan is not None
    assert outcome.scan.mode == "tree"
    with pytest.raises(UsageError, match="SCAN_STAGED: the input scan says what is scanned"):
        scanned(consumer.repo, "push", {}, variables=staged)


@pytest.mark.parametrize(
    ("variable", "said"),
    [
        ("OPENROUTER_PREFLIGHT_CHECK_FORMAT", "the step's log has a form of its own"),
        ("OPENROUTER_PREFLIGHT_SCAN_FORMAT", "the step's log has a form of its own"),
        ("OPENROUTER_PREFLIGHT_MIN_BALANCE", "did you mean OPENROUTER_PREFLIGHT_CHECK_MIN_BALANCE"),
    ],
)
def test_a_variable_that_cannot_be_heeded_is_refused(variable: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_requests(Inputs(), {variable: "json"})


def test_a_config_file_is_needed_where_the_checkout_or_the_base_has_one(consumer: Consumer) -> None:
    def needed(event: str, base: str, **wishes: Any) -> bool:
        plan = plan_event(event, getattr(github_events, event)(base, consumer.head))
        inputs = Inputs(**wishes)
        return needs_config(inputs, read_requests(inputs, {}), plan, folder=consumer.path, environ=HERMETIC)

    assert not needed("push", consumer.base)
    with_config = consumer.repo.commit({".openrouter-preflight.yml": "gates: {}\n"})
    assert needed("push", consumer.base)
    assert not needed("push", consumer.base, scan="off")
    consumer.repo.git("rm", "--quiet", ".openrouter-preflight.yml")
    consumer.repo.commit()
    assert not needed("pull_request", consumer.base)
    assert needed("pull_request", with_config)


def test_a_repository_that_git_refuses_to_read_is_incomplete(consumer: Consumer) -> None:
    config = consumer.path / ".git/config"
    config.write_text(config.read_text(encoding="utf-8") + "[core\n", encoding="utf-8")
    outcome = scanned(consumer.repo, "push", github_events.push(consumer.base, consumer.base))
    assert outcome.verdict is Verdict.INCOMPLETE
