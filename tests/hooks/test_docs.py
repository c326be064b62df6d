"""docs/how-to/hooks.md shows what works: its configurations name what exists, its lines are those that tests run."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from openrouter_preflight import __version__
from openrouter_preflight.cli.main import cli
from openrouter_preflight.errors import NAME
from openrouter_preflight.hooks.script import Hook, command_line

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "how-to" / "hooks.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
COMMANDS = [
    line.partition(" #")[0]
    for language, block in BLOCKS
    if language == "sh"
    for line in block.splitlines()
    if NAME in line
]


def block_after(words: str) -> str:
    """The first block below `words`."""
    found = re.search(r"^```\w+\n(.*?)^```", PAGE[PAGE.index(words) :], re.DOTALL | re.MULTILINE)
    assert found is not None
    return found[1]


def configuration_of_pre_commit() -> dict[str, Any]:
    parsed: dict[str, Any] = yaml.safe_load(block_after("## pre-commit and prek"))
    return parsed


def test_the_configuration_for_pre_commit_names_hooks_and_stages_of_the_manifest() -> None:
    manifest = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
    config = configuration_of_pre_commit()
    (repo,) = config["repos"]
    named = [hook["id"] for hook in repo["hooks"]]
    assert set(named) == set(manifest) - {"openrouter-check"}
    assert config["default_install_hook_types"] == [stage for name in named for stage in manifest[name]["stages"]]
    (check,) = yaml.safe_load(block_after("is a fourth hook"))
    assert check["id"] in manifest


def test_the_revision_is_this_release() -> None:
    assert configuration_of_pre_commit()["repos"][0]["rev"] == f"v{__version__}"


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_line_is_one_that_the_program_takes(line: str) -> None:
    words = [word for word in shlex.split(line) if word != "exec"]
    name, *arguments = words[words.index(NAME) + 1 :]
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    command.make_context(name, arguments, parent=click.Context(cli))


@pytest.mark.parametrize("hook", Hook)
@pytest.mark.parametrize("folder", [".git/hooks", ".husky"])
def test_a_hook_by_hand_runs_what_an_installed_one_runs(folder: str, hook: Hook) -> None:
    line = block_after(f"`{folder}/{hook}`:").splitlines()[-1]
    assert line.removeprefix("exec ") == command_line(hook)


@pytest.mark.parametrize("hook", Hook)
def test_lefthook_runs_the_same(hook: Hook) -> None:
    (job,) = yaml.safe_load(block_after("In `lefthook.yml`"))[hook]["jobs"]
    # lefthook pastes the words of git into the line, quoted or not; of a push, the remote's name is all that is needed.
    line = command_line(hook).replace('"$1"', '"{1}"').replace('"$@"', '"{1}"')
    assert job["run"] == line
    assert job.get("use_stdin", False) is (hook is Hook.PUSH)


@pytest.mark.parametrize("hook", Hook)
def test_simple_git_hooks_runs_the_same(hook: Hook) -> None:
    lines = json.loads("{" + block_after("In `package.json`") + "}")["simple-git-hooks"]
    assert lines[hook] == command_line(hook)
