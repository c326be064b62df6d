"""`run`: the command alone has the key, its exit code is ours, and the key ends with the command."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from support.command_line import assert_silent_about
from support.fake_account import FakeAccount, fingerprint, served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.command_line import CommandLine

CHILD = """
import json, os, pathlib, signal, sys, time
place = pathlib.Path(sys.argv[1])
def stop(number, frame):
    (place / "signal").write_text(str(number))
    sys.exit(40)
signal.signal(signal.SIGTERM, stop)
(place / "environ.json").write_text(json.dumps(dict(os.environ)))
(place / "argv.json").write_text(json.dumps(sys.argv))
if len(sys.argv) > 2 and sys.argv[2] == "wait":
    (place / "ready").touch()
    time.sleep(30)
sys.exit(int(sys.argv[2]) if len(sys.argv) > 2 else 0)
"""


class Scene:
    """An account, and a command that says what it was given."""

    def __init__(self, account: FakeAccount, url: str, folder: Path) -> None:
        self.account = account
        self.folder = folder
        self.script = folder / "child.py"
        self.script.write_text(CHILD)
        self.environ = {
            **os.environ,
            "OPENROUTER_MANAGEMENT_KEY": account.management_key,
            "COPY_OF_IT": f"Bearer {account.management_key}",
            "OPENROUTER_BASE_URL": url,
        }

    def start(self, *arguments: str, child: tuple[str, ...] = (), **options: Any) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "openrouter_preflight", "run", *arguments]
        job = ["--", sys.executable, str(self.script), str(self.folder), *child]
        return subprocess.Popen(
            [*command, *job], env=self.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
        )

    def run(self, *arguments: str, child: tuple[str, ...] = ()) -> tuple[int, str, str]:
        with self.start(*arguments, child=child) as process:
            out, err = process.communicate(timeout=60)
        assert_silent_about(out + err, *self.account.secrets.values())
        return process.returncode, out, err

    @property
    def child_environ(self) -> dict[str, str]:
        environ: dict[str, str] = json.loads((self.folder / "environ.json").read_text())
        return environ


LIMITS = ("--limit", "2", "--ttl", "2h")


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    account = FakeAccount()
    account.add_key("ci-bot")
    with served(account) as url:
        yield Scene(account, url, tmp_path)


def test_the_command_alone_has_a_key_that_ends_with_it(scene: Scene) -> None:
    code, out, err = scene.run(*LIMITS, "--name", "pr-7", child=("7",))
    assert code == 7
    assert out == ""
    key = scene.child_environ["OPENROUTER_API_KEY"]
    assert fingerprint(key) in scene.account.secrets
    assert scene.account.management_key not in json.dumps(scene.child_environ)
    assert "COPY_OF_IT" not in scene.child_environ
    assert key not in (scene.folder / "argv.json").read_text()
    assert [each["name"] for each in scene.account.ordinary()] == ["ci-bot"]
    assert "it spent $0.00 of $2.00, and is deleted" in " ".join(err.split())
    made = json.loads(next(body for body in scene.account.bodies if "expires_at" in body))
    assert made["limit"] == 2
    assert made["include_byok_in_limit"] is True
    assert made["name"].startswith("pr-7 [job ")
    left = datetime.fromisoformat(made["expires_at"]) - datetime.now(UTC)
    assert timedelta(minutes=118) < left <= timedelta(hours=2)


def test_the_variable_and_the_report_are_as_requested(scene: Scene) -> None:
    report = scene.folder / "cost.json"
    code, _, _ = scene.run(*LIMITS, "--as", "MY_KEY", "--report", f"json={report}", "--quiet")
    assert code == 0
    assert scene.child_environ["MY_KEY"].startswith("sk-or-v1-")
    document = json.loads(report.read_text())
    assert document["command"] == "run"
    assert [(row["method"], row["status"]) for row in document["writes"]] == [("POST", 201), ("DELETE", 200)]
    assert_silent_about(report.read_text(), *scene.account.secrets.values())


def _wait_for(path: Path) -> None:
    for _ in range(600):
        if path.exists():
            return
        time.sleep(0.02)
    pytest.fail(f"{path.name} did not appear")


def test_a_signal_goes_to_the_command_and_the_key_still_ends(scene: Scene) -> None:
    with scene.start(*LIMITS, child=("wait",), stdin=subprocess.DEVNULL) as process:
        _wait_for(scene.folder / "ready")
        assert len(scene.account.ordinary()) == 2
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert process.returncode == 40
    assert (scene.folder / "signal").read_text() == str(int(signal.SIGTERM))
    assert len(scene.account.ordinary()) == 1


def test_a_command_that_a_signal_ends_gives_128_and_more(scene: Scene) -> None:
    with scene.start(*LIMITS, child=("wait",), stdin=subprocess.DEVNULL) as process:
        _wait_for(scene.folder / "ready")
        process.send_signal(signal.SIGHUP)
        process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGHUP
    assert len(scene.account.ordinary()) == 1


@pytest.mark.parametrize("command", [["no-such-program"], ["/etc/hostname"]], ids=["not there", "not a program"])
def test_a_command_that_cannot_be_started_is_125_and_leaves_no_key(
    preflight: CommandLine, scene: Scene, command: list[str]
) -> None:
    run = preflight("run", *LIMITS, "--", *command, variables=scene.environ)
    assert run.code == 125
    assert "not started" in run.err
    assert len(scene.account.ordinary()) == 1


def test_no_key_no_job(preflight: CommandLine, scene: Scene) -> None:
    run = preflight("run", *LIMITS, "--workspace", "ws_9", "--", "true", variables=scene.environ)
    assert run.code == 125
    assert "status 404" in run.err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--", "true"],
        ["--limit", "2", "--", "true"],
        ["--ttl", "2h", "--", "true"],
        [*LIMITS],
        ["--sweep", "--", "true"],
        ["--limit", "x", "--ttl", "2h", "--", "true"],
        ["--limit", "2", "--ttl", "2h", "--as", "A-B", "--", "true"],
    ],
)
def test_what_cannot_be_carried_out_as_written_is_exit_2(
    preflight: CommandLine, scene: Scene, arguments: list[str]
) -> None:
    assert preflight("run", *arguments, variables=scene.environ).code == 2
    assert scene.account.requests == []


def test_a_key_on_the_command_line_is_refused_unseen(preflight: CommandLine, scene: Scene) -> None:
    key = scene.account.add_key("typed")
    run = preflight("run", *LIMITS, "--", "curl", "-H", f"Authorization: Bearer {key}", variables=scene.environ)
    assert run.code == 2
    assert_silent_about(run.out + run.err, key)


def test_a_dry_run_makes_no_key_and_starts_nothing(preflight: CommandLine, scene: Scene) -> None:
    run = preflight("run", *LIMITS, "--dry-run", "--", "touch", str(scene.folder / "made"), variables=scene.environ)
    assert run.code == 0
    assert not (scene.folder / "made").exists()
    assert scene.account.requests == []
    assert "POST /keys" in run.err


def test_a_sweep_deletes_what_dead_jobs_left_and_nothing_else(preflight: CommandLine, scene: Scene) -> None:
    scene.account.workspaces["ws_2"] = {"id": "ws_2", "name": "Two", "slug": "two"}
    past, future = "2026-01-01T00:00:00Z", "2099-01-01T00:00:00Z"
    dead = scene.account.add_key("a [job 0123abcd]", expires_at=past, workspace_id="ws_2")
    running = scene.account.add_key("b [job 0123abce]", expires_at=future)
    other = scene.account.add_key("expired", expires_at=past)
    dry = preflight("run", "--sweep", "--dry-run", variables=scene.environ)
    assert (dry.code, fingerprint(dead) in scene.account.keys) == (0, True)
    swept = preflight("run", "--sweep", "--format", "json", variables=scene.environ)
    assert swept.code == 0
    assert [row["method"] for row in swept.report["writes"]] == ["DELETE"]
    left = set(scene.account.keys)
    assert fingerprint(dead) not in left
    assert {fingerprint(running), fingerprint(other)} <= left
    scene.account.keys[fingerprint(running)]["created_at"] = past
    assert preflight("run", "--sweep", "--ttl", "1h", variables=scene.environ).code == 0
    assert fingerprint(running) not in scene.account.keys


def test_a_key_that_cannot_be_deleted_is_said_with_its_end(
    preflight: CommandLine, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = scene.account.handle

    def refuse(method: str, path: str, query: Any, body: Any, bearer: str) -> Any:
        if method == "DELETE":
            return 403, {"error": {"code": 403, "message": "not permitted"}}
        return made(method, path, query, body, bearer)

    monkeypatch.setattr(scene.account, "handle", refuse)
    report = scene.folder / "run.json"
    run = preflight("run", *LIMITS, "--report", f"json={report}", "--", "sh", "-c", "exit 9", variables=scene.environ)
    assert run.code == 9
    (finding,) = json.loads(report.read_text())["findings"]
    assert (finding["rule"], finding["severity"]) == ("job-key-left", "warning")
    assert "it could not be deleted, and works until 2" in finding["message"]


def test_spend_is_told_as_far_as_it_was_counted(
    preflight: CommandLine, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = scene.account.handle

    def spend(method: str, path: str, query: Any, body: Any, bearer: str) -> Any:
        status, document = made(method, path, query, body, bearer)
        if method == "GET" and path.startswith("/keys/") and status == 200:
            document["data"] |= {"usage": 0.25, "byok_usage": 0.17}
        return status, document

    monkeypatch.setattr(scene.account, "handle", spend)
    run = preflight("run", *LIMITS, "--", "true", variables=scene.environ)
    assert "it spent $0.42 of $2.00, and is deleted" in " ".join(run.err.split())
