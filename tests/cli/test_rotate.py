"""`rotate` on the command line, against an account of our own over HTTP."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from support.command_line import assert_files_silent_about, assert_silent_about
from support.fake_account import FakeAccount, fingerprint, served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.command_line import CommandLine, Run


class Scene:
    """An account with one key in one .env file."""

    def __init__(self, preflight: CommandLine, folder: Path) -> None:
        self.account = FakeAccount()
        self.old_text = self.account.add_key("ci-bot", limit=5.0, limit_reset="monthly")
        self.old = fingerprint(self.old_text)
        self.account.assignments[self.old] = "gr_1"
        self.account.byok["openai"] = [self.old]
        self.file = folder / "app.env"
        self.file.write_text(f"A=1\nOPENROUTER_API_KEY={self.old_text}\n")
        self.to = f"file:{self.file}#OPENROUTER_API_KEY"
        self.preflight = preflight
        self.url = ""

    def __call__(self, *arguments: str) -> Run:
        run = self.preflight(
            "rotate",
            *arguments,
            OPENROUTER_MANAGEMENT_KEY=self.account.management_key,
            OPENROUTER_BASE_URL=self.url,
        )
        assert_silent_about(run.out + run.err, *self.account.secrets.values())
        return run

    @property
    def held(self) -> str:
        """The fingerprint of the key in the file."""
        return fingerprint(self.file.read_text().split("OPENROUTER_API_KEY=")[1].strip())


@pytest.fixture
def scene(preflight: CommandLine, tmp_path: Path) -> Iterator[Scene]:
    scene = Scene(preflight, tmp_path)
    with served(scene.account) as scene.url:
        yield scene


def test_a_key_is_replaced_and_the_old_one_watched_then_finished_then_deleted(scene: Scene) -> None:
    first = scene(scene.old, "--to", scene.to, "--yes", "--silence", "1h")
    assert first.code == 0
    assert "rotation-waiting" in first.out
    assert "Replace the key ci-bot" in first.err
    assert "not copied: workload-identity policies" in first.err
    assert not scene.account.keys[scene.old]["disabled"]
    assert scene.held != scene.old

    assert "still on" in " ".join(scene(scene.old, "--status").out.split())

    second = scene(scene.old, "--finish", "--yes", "--silence", "0")
    assert second.code == 0
    assert scene.account.keys[scene.old]["disabled"]
    assert [key["hash"] for key in scene.account.enabled()] == [scene.held]
    assert scene.account.keys[scene.held]["name"] == "ci-bot"
    assert scene.account.assignments[scene.held] == "gr_1"
    assert scene.account.byok["openai"] == [scene.held]

    third = scene(scene.old, "--finish", "--delete", "--yes", "--format", "json")
    assert third.code == 0
    assert scene.old not in scene.account.keys
    assert [(row["method"], row["status"]) for row in third.report["writes"]] == [("DELETE", 200)]


def test_run_again_after_the_end_it_says_so_and_writes_nothing(scene: Scene) -> None:
    assert scene(scene.old, "--to", scene.to, "--yes", "--silence", "0").code == 0
    held, requests = scene.held, len(scene.account.requests)
    again = scene(scene.old, "--to", scene.to, "--yes", "--silence", "0", "--format", "json")
    assert (again.code, again.report["writes"], scene.held) == (0, [], held)
    assert {method for method, _ in scene.account.requests[requests:]} == {"GET"}


def test_a_dry_run_shows_the_writes_of_a_real_one_and_makes_none(scene: Scene) -> None:
    before = json.dumps(scene.account.keys, sort_keys=True)
    dry = scene(scene.old, "--to", scene.to, "--dry-run", "--format", "json").report
    assert json.dumps(scene.account.keys, sort_keys=True) == before
    assert scene.held == scene.old
    assert {method for method, _ in scene.account.requests} == {"GET"}
    real = scene(scene.old, "--to", scene.to, "--yes", "--silence", "0", "--format", "json").report
    new = scene.held

    def shape(report: Any) -> list[tuple[str, str, str]]:
        return [(row["method"], row["path"].replace(new, "{successor}"), row["what"]) for row in report["writes"]]

    assert shape(dry) == shape(real)
    assert dry["dry_run"]
    assert {row["status"] for row in dry["writes"]} == {None}
    assert {row["fingerprint"] for row in dry["writes"]} == {None, scene.old}


def test_the_variable_that_holds_the_key_names_it_too(scene: Scene) -> None:
    run = scene.preflight(
        "rotate", "--key-env", "MY_KEY", "--to", scene.to, "--yes", "--silence", "0",
        OPENROUTER_MANAGEMENT_KEY=scene.account.management_key, OPENROUTER_BASE_URL=scene.url, MY_KEY=scene.old_text,
    )  # fmt: skip
    assert run.code == 0
    assert scene.account.keys[scene.old]["disabled"]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["{old}"],
        ["{old}", "{old2}", "--to", "exec:true", "--yes"],
        ["{old}", "--to", "exec:true"],
        ["{old}", "--finish"],
        ["{old}", "--to", "exec:true", "--status"],
        ["{old}", "--to", "exec:true", "--delete", "--yes"],
        ["{old}", "--to", "s3:x", "--yes"],
        ["{old}", "--to", "gh:A-B", "--yes"],
        ["{management}", "--to", "exec:true", "--yes"],
        ["abc", "--to", "exec:true", "--yes"],
        ["--key-env", "UNSET", "--to", "exec:true", "--yes"],
    ],
)
def test_what_cannot_be_carried_out_as_written_is_exit_2(scene: Scene, arguments: list[str]) -> None:
    known = {"old": scene.old, "old2": "1" * 64, "management": fingerprint(scene.account.management_key)}
    run = scene(*(argument.format(**known) for argument in arguments))
    assert run.code == 2
    assert not [method for method, _ in scene.account.requests if method != "GET"]


def test_without_a_management_key_it_is_exit_2(preflight: CommandLine) -> None:
    assert preflight("rotate", "0" * 64, "--status").code == 2


@pytest.mark.parametrize(
    ("arguments", "code", "rule"),
    [
        (["9" * 64, "--to", "exec:true", "--yes"], 1, "rotation-not-ready"),
        (["{old}", "--to", "exec:no-such-program", "--yes"], 1, "rotation-not-ready"),
        (["{old}", "--to", "exec:false", "--yes"], 1, "hand-over-failed"),
        (["{old}", "--finish", "--yes"], 1, "rotation-not-ready"),
        (["{old}", "--to", "exec:true", "--limit", "remaining", "--yes"], 1, "rotation-not-ready"),
    ],
)
def test_what_stands_in_the_way_is_a_finding(scene: Scene, arguments: list[str], code: int, rule: str) -> None:
    run = scene(*(argument.format(old=scene.old) for argument in arguments), "--format", "json")
    assert (run.code, run.rules[0]) == (code, rule)
    assert not scene.account.keys[scene.old]["disabled"]


def test_a_key_that_is_still_used_stays_on(scene: Scene) -> None:
    assert scene(scene.old, "--to", scene.to, "--yes", "--silence", "1h").code == 0
    scene.account.use(scene.old)
    scene.account.keys[scene.old]["last_used_at"] = "2099-01-01T00:00:00Z"
    run = scene(scene.old, "--finish", "--yes", "--silence", "1h", "--format", "json")
    assert (run.code, run.rules) == (3, ["rotation-old-key-in-use"])
    assert not scene.account.keys[scene.old]["disabled"]


def test_a_config_file_that_does_not_parse_is_exit_2(scene: Scene, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yml"
    bad.write_text("gates: [")
    assert scene(scene.old, "--status", "--config", str(bad)).code == 2


@pytest.mark.parametrize(
    ("method", "path", "number"),
    [("POST done", "/keys", 1), ("PATCH", "/keys/", 1), ("PATCH done", "/keys/", 1), ("PATCH done", "/keys/", 2)],
)
def test_a_run_that_is_really_killed_is_run_again(
    preflight: CommandLine, tmp_path: Path, method: str, path: str, number: int
) -> None:
    scene = Scene(preflight, tmp_path)
    running: list[subprocess.Popen[bytes]] = []
    seen = {"count": 0}

    def kill(what: str, where: str) -> None:
        if running and what == method and where.startswith(path):
            seen["count"] += 1
            if seen["count"] == number:
                running[0].send_signal(signal.SIGKILL)
                running[0].wait()

    command = [sys.executable, "-m", "openrouter_preflight", "rotate", scene.old, "--to", scene.to, "--yes"]
    with served(scene.account, kill) as scene.url:
        environ = {
            **os.environ,
            "OPENROUTER_MANAGEMENT_KEY": scene.account.management_key,
            "OPENROUTER_BASE_URL": scene.url,
        }
        with subprocess.Popen([*command, "--silence", "0"], env=environ, stdout=-1, stderr=-1) as process:
            running.append(process)
            out, err = process.communicate(timeout=60)
        assert process.returncode == -signal.SIGKILL
        running.clear()
        for key in scene.account.keys.values():
            # What the process that died marked a moment ago counts as alive for two minutes.
            key["name"] = _older(key["name"])
        assert scene(scene.old, "--to", scene.to, "--yes", "--silence", "0").code == 0
    assert [key["hash"] for key in scene.account.enabled()] == [scene.held]
    assert len(scene.account.ordinary()) == 2
    assert_silent_about((out + err).decode(), *scene.account.secrets.values())
    scene.file.unlink()
    assert_files_silent_about(tmp_path, *scene.account.secrets.values())


def _older(name: str) -> str:
    """The name with a mark that is a year older."""
    import re

    return re.sub(r" (20\d\d)(\d{4}T\d{6}Z) ", lambda found: f" {int(found[1]) - 1}{found[2]} ", name)


def test_two_that_are_started_together_leave_one_key(preflight: CommandLine, tmp_path: Path) -> None:
    scene = Scene(preflight, tmp_path)
    command = [sys.executable, "-m", "openrouter_preflight", "rotate", scene.old, "--to", scene.to, "--yes"]
    with served(scene.account) as scene.url:
        environ = {
            **os.environ,
            "OPENROUTER_MANAGEMENT_KEY": scene.account.management_key,
            "OPENROUTER_BASE_URL": scene.url,
        }
        both = [
            subprocess.Popen([*command, "--silence", "0"], env=environ, stdout=subprocess.DEVNULL, stderr=-1)
            for _ in range(2)
        ]
        for process in both:
            process.communicate(timeout=120)
        assert 0 in {process.returncode for process in both}
        assert {process.returncode for process in both} <= {0, 3}
        assert scene(scene.old, "--to", scene.to, "--yes", "--silence", "0").code == 0
    assert [key["hash"] for key in scene.account.enabled()] == [scene.held]
    assert len(scene.account.ordinary()) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal of Unix")
@pytest.mark.parametrize(("answer", "code"), [("n", 1), ("y", 0)])
def test_on_a_terminal_it_asks_first(scene: Scene, answer: str, code: int) -> None:
    import pty

    ours, theirs = pty.openpty()
    environ = {
        **os.environ,
        "OPENROUTER_MANAGEMENT_KEY": scene.account.management_key,
        "OPENROUTER_BASE_URL": scene.url,
    }
    command = [sys.executable, "-m", "openrouter_preflight", "rotate", scene.old, "--to", scene.to, "--silence", "0"]
    os.write(ours, f"{answer}\n".encode())
    done = subprocess.run(
        command, env=environ, stdin=theirs, stderr=theirs, stdout=subprocess.PIPE, timeout=60, check=False
    )
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    os.close(theirs)
    assert done.returncode == code
    assert "Replace the key ci-bot" in shown
    assert "Go on? [y/N]" in shown
    assert scene.account.keys[scene.old]["disabled"] is (answer == "y")
    assert {method for method, _ in scene.account.requests} == ({"GET"} if answer == "n" else {"GET", "POST", "PATCH"})
