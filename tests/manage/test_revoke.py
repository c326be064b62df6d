"""`revoke` from outside: what it writes, what it refuses to write, and how a 404 is sorted."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from support.management_server import Answer, Key, ManagementServer, Seen, ago, byok_credential, new_secret, refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from support.command_line import CommandLine, Run


@pytest.fixture
def server() -> Iterator[ManagementServer]:
    with ManagementServer() as server:
        yield server


@pytest.fixture
def revoke(preflight: CommandLine, server: ManagementServer) -> Callable[..., Run]:
    def revoke(*arguments: str, yes: bool = True, **variables: str) -> Run:
        flags = ("--yes",) if yes else ()
        return preflight(
            "revoke", "--format", "json", *flags, *arguments, variables={**server.environment, **variables}
        )

    return revoke


def told(run: Run) -> list[tuple[str, str]]:
    return [(each["rule"], each["message"]) for each in run.report["findings"]]


def report_of(path: Path, *findings: dict[str, Any], command: str = "scan") -> str:
    """A scan's JSON report with these findings."""
    path.write_text(json.dumps({"schema": "openrouter-preflight/1", "command": command, "findings": list(findings)}))
    return str(path)


def test_a_key_is_disabled_read_back_and_what_it_did_is_told(
    server: ManagementServer, revoke: Callable[..., Run]
) -> None:
    key, other = server.add(Key(name="Batch", requests=42)), server.add(Key(name="Other"))
    run = revoke(key.hash)
    assert (run.code, key.disabled, other.disabled) == (0, True, False)
    assert [(rule, "42 requests, $0.50" in message) for rule, message in told(run)] == [("key-revoked", True)]
    (row,) = run.report["writes"]
    assert (row["method"], row["path"], row["fingerprint"], row["status"]) == (
        "PATCH",
        f"/keys/{key.hash}",
        key.hash,
        200,
    )
    assert server.writes == [f"PATCH /keys/{key.hash}"]
    assert "42 requests" in run.err
    assert run.report["keys"][0]["disabled"] is True


def test_with_the_key_at_hand_it_is_seen_refused(server: ManagementServer, revoke: Callable[..., Run]) -> None:
    key = server.add(Key(name="Batch"))
    run = revoke("--key-env", "LEAKED", LEAKED=key.secret)
    assert run.code == 0
    assert "401" in told(run)[0][1]
    assert server.seen[-1].line == "GET /key"
    assert server.seen[-1].fingerprint == key.hash


def test_a_key_that_is_still_answered_is_not_called_off(server: ManagementServer, revoke: Callable[..., Run]) -> None:
    key = server.add(Key(name="Batch"))
    cached = {"data": key.own_row()}
    server.intercept = lambda seen: (200, cached) if seen.line == "GET /key" and seen.fingerprint == key.hash else None
    run = revoke("--key-env", "LEAKED", "--deadline", "3", LEAKED=key.secret)
    assert (run.code, key.disabled, run.rules) == (3, True, ["revoke-undecided"])


def test_without_a_terminal_nothing_happens_without_yes(server: ManagementServer, revoke: Callable[..., Run]) -> None:
    key = server.add(Key())
    run = revoke(key.hash, yes=False)
    assert (run.code, server.seen, key.disabled) == (2, [], False)
    assert "--yes" in run.err
    assert revoke(key.hash, yes=False, OPENROUTER_PREFLIGHT_REVOKE_YES="true").code == 0


