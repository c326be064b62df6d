"""`action.yml` itself: what the contract promises, and that no input reaches a shell."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from openrouter_preflight.action.inputs import NOT_GIVEN, PREFIX

ROOT = Path(__file__).parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEP: dict[str, Any] = ACTION["runs"]["steps"][0]
INPUTS = [
    *("api-key", "management-key", "min-balance", "min-runway", "expires-within", "require-models", "scan", "config"),
    *("on-missing", "on-unreachable", "on-unknown-balance", "working-directory", "strict", "sarif-file", "base-url"),
    "simulate",
]
OUTPUTS = ["verdict", "exit-code", "spendable-usd", "fingerprint", "findings", "leaks", "report", "sarif-file"]


def test_inputs_and_outputs_are_those_of_the_contract_and_the_folder() -> None:
    assert list(ACTION["inputs"]) == INPUTS
    assert list(ACTION["outputs"]) == OUTPUTS
    assert all(found["required"] is False for found in ACTION["inputs"].values())


def test_every_input_arrives_as_a_variable_and_none_in_the_script() -> None:
    expected = {f"{PREFIX}{name.replace('-', '_').upper()}": f"${{{{ inputs.{name} }}}}" for name in INPUTS}
    assert {name: text for name, text in STEP["env"].items() if name.startswith(PREFIX)} == expected
    assert "${{" not in STEP["run"]


def test_every_output_is_the_steps_own() -> None:
    expected = {name: f"${{{{ steps.{STEP['id']}.outputs.{name} }}}}" for name in OUTPUTS}
    assert {name: found["value"] for name, found in ACTION["outputs"].items()} == expected


def test_the_default_of_the_key_is_the_one_the_code_knows() -> None:
    assert ACTION["inputs"]["api-key"]["default"] == NOT_GIVEN


def test_the_script_runs_an_entry_that_exists() -> None:
    (path,) = re.findall(r'"\$GITHUB_ACTION_PATH/([^"]+)"', STEP["run"])
    assert (ROOT / path).is_file()


def pretend(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


def run_script(folder: Path, action: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEP["run"]],
        env={
            "PATH": str(folder),
            "GITHUB_ACTION_PATH": str(action),
            "GITHUB_OUTPUT": str(folder / "output"),
            "RUNNER_TOOL_CACHE": str(folder / "tools"),
            **environ,
        },
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")
@pytest.mark.parametrize("names", [(), ("python3",), ("python3", "python")])
def test_a_runner_with_only_an_old_python_is_told_so(tmp_path: Path, names: tuple[str, ...]) -> None:
    for name in names:
        pretend(tmp_path, name, "exit 0")  # what an old Python does with the question: it prints nothing
    done = run_script(tmp_path, ROOT)
    assert done.returncode == 3
    assert done.stdout.startswith("::error ")
    assert "no Python 3.11 or newer" in done.stdout
    assert (tmp_path / "output").read_text(encoding="utf-8") == "verdict=incomplete\nexit-code=3\n"


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")
def test_without_a_tool_cache_no_python_of_the_checkout_is_taken(tmp_path: Path) -> None:
    place = "Python/3.12.7/x64/bin/python3"
    (tmp_path / place).parent.mkdir(parents=True)
    pretend(tmp_path, place, "touch owned; echo $0")
    assert run_script(tmp_path, ROOT, RUNNER_TOOL_CACHE="").returncode == 3
    assert not (tmp_path / "owned").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")
@pytest.mark.parametrize("entry", [".", "", "bin"])
def test_no_python_of_the_checkout_is_taken_through_path(tmp_path: Path, entry: str) -> None:
    (tmp_path / "bin").mkdir()
    for name in ("python3", "bin/python3"):
        pretend(tmp_path, name, "touch owned; echo $0")
    done = run_script(tmp_path, ROOT, PATH=f"{entry}:/nowhere")
    assert done.returncode == 3, done.stderr
    assert not (tmp_path / "owned").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")
@pytest.mark.parametrize("place", ["python", "tools/Python/3.12.7/x64/bin/python3"])
def test_the_first_python_that_is_new_enough_is_taken(tmp_path: Path, place: str) -> None:
    pretend(tmp_path, "python3", "echo 'Python was not found' >&2; exit 9")
    (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
    pretend(tmp_path, place, f'exec "{sys.executable}" "$@"')
    entry = tmp_path / "src/openrouter_preflight/action/entry.py"
    entry.parent.mkdir(parents=True)
    entry.write_text("import sys; print('ran', sys.flags.isolated, sys.flags.no_site)", encoding="utf-8")
    done = run_script(tmp_path, tmp_path)
    assert (done.returncode, done.stdout) == (0, "ran 1 1\n")
