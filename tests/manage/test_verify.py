"""`scan --verify` from outside: keys in files, and an account that answers in every way that a real one can."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from support.management_server import Answer, Key, ManagementServer, Seen, new_secret, refusal
from support.repos import Repo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from support.command_line import CommandLine, Run


@pytest.fixture
def server() -> Iterator[ManagementServer]:
    with ManagementServer() as server:
        yield server


@pytest.fixture
def verify(
    preflight: CommandLine, server: ManagementServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Run]:
    monkeypatch.chdir(tmp_path)

    def verify(*secrets: str, flags: tuple[str, ...] = (), **variables: str) -> Run:
        (tmp_path / "leak.txt").write_text("".join(f"key = {secret}\n" for secret in secrets))
        base = {"OPENROUTER_BASE_URL": server.environment["OPENROUTER_BASE_URL"], **variables}
        return preflight("scan", "--verify", "--format", "json", *flags, "leak.txt", secrets=secrets, variables=base)

    return verify


def leak(run: Run) -> dict[str, Any]:
    """The only finding about a key."""
    (finding,) = [each for each in run.report["findings"] if each["rule"] == "committed-key"]
    return dict(finding)


def test_a_live_key_is_an_error_and_what_it_can_do_is_told(
    server: ManagementServer, verify: Callable[..., Run]
) -> None:
    expiry = datetime.now(UTC) + timedelta(days=9)
    key = server.add(Key(limit=20.0, usage=7.66, limit_reset="monthly", expires=expiry))
    run = verify(key.secret)
    finding = leak(run)
    assert (run.code, finding["live"], finding["severity"]) == (1, "alive", "error")
    for part in ("$12.34", "resets monthly", f"{expiry:%Y-%m-%d}"):
        assert part in finding["message"]
    assert f"revoke {key.hash}" in finding["help"]
    assert "user_1" not in run.out
    assert key.workspace not in run.out


def test_a_live_management_key_puts_every_key_at_risk(server: ManagementServer, verify: Callable[..., Run]) -> None:
    assert "every key of its account is at risk" in leak(verify(server.management.secret))["message"]


def test_a_dead_key_is_a_warning_and_is_asked_three_times(server: ManagementServer, verify: Callable[..., Run]) -> None:
    run = verify(new_secret())
    assert (run.code, leak(run)["live"], leak(run)["severity"]) == (0, "dead", "warning")
    assert [seen.line for seen in server.seen] == ["GET /key"] * 3


ALIVE = [
    refusal(402, "Insufficient credits"),
    refusal(402, "This key has reached its spending limit", limit_source="openrouter_key_limit"),
    refusal(403, "Key limit exceeded (total limit). Manage it using https://openrouter.ai/settings/keys"),
    refusal(403, "Workspace monthly budget of $500.00 exceeded. Contact your org admin."),
    refusal(403, "You do not have permission to perform this action.", error_type="permission_denied"),
    refusal(403, "This IP address is not on the account's allowlist."),
    refusal(403, "Request rejected: the region is not permitted for this key."),
]
UNKNOWN: list[Answer] = [
    (403, b"<html><h1>Access denied</h1></html>"),
    (403, {"success": False, "error": "Access denied by security policy."}),
    (401, b"<html>Sign in</html>"),
    (401, {"detail": "no"}),
    (200, b"<html>Welcome to Airport Wi-Fi</html>"),
    (200, {"data": {"status": "ok"}}),
    (404, {"error": {"code": 404, "message": "Not Found"}}),
    (429, {"error": {"code": 429, "message": "Slow down"}}),
    (403, {"error": {"code": "forbidden", "message": "Your gateway says no"}}),
    (401, {"error": {"code": "unauthorized", "message": "Your gateway says no"}}),
    refusal(503, "Service unavailable"),
    (302, b""),
    (0, b""),
]


@pytest.mark.parametrize("answer", ALIVE)
def test_a_refusal_in_openrouters_own_words_is_a_sign_of_life(
    answer: Answer, server: ManagementServer, verify: Callable[..., Run]
) -> None:
    server.intercept = lambda _seen: answer
    run = verify(new_secret())
    assert (run.code, leak(run)["live"], leak(run)["severity"]) == (1, "alive", "error")


@pytest.mark.parametrize("answer", UNKNOWN)
def test_what_is_not_openrouters_answer_about_the_key_decides_nothing(
    answer: Answer, server: ManagementServer, verify: Callable[..., Run]
) -> None:
    server.intercept = lambda _seen: answer
    run = verify(new_secret(), flags=("--deadline", "1"))
    assert (run.code, leak(run)["live"], leak(run)["severity"]) == (1, "unknown", "error")


def test_no_network_is_not_death(verify: Callable[..., Run]) -> None:
    run = verify(new_secret(), flags=("--base-url", "http://127.0.0.1:9/api/v1", "--deadline", "1"))
    assert leak(run)["live"] == "unknown"


def test_a_401_during_an_outage_is_not_death(server: ManagementServer, verify: Callable[..., Run]) -> None:
    """As in February 2026: 401 and 500, mixed, also for good keys (API.md §3)."""
    good, other = server.add(Key()), new_secret()

    def outage(seen: Seen) -> Answer | None:
        return refusal(500, "Internal Server Error") if seen.fingerprint == good.hash else None

    server.intercept = outage
    run = verify(good.secret, other, flags=("--deadline", "6"))
    assert {each["live"] for each in run.report["findings"] if each["rule"] == "committed-key"} == {"unknown"}
    assert run.code == 1


def test_a_401_is_not_death_while_the_management_key_is_refused_too(
    server: ManagementServer, verify: Callable[..., Run]
) -> None:
    secret = new_secret()
    assert leak(verify(secret, OPENROUTER_MANAGEMENT_KEY=server.management.secret))["live"] == "dead"
    server.management.disabled = True
    refused = leak(verify(secret, OPENROUTER_MANAGEMENT_KEY=server.management.secret))
    assert (refused["live"], "OPENROUTER_MANAGEMENT_KEY" in refused["message"]) == ("unknown", True)


def test_each_distinct_key_is_asked_about_once_by_one_agent(
    server: ManagementServer, verify: Callable[..., Run]
) -> None:
    keys = [server.add(Key()) for _ in range(5)]
    secrets = [key.secret for key in keys]
    verify(*secrets, *secrets, *secrets)
    assert sorted(str(seen.fingerprint) for seen in server.seen) == sorted(key.hash for key in keys)
    assert len({seen.agent for seen in server.seen}) == 1
    assert server.seen[0].agent.startswith("openrouter-preflight/")


def test_the_rate_is_bounded(server: ManagementServer, verify: Callable[..., Run]) -> None:
    keys = [server.add(Key()) for _ in range(12)]
    verify(*(key.secret for key in keys))
    times = sorted(seen.time for seen in server.seen)
    assert times[11] - times[0] > 0.9


def test_examples_dummies_and_damaged_keys_are_never_sent(server: ManagementServer, verify: Callable[..., Run]) -> None:
    body = new_secret().removeprefix("sk-or-v1-")
    run = verify("sk-or-v1-" + "0123456789abcdef" * 4, "sk-or-v1-" + "a" * 64, "sk-or-v1-" + body[:-3])
    assert server.seen == []
    assert {each["live"] for each in run.report["findings"]} == {None}


def test_an_allowed_key_is_not_asked_about(
    server: ManagementServer, verify: Callable[..., Run], tmp_path: Path
) -> None:
    secret = new_secret()
    fingerprint = hashlib.sha256(secret.encode()).hexdigest()
    policy = f"scan:\n  allow:\n    - fingerprint: {fingerprint}\n      reason: revoked in 2024\n"
    (tmp_path / ".openrouter-preflight.yml").write_text(policy)
    run = verify(secret)
    assert (run.code, [each["rule"] for each in run.report["findings"]], server.seen) == (0, ["allowed-key"], [])


def test_nothing_is_asked_without_the_flag(server: ManagementServer, preflight: CommandLine, tmp_path: Path) -> None:
    secret = new_secret()
    (tmp_path / "leak.txt").write_text(secret)
    run = preflight("scan", "--format", "json", str(tmp_path / "leak.txt"), variables=server.environment)
    assert (run.code, leak(run)["live"], server.seen) == (1, None, [])


def test_a_wrong_base_url_matters_only_where_it_is_used(
    verify: Callable[..., Run], preflight: CommandLine, tmp_path: Path
) -> None:
    assert verify(new_secret(), OPENROUTER_BASE_URL="nonsense").code == 2
    assert preflight("scan", str(tmp_path / "leak.txt"), OPENROUTER_BASE_URL="nonsense").code == 1


FORKS: list[dict[str, str]] = [
    {"GITHUB_EVENT_NAME": "pull_request", "GITHUB_REPOSITORY": "us/app"},
    {"GITHUB_EVENT_NAME": "pull_request_target", "GITHUB_REPOSITORY": "us/app"},
    {"GITHUB_EVENT_NAME": "workflow_run", "GITHUB_REPOSITORY": "us/app"},
    {"CI_MERGE_REQUEST_IID": "5", "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "2", "CI_MERGE_REQUEST_PROJECT_ID": "1"},
    {"SYSTEM_PULLREQUEST_PULLREQUESTID": "5", "SYSTEM_PULLREQUEST_ISFORK": "True"},
    {"BUILDKITE_PULL_REQUEST": "5", "BUILDKITE_PULL_REQUEST_REPO": "them", "BUILDKITE_REPO": "us"},
    {"CIRCLE_PR_NUMBER": "5"},
    {"CHANGE_FORK": "them"},
]
OWN: list[dict[str, str]] = [
    {"GITHUB_EVENT_NAME": "push"},
    {"CI_MERGE_REQUEST_IID": "5", "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "1", "CI_MERGE_REQUEST_PROJECT_ID": "1"},
    {"SYSTEM_PULLREQUEST_PULLREQUESTID": "5", "SYSTEM_PULLREQUEST_ISFORK": "False"},
    {"BUILDKITE_PULL_REQUEST": "5", "BUILDKITE_PULL_REQUEST_REPO": "us", "BUILDKITE_REPO": "us"},
    {"BUILDKITE_PULL_REQUEST": "false"},
]


@pytest.mark.parametrize("variables", FORKS)
def test_in_a_pull_request_from_a_fork_no_key_is_sent_and_that_is_said(
    variables: dict[str, str], server: ManagementServer, verify: Callable[..., Run]
) -> None:
    run = verify(server.add(Key()).secret, **variables)
    assert (run.code, leak(run)["live"], server.seen) == (1, None, [])
    assert "verify-not-run" in run.rules


@pytest.mark.parametrize("variables", OWN)
def test_elsewhere_it_is(variables: dict[str, str], server: ManagementServer, verify: Callable[..., Run]) -> None:
    run = verify(server.add(Key()).secret, **variables)
    assert (leak(run)["live"], len(server.seen)) == ("alive", 1)


@pytest.mark.parametrize(("head", "live"), [("us/app", "alive"), ("them/app", None), (None, None)])
def test_on_github_the_payload_tells(
    head: str | None, live: str | None, server: ManagementServer, verify: Callable[..., Run], tmp_path: Path
) -> None:
    repo = None if head is None else {"full_name": head}
    event = {"pull_request": {"head": {"repo": repo}, "base": {"repo": {"full_name": "us/app"}}}}
    (tmp_path / "event.json").write_text(json.dumps(event))
    run = verify(
        server.add(Key()).secret,
        GITHUB_EVENT_NAME="pull_request",
        GITHUB_REPOSITORY="us/app",
        GITHUB_EVENT_PATH=str(tmp_path / "event.json"),
    )
    assert leak(run)["live"] == live


def test_a_live_key_that_head_has_already_is_no_longer_excused(
    server: ManagementServer, preflight: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = server.add(Key())
    repo = Repo(tmp_path)
    repo.git("init", "--quiet")
    repo.commit({"a.env": f"KEY={key.secret}\n"})
    repo.stage("a.env", f"KEY={key.secret}\nMORE=1\n")
    monkeypatch.chdir(repo.path)
    usual = preflight("scan", "--staged", "--format", "json", variables=server.environment)
    assert (usual.code, leak(usual)["severity"]) == (0, "warning")
    run = preflight("scan", "--staged", "--verify", "--format", "json", variables=server.environment)
    assert (run.code, leak(run)["severity"], leak(run)["live"]) == (1, "error", "alive")
    server.intercept = lambda _seen: (403, b"<html></html>")
    unknown = preflight("scan", "--staged", "--verify", "--format", "json", variables=server.environment)
    assert (unknown.code, leak(unknown)["severity"]) == (3, "warning")
    assert "liveness-unknown" in unknown.rules