@pytest.mark.parametrize(
    ("typed", "code", "disabled"), [(b"y\n", 0, True), (b"n\n", 130, False), (b"\x04", 130, False)]
)
def test_on_a_terminal_it_shows_the_plan_and_asks(
    typed: bytes, code: int, disabled: bool, server: ManagementServer
) -> None:
    key = server.add(Key(name="Batch"))
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "openrouter_preflight", "revoke", key.hash]
    environment = {**os.environ, **server.environment}
    with subprocess.Popen(command, stdin=theirs, stderr=theirs, stdout=subprocess.PIPE, env=environment) as run:
        os.close(theirs)
        seen = b""
        while b"Go on?" not in seen:
            seen += os.read(ours, 1024)
        assert not key.disabled
        os.write(ours, typed)
        run.communicate(timeout=20)
    os.close(ours)
    assert (run.returncode, key.disabled) == (code, disabled)
    assert b"about to disable Batch" in seen


def test_a_dry_run_shows_the_same_rows_and_writes_nothing(server: ManagementServer, revoke: Callable[..., Run]) -> None:
    key, other = server.add(Key(name="Batch")), server.add(Key(name="Other"))
    server.byok = [byok_credential(key.hash, other.hash)]
    dry = revoke(key.hash, "--delete", "--dry-run", yes=False)
    assert (dry.code, server.writes, key.disabled) == (0, [], False)
    wet = revoke(key.hash, "--delete")
    rows = [[{**row, "status": None} for row in run.report["writes"]] for run in (dry, wet)]
    assert rows[0] == rows[1]
    assert [row["status"] for row in dry.report["writes"]] == [None] * 3


def test_delete_disables_first_takes_the_key_off_byok_lists_and_then_deletes(
    server: ManagementServer, revoke: Callable[..., Run]
) -> None:
    key, other = server.add(Key(name="Batch")), server.add(Key(name="Other"))
    shared, open_to_all = byok_credential(key.hash, other.hash), byok_credential(name="Google")
    server.byok = [shared, open_to_all]
    run = revoke(key.hash, "--delete")
    assert run.code == 0
    assert server.writes == [f"PATCH /keys/{key.hash}", f"PATCH /byok/{shared['id']}", f"DELETE /keys/{key.hash}"]
    assert shared["allowed_api_key_hashes"] == [other.hash]
    assert open_to_all["allowed_api_key_hashes"] is None
    assert key not in server.keys


def test_a_list_that_would_become_empty_is_kept_and_said(server: ManagementServer, revoke: Callable[..., Run]) -> None:
    key = server.add(Key(name="Batch"))
    server.byok = [byok_credential(key.hash)]
    run = revoke(key.hash, "--delete")
    assert (run.code, key in server.keys) == (0, False)
    assert server.byok[0]["allowed_api_key_hashes"] == [key.hash]
    assert "byok-list-kept" in run.rules


def test_where_byok_lists_cannot_be_read_nothing_final_happens(
    server: ManagementServer, revoke: Callable[..., Run]
) -> None:
    key = server.add(Key(name="Batch"))
    server.intercept = lambda seen: refusal(403, "no") if seen.path == "/byok" else None
    run = revoke(key.hash, "--delete")
    assert (run.code, key.disabled, key in server.keys) == (3, True, True)


def test_the_management_key_in_use_is_never_switched_off(server: ManagementServer, revoke: Callable[..., Run]) -> None:
    other = server.add(Key())
    for arguments in ((server.management.hash,), (other.hash, "--key-env", "OPENROUTER_MANAGEMENT_KEY")):
        assert revoke(*arguments).code == 2
    assert server.seen == []


def test_a_key_that_is_off_already_costs_no_write(server: ManagementServer, revoke: Callable[..., Run]) -> None:
    disabled, expired = server.add(Key(disabled=True)), server.add(Key(expires=ago(days=1)))
    run = revoke(disabled.hash, expired.hash)
    assert (run.code, run.rules, server.writes) == (0, ["key-already-off"] * 2, [])


