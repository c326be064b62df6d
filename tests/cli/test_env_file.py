"""`check --env-file`: keys from a .env file, for this run alone, and a config file that only its base can soften."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from openrouter_preflight.simulator import Simulator
from support.planted import KEY
from support.raw_server import answer, serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.command_line import CommandLine
    from support.repos import Repo


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator("healthy") as running:
        yield running


def write(folder: Path, text: str, name: str = ".env") -> None:
    (folder / name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    "form", ["OPENROUTER_API_KEY={}", "export OPENROUTER_API_KEY='{}' # prod\n", 'A=1\nOPENROUTER_API_KEY = "{}"\r\n']
)
def test_a_key_is_read_from_the_file(
    preflight: CommandLine, simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.chdir(tmp_path)
    key = simulator.primary_key.reveal()
    write(tmp_path, form.format(key))
    run = preflight.json(
        "--env-file", ".env", variables={"OPENROUTER_API_KEY": KEY, "OPENROUTER_BASE_URL": simulator.base_url}
    )
    (told,) = run.report["keys"]
    assert (run.code, told["source"], told["fingerprint"]) == (0, "env_file", simulator.primary_key.fingerprint)
    assert key not in run.out + run.err


def test_the_management_key_and_named_variables_may_stand_in_it(
    preflight: CommandLine, simulator: Simulator, tmp_path: Path
) -> None:
    management = simulator.keys["management"].reveal()
    write(tmp_path, f"PROD={simulator.primary_key.reveal()}\nOPENROUTER_MANAGEMENT_KEY={management}\n")
    arguments = ("--env-file", str(tmp_path / ".env"), "--key-env", "PROD", "--max-key-age", "9999d")
    assert preflight.json(*arguments, variables={"OPENROUTER_BASE_URL": simulator.base_url}).code == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("OTHER=1\n", "sets none of OPENROUTER_API_KEY, OPENROUTER_MANAGEMENT_KEY"),
        ('OPENROUTER_API_KEY="unclosed\n', "cannot be read"),
        ("OPENROUTER_PREFLIGHT_CHECK_MIN_BALANCE=5\n", "is read from the environment alone"),
        (None, "cannot be read"),
    ],
)
def test_a_file_that_cannot_serve_is_a_usage_error(
    preflight: CommandLine, tmp_path: Path, text: str | None, said: str
) -> None:
    if text is not None:
        write(tmp_path, text)
    run = preflight("check", "--env-file", str(tmp_path / ".env"), variables={"OPENROUTER_API_KEY": KEY})
    assert run.code == 2
    assert said in run.err


def test_the_file_does_not_decide_where_a_key_is_sent(
    preflight: CommandLine, simulator: Simulator, tmp_path: Path
) -> None:
    write(
        tmp_path, f"OPENROUTER_API_KEY={simulator.primary_key.reveal()}\nOPENROUTER_BASE_URL=https://evil.example/api\n"
    )
    run = preflight(
        "check", "--env-file", str(tmp_path / ".env"), variables={"OPENROUTER_BASE_URL": simulator.base_url}
    )
    assert run.code == 0
    assert "is not used: no file decides where a key is sent" in run.err


UNKNOWN = {"data": {"label": "sk-or-v1-0e6...6b7", "limit": None, "usage": 1, "is_free_tier": False}}


@pytest.mark.parametrize(("named", "code"), [(False, 3), (True, 0)])
def test_a_file_that_is_only_found_softens_nothing_that_is_required(
    preflight: CommandLine, here: Repo, named: bool, code: int
) -> None:
    write(here.path, "gates:\n  on-unknown-balance: warn\n", ".openrouter-preflight.yml")
    more = ("--config", ".openrouter-preflight.yml") if named else ()
    with serve(lambda there, seen: answer(200 if seen.path.endswith("/key") else 403, UNKNOWN)(there, seen)) as server:
        environ = {"OPENROUTER_API_KEY": KEY, "OPENROUTER_BASE_URL": server.base_url}
        run = preflight.json("--min-balance", "5", *more, variables=environ)
    assert run.code == code
    assert ("policy-not-heeded" in run.rules) is not named


def test_the_config_of_a_pull_request_is_the_bases(
    preflight: CommandLine, here: Repo, simulator: Simulator, tmp_path: Path
) -> None:
    base = here.commit({".openrouter-preflight.yml": "gates:\n  min-balance: 1000\n"})
    head = here.commit({".openrouter-preflight.yml": "gates:\n  min-balance: 1\n"})
    event = {"pull_request": {"number": 1, "head": {"sha": head}, "base": {"sha": base}}}
    write(tmp_path, json.dumps(event), "event.json")
    environ = {
        "OPENROUTER_API_KEY": simulator.primary_key.reveal(),
        "OPENROUTER_BASE_URL": simulator.base_url,
    }
    github = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
    }
    assert preflight.json(variables=environ).code == 0
    assert preflight.json(variables={**environ, **github}).rules == ["balance-low"]
    assert preflight.json("--policy-from", base, variables=environ).rules == ["balance-low"]
    assert preflight.json("--policy-from", "gone", variables=environ).code == 3
    gitlab = {"GITLAB_CI": "true", "CI_MERGE_REQUEST_IID": "1", "CI_MERGE_REQUEST_DIFF_BASE_SHA": base}
    gone = dict.fromkeys(github)
    assert preflight.json(variables={**environ, **gone, **gitlab}).rules == ["balance-low"]
    missing = preflight.json(variables={**environ, **gone, **gitlab, "CI_MERGE_REQUEST_DIFF_BASE_SHA": "f" * 40})
    assert missing.code == 3
    assert "is not in the clone" in missing.err
