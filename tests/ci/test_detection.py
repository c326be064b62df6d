"""Which CI it is, and which events get no secrets."""

from __future__ import annotations

from typing import Any

import pytest

from openrouter_preflight.ci import Ci, NoSecrets, detect_ci, why_no_secrets


@pytest.mark.parametrize(
    ("environ", "ci"),
    [
        ({}, Ci.NONE),
        ({"CI": "false"}, Ci.NONE),
        ({"CI": ""}, Ci.NONE),
        ({"CI": "true"}, Ci.GENERIC),
        ({"CI": "woodpecker"}, Ci.GENERIC),
        ({"CI": "true", "GITHUB_ACTIONS": "true"}, Ci.GITHUB),
        ({"CI": "true", "GITLAB_CI": "true"}, Ci.GITLAB),
        ({"TF_BUILD": "True"}, Ci.AZURE),
        ({"CI": "true", "CIRCLECI": "true"}, Ci.CIRCLECI),
        ({"JENKINS_URL": "https://ci.example/"}, Ci.JENKINS),
        ({"CI": "true", "BITBUCKET_BUILD_NUMBER": "7"}, Ci.BITBUCKET),
    ],
)
def test_a_ci_is_known_by_its_own_variable(environ: dict[str, str], ci: Ci) -> None:
    assert detect_ci(environ) is ci


def _event(head: object, base: object = "acme/app") -> dict[str, Any]:
    return {"pull_request": {"head": {"repo": head}, "base": {"repo": {"full_name": base}}}}


_FORK = _event({"full_name": "mallory/app", "fork": True})
_OWN = _event({"full_name": "acme/app", "fork": True})


@pytest.mark.parametrize(
    ("name", "actor", "event", "why"),
    [
        ("pull_request", "alice", _OWN, None),
        ("pull_request", "alice", _FORK, NoSecrets.FORK),
        ("pull_request_review", "alice", _FORK, NoSecrets.FORK),
        ("pull_request", "alice", _event(None), NoSecrets.FORK),  # the fork was deleted
        ("pull_request_target", "alice", _FORK, None),  # runs the base's workflow, with secrets
        ("pull_request", "dependabot[bot]", _OWN, NoSecrets.DEPENDABOT),
        ("pull_request_target", "dependabot[bot]", _OWN, NoSecrets.DEPENDABOT),
        ("push", "dependabot[bot]", {"forced": False}, NoSecrets.DEPENDABOT_PUSH),
        ("push", "alice", {"sender": {"login": "dependabot[bot]"}}, NoSecrets.DEPENDABOT_PUSH),
        ("schedule", "dependabot[bot]", {}, None),  # whoever last changed it: it runs with the secrets of Actions
        ("push", "alice", {}, None),
        ("merge_group", "alice", {"merge_group": {}}, None),
        ("schedule", "alice", None, None),
        ("pull_request", "alice", None, None),
        ("pull_request", "alice", ["not", "an", "object"], None),
        ("pull_request", "alice", {"pull_request": {"head": "x"}}, None),
    ],
)
def test_github_gives_no_secrets_to_forks_and_dependabot(
    name: str, actor: str, event: object, why: NoSecrets | None
) -> None:
    environ = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": name, "GITHUB_ACTOR": actor}
    assert why_no_secrets(environ, event) is why


def test_without_a_base_in_the_event_the_repository_of_the_run_counts() -> None:
    environ = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "pull_request", "GITHUB_REPOSITORY": "acme/app"}
    assert why_no_secrets(environ, _event({"full_name": "acme/app"}, base=None)) is None


def test_elsewhere_nothing_is_said_of_it() -> None:
    assert why_no_secrets({"GITLAB_CI": "true", "GITHUB_EVENT_NAME": "pull_request"}, _event(None)) is None
