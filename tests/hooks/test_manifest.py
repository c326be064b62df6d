"""The manifest for pre-commit and prek is valid, and every command line in it is one that the program takes."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from openrouter_preflight.cli.main import cli
from openrouter_preflight.errors import NAME
from openrouter_preflight.hooks.script import Hook, command_line

HOOKS: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parents[2] / ".pre-commit-hooks.yaml").read_text())
BY_ID = {hook["id"]: hook for hook in HOOKS}
FILES = ["a.env", "folder/b.txt"]


def arguments_of(hook: dict[str, Any]) -> list[str]:
    """What the program is called with, files included."""
    program, *arguments = shlex.split(hook["entry"])
    assert program == NAME
    files = FILES if hook.get("pass_filenames", True) else []
    arguments += hook.get("args", [])
    return [*arguments, *(files[:1] if hook["stages"] == ["commit-msg"] else files)]


def test_the_hooks_of_the_contract_are_there() -> None:
    assert list(BY_ID) == ["openrouter-keys", "openrouter-keys-push", "openrouter-keys-message", "openrouter-check"]


@pytest.mark.parametrize("hook", HOOKS, ids=BY_ID)
def test_the_program_takes_its_command_line(hook: dict[str, Any]) -> None:
    name, *arguments = arguments_of(hook)
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    given = command.make_context(name, arguments, parent=click.Context(cli)).params
    assert given["quiet"] is True


@pytest.mark.parametrize("hook", HOOKS, ids=BY_ID)
def test_people_learn_what_it_does(hook: dict[str, Any]) -> None:
    assert hook["language"] == "python"
    assert hook["name"]
    assert hook["description"].endswith(".")
    assert hook["minimum_pre_commit_version"] == "3.2.0"


def test_files_of_every_kind_are_handed_to_the_first_hook_in_one_go() -> None:
    hook = BY_ID["openrouter-keys"]
    assert (hook["types"], hook["require_serial"], hook.get("pass_filenames", True)) == (["file"], True, True)
    assert not {"files", "exclude", "exclude_types", "types_or"} & set(hook)
    assert hook["args"] == ["--"]


@pytest.mark.parametrize("name", ["openrouter-keys-push", "openrouter-check"])
def test_a_hook_that_is_about_no_file_always_runs(name: str) -> None:
    assert (BY_ID[name]["always_run"], BY_ID[name]["pass_filenames"]) == (True, False)


@pytest.mark.parametrize(
    ("name", "stages"),
    [
        ("openrouter-keys", ["pre-commit"]),
        ("openrouter-keys-push", ["pre-push"]),
        ("openrouter-keys-message", ["commit-msg"]),
        ("openrouter-check", ["pre-push", "manual"]),
    ],
)
def test_it_runs_at_its_stages(name: str, stages: list[str]) -> None:
    assert BY_ID[name]["stages"] == stages


@pytest.mark.parametrize(
    ("hook", "name"),
    [(Hook.COMMIT, "openrouter-keys"), (Hook.PUSH, "openrouter-keys-push"), (Hook.MESSAGE, "openrouter-keys-message")],
)
def test_raw_hooks_run_the_same_command(hook: Hook, name: str) -> None:
    assert command_line(hook).startswith(BY_ID[name]["entry"])