@pytest.mark.parametrize(
    ("make", "code", "rule", "said", "page"),
    [
        (lambda server: new_secret(), 0, "key-already-off", "dead already", ""),
        (
            lambda server: server.add(Key(kind="management")).secret,
            1,
            "key-not-found",
            "is a management key",
            "settings/management-keys",
        ),
        (lambda server: server.add(Key(kind="oauth")).secret, 1, "key-not-found", "OAuth", "settings/security"),
    ],
)
def test_a_404_is_sorted_with_the_key_at_hand(
    make: Callable[[ManagementServer], str],
    code: int,
    rule: str,
    said: str,
    page: str,
    server: ManagementServer,
    revoke: Callable[..., Run],
) -> None:
    secret = make(server)
    run = revoke("--key-env", "LEAKED", LEAKED=secret)
    assert (run.code, run.rules, server.writes) == (code, [rule], [])
    assert said in told(run)[0][1]
    assert page in run.report["findings"][0]["help"]


def test_a_key_of_another_account_is_told_apart(server: ManagementServer, revoke: Callable[..., Run]) -> None:
    stranger = Key(kind="oauth")
    row = {**stranger.own_row(), "creator_user_id": "user_2"}
    server.intercept = lambda seen: (200, {"data": row}) if seen.fingerprint == stranger.hash else None
    run = revoke("--key-env", "LEAKED", LEAKED=stranger.secret)
    assert (run.code, run.rules) == (1, ["key-not-found"])
    assert "another account" in told(run)[0][1]
    assert "user_2" not in run.out + run.err


def test_without_the_key_a_404_names_what_it_can_be_and_the_page_for_its_owner(
    server: ManagementServer, revoke: Callable[..., Run]
) -> None:
    fingerprint = hashlib.sha256(b"x").hexdigest()
    run = revoke(fingerprint)
    assert (run.code, run.rules) == (1, ["key-not-found"])
    assert f"https://openrouter.ai/keys/{fingerprint}" in run.report["findings"][0]["help"]


def test_every_leaked_key_of_a_report_is_revoked_and_asked_about_since_it_leaked(
    server: ManagementServer, revoke: Callable[..., Run], tmp_path: Path
) -> None:
    leaked, dead, allowed = server.add(Key(name="Batch")), server.add(Key()), server.add(Key())
    path = report_of(
        tmp_path / "scan.json",
        {"rule": "committed-key", "fingerprint": leaked.hash, "author_date": "2026-11-20T10:00:00+01:00"},
        {"rule": "committed-key", "fingerprint": leaked.hash, "author_date": "2026-11-03T10:00:00+01:00"},
        {"rule": "committed-key", "fingerprint": dead.hash, "live": "dead"},
        {"rule": "allowed-key", "fingerprint": allowed.hash},
        {"rule": "suspicious-key", "fingerprint": None},
        {"rule": "committed-key", "fingerprint": "../keys"},
    )
    run = revoke("--from-report", path)
    assert (run.code, server.writes) == (0, [f"PATCH /keys/{leaked.hash}"])
    (query,) = server.asked("POST /analytics/query")
    assert query.body["time_range"]["start"] == "2026-11-03T09:00:00Z"
    assert "2026-11-03, when it leaked" in told(run)[0][1]


def test_figures_with_a_warning_are_not_believed(server: ManagementServer, revoke: Callable[..., Run]) -> None:
    key = server.add(Key())
    server.analytics_warnings = ["some data is missing"]
    assert "warning" in told(revoke(key.hash))[0][1]


def test_twelve_digits_or_the_address_of_its_page_name_a_key(
    server: ManagementServer, revoke: Callable[..., Run]
) -> None:
    keys = [server.add(Key(name=f"key {number}")) for number in range(120)]
    run = revoke(keys[7].hash[:12], f"https://openrouter.ai/keys/{keys[9].hash}", keys[7].hash)
    assert (run.code, [key.name for key in keys if key.disabled]) == (0, ["key 7", "key 9"])
    assert server.writes == [f"PATCH /keys/{keys[number].hash}" for number in (7, 9)]


