"""Completion as shells do it: the real shells where they are installed, their protocol where they are not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from openrouter_preflight.cli.model_cache import known_models, remember_models
from openrouter_preflight.findings import RULES
from openrouter_preflight.simulator import scenario_names

EXPIRING = [name for name in RULES if name.startswith("key-exp")]
ENVIRON = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


def complete(line: str, **environ: str) -> set[str]:
    """The values that bash gets for the last word of the line."""
    words = line.split(" ")
    asked = {"COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1), "_OPENROUTER_PREFLIGHT_COMPLETE": "bash_complete"}
    done = subprocess.run(
        [sys.executable, "-m", "openrouter_preflight"],
        env={**ENVIRON, **asked, **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return {row.partition(",")[2] for row in done.stdout.splitlines() if row}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("openrouter-preflight che", {"check"}),
        ("openrouter-preflight explain key-exp", {name for name in RULES if name.startswith("key-exp")}),
        ("openrouter-preflight check --simulate ", set(scenario_names())),
        ("openrouter-preflight simulate low", {name for name in scenario_names() if name.startswith("low")}),
        ("openrouter-preflight check --on-missing ", {"fail", "skip"}),
        ("openrouter-preflight scan --format sar", {"sarif"}),
        ("openrouter-preflight scan --report junit", {"junit="}),
        ("openrouter-preflight check --min-bal", {"--min-balance"}),
        ("openrouter-preflight completion p", {"powershell"}),
    ],
)
def test_commands_options_and_values_are_completed(line: str, expected: set[str]) -> None:
    assert complete(line) == expected


def test_variables_are_completed_by_name_and_never_by_value() -> None:
    assert "MY_OTHER_KEY" in complete("openrouter-preflight check --key-env MY_", MY_OTHER_KEY="secret")


def test_models_are_completed_once_they_were_listed(tmp_path: Path) -> None:
    environ = {"XDG_CACHE_HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path)}
    assert complete("openrouter-preflight check --require-model openai/", **environ) == set()
    remember_models(["openai/gpt-4.1", "anthropic/claude-sonnet-4.5"], environ)
    assert known_models(environ) == ["anthropic/claude-sonnet-4.5", "openai/gpt-4.1"]
    assert complete("openrouter-preflight check --require-model openai/", **environ) == {"openai/gpt-4.1"}


def in_shell(shell: str, *arguments: str) -> str:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed; .ci/tools gets it")
    done = subprocess.run([program, *arguments], env=ENVIRON, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_bash_completes() -> None:
    script = """
    eval "$(openrouter-preflight completion bash)"
    COMP_WORDS=(openrouter-preflight explain key-exp) COMP_CWORD=2
    function=$(complete -p openrouter-preflight | sed 's/.*-F \\([^ ]*\\).*/\\1/')
    "$function" openrouter-preflight
    echo "${COMPREPLY[@]}"
    """
    assert in_shell("bash", "--norc", "-c", script).split() == EXPIRING


def test_zsh_completes() -> None:
    script = """
    autoload -U compinit && compinit -u -D
    eval "$(openrouter-preflight completion zsh)"
    echo $_comps[openrouter-preflight]
    """
    assert in_shell("zsh", "-f", "-c", script).startswith("_openrouter_preflight")


def test_fish_completes() -> None:
    script = "openrouter-preflight completion fish | source; complete -C 'openrouter-preflight explain key-exp'"
    shown = in_shell("fish", "--no-config", "-c", script)
    assert [line.split("\t")[0] for line in shown.splitlines()] == EXPIRING


def test_powershell_is_answered_by_its_own_protocol() -> None:
    variable = "_OPENROUTER_PREFLIGHT_COMPLETE"
    asked = {
        variable: "powershell_complete",
        f"{variable}_LINE": "openrouter-preflight explain key-exp",
        f"{variable}_WORD": "key-exp",
    }
    command = [sys.executable, "-m", "openrouter_preflight"]
    done = subprocess.run(command, env={**ENVIRON, **asked}, capture_output=True, text=True, check=True)
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert [(kind, value) for kind, value, _ in rows] == [("plain", name) for name in EXPIRING]
    assert rows[0][2] == RULES["key-expired"].what
    script = subprocess.run([*command, "completion", "powershell"], capture_output=True, text=True, check=True).stdout
    assert "Register-ArgumentCompleter -Native -CommandName openrouter-preflight" in script
    assert all(f"$env:{name} = " in script for name in asked)
