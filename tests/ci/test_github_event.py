"""From events to what a scan reads: a table of every kind of event, with payloads of GitHub's shape."""

from __future__ import annotations

from typing import Any

import pytest

from openrouter_preflight.ci.github_event import Addition, EventError, EventPlan, plan_event
from support import github_events
from support.github_events import NO_COMMIT

BASE, HEAD = "a1" * 20, "b2" * 20
DEFAULTS = ("refs/remotes/origin/main", "refs/heads/main")


@pytest.mark.parametrize(
    ("name", "payload", "adds"),
    [
        pytest.param(
            "pull_request",
            github_events.pull_request(BASE, HEAD),
            Addition(head=HEAD, base=BASE, is_proposal=True),
            id="a pull request is base..head, and its base says what is allowed",
        ),
        pytest.param(
            "pull_request_review",
            github_events.pull_request(BASE, HEAD),
            Addition(head=HEAD, base=BASE, is_proposal=True),
            id="a review is about its pull request",
        ),
        pytest.param(
            "pull_request_target",
            github_events.pull_request(BASE, HEAD),
            Addition(head=HEAD, base=BASE, is_proposal=True, fetch="refs/pull/7/head"),
            id="pull_request_target checks out the base, so that its head must be fetched",
        ),
        pytest.param(
            "merge_group",
            github_events.merge_group(BASE, HEAD),
            Addition(head=HEAD, base=BASE, is_proposal=True),
            id="a merge group is base..head",
        ),
        pytest.param(
            "push",
            github_events.push(BASE, HEAD),
            Addition(head=HEAD, base=BASE),
            id="a push is before..after",
        ),
        pytest.param(
            "push",
            github_events.push(BASE, BASE),
            Addition(head=BASE, base=BASE),
            id="equal ends are an empty range",
        ),
        pytest.param(
            "push",
            github_events.push(NO_COMMIT, HEAD, ref="refs/heads/topic"),
            Addition(head=HEAD, base=None, instead=DEFAULTS),
            id="a new branch is what the default branch does not have",
        ),
        pytest.param(
            "push",
            github_events.push(NO_COMMIT, HEAD, ref="refs/tags/v1"),
            Addition(head=HEAD, base=None, instead=DEFAULTS),
            id="so is a new tag",
        ),
        pytest.param(
            "push",
            github_events.push(NO_COMMIT, HEAD, ref="refs/heads/main"),
            Addition(head=HEAD, base=None),
            id="a new default branch is new as a whole",
        ),
        pytest.param(
            "push",
            github_events.push(BASE, HEAD, ref="refs/heads/topic", forced=True),
            Addition(head=HEAD, base=BASE, instead=DEFAULTS),
            id="after a force push the old commits may be gone",
        ),
        pytest.param(
            "push",
            github_events.push(BASE, NO_COMMIT, ref="refs/heads/topic"),
            Addition(head=NO_COMMIT, base=BASE, instead=DEFAULTS),
            id="a deleted branch adds nothing",
        ),
        pytest.param("push", {"ref": "refs/heads/main"}, None, id="a push without commits is the history"),
        pytest.param("push", github_events.push("main", "HEAD^"), None, id="no payload can name a revision"),
        pytest.param("workflow_dispatch", {"inputs": None}, None, id="workflow_dispatch is the history"),
        pytest.param("schedule", {"schedule": "0 3 * * *"}, None, id="schedule is the history"),
        pytest.param("release", {"release": {"tag_name": "v1"}}, None, id="release is the history"),
        pytest.param("", None, None, id="no event at all is the history"),
    ],
)
def test_an_event_says_what_it_adds(name: str, payload: object, adds: Addition | None) -> None:
    plan = plan_event(name, payload)
    assert plan.adds == adds
    assert bool(plan.why_no_check) == (name == "pull_request_target")


@pytest.mark.parametrize(
    ("payload", "event"),
    [
        (github_events.pull_request(BASE, HEAD), "pull_request"),
        (github_events.merge_group(BASE, HEAD), "merge_group"),
        (github_events.push(BASE, HEAD), "push"),
        ({"inputs": {}}, "workflow_call"),
        (None, "workflow_call"),
    ],
)
def test_a_reusable_workflow_is_as_its_caller(payload: object, event: str) -> None:
    called = plan_event("workflow_call", payload)
    assert called == (plan_event(event, payload) if event != "workflow_call" else EventPlan(event=event))


@pytest.mark.parametrize("name", ["pull_request", "pull_request_target", "merge_group"])
@pytest.mark.parametrize(
    "payload", [None, {}, [], {"pull_request": {"head": {"sha": HEAD}}}, {"merge_group": {"head_sha": HEAD}}]
)
def test_a_proposal_without_its_commits_is_refused(name: str, payload: object) -> None:
    with pytest.raises(EventError, match="no commit id at"):
        plan_event(name, payload)


@pytest.mark.parametrize("sha", ["--output=x", "a1" * 20 + "\n", "HEAD", "A1" * 20, 7, None])
def test_only_object_ids_leave_a_payload(sha: Any) -> None:
    payload = github_events.pull_request(BASE, HEAD)
    payload["pull_request"]["head"]["sha"] = sha
    with pytest.raises(EventError):
        plan_event("pull_request", payload)