def test_digits_that_no_key_begins_with_are_said(server: ManagementServer, revoke: Callable[..., Run]) -> None:
    server.add(Key())
    run = revoke("0123456789ab")
    assert (run.code, run.rules, server.writes) == (1, ["key-not-found"], [])
    server.intercept = lambda seen: refusal(403, "no") if seen.line == "GET /keys" else None
    assert (revoke("0123456789ab").code, server.writes) == (3, [])
    assert revoke(server.management.hash[:12]).code == 2


WRONG = [
    (("zzz",), "FINGERPRINT"),
    ((), "which keys"),
    (("--key-env", "NOTHING"), "NOTHING"),
    (("--from-report", "missing.json"), "missing.json"),
]


@pytest.mark.parametrize(("arguments", "said"), WRONG)
def test_what_names_no_key_is_a_usage_error(
    arguments: tuple[str, ...], said: str, server: ManagementServer, revoke: Callable[..., Run]
) -> None:
    run = revoke(*arguments)
    assert (run.code, server.seen) == (2, [])
    assert said.lower() in run.err.lower()


def test_a_report_of_another_command_is_a_usage_error(
    server: ManagementServer, revoke: Callable[..., Run], tmp_path: Path
) -> None:
    path = report_of(tmp_path / "check.json", command="check")
    assert (revoke("--from-report", path).code, server.seen) == (2, [])


def test_a_key_pasted_as_an_argument_is_refused_and_not_shown(server: ManagementServer, preflight: CommandLine) -> None:
    secret = new_secret()
    run = preflight("revoke", "--yes", secret, secrets=(secret,), variables=server.environment)
    assert (run.code, server.seen) == (2, [])


LOST: list[Answer] = [(0, b""), refusal(500, "Internal Server Error"), refusal(502, "Bad gateway"), (200, b"{")]


@pytest.mark.parametrize("answer", LOST)
@pytest.mark.parametrize("happened", [True, False])
def test_an_answer_that_is_lost_is_read_back(
    answer: Answer, happened: bool, server: ManagementServer, revoke: Callable[..., Run]
) -> None:
    """One that happened is not made again; one that did not is."""
    key = server.add(Key(name="Batch"))
    struck: list[Seen] = []

    def strike(seen: Seen) -> Answer | None:
        if seen.method != "PATCH" or struck:
            return None
        struck.append(seen)
        key.disabled = happened
        return answer

    server.intercept = strike
    run = revoke(key.hash)
    assert (run.code, key.disabled) == (0, True)
    assert len(server.writes) == (1 if happened else 2)
    assert len(run.report["writes"]) == len(server.writes)


def test_a_write_that_is_refused_for_good_is_undecided_and_said(
    server: ManagementServer, revoke: Callable[..., Run]
) -> None:
    key = server.add(Key(name="Batch"))
    server.intercept = lambda seen: refusal(403, "no") if seen.method == "PATCH" else None
    run = revoke(key.hash)
    assert (run.code, run.rules, key.disabled) == (3, ["revoke-undecided"], False)


@pytest.mark.parametrize(
    "answer",
    [refusal(401, "User not found."), refusal(403, "Only management keys can perform this operation")],
)
def test_a_management_key_that_is_refused_is_said_once(
    answer: Answer, server: ManagementServer, revoke: Callable[..., Run]
) -> None:
    keys = [server.add(Key()), server.add(Key())]
    server.intercept = lambda _seen: answer
    run = revoke(*(key.hash for key in keys))
    assert (run.code, run.rules, server.writes) == (3, ["management-key-refused"], [])


def test_the_keys_themselves_are_sent_nowhere_but_to_be_seen_refused(
    server: ManagementServer, revoke: Callable[..., Run]
) -> None:
    key = server.add(Key(expires=datetime.now(UTC) + timedelta(days=3)))
    revoke("--key-env", "LEAKED", LEAKED=key.secret)
    assert {seen.line for seen in server.seen if seen.fingerprint == key.hash} == {"GET /key"}
    assert {seen.fingerprint for seen in server.seen} == {key.hash, server.management.hash}
