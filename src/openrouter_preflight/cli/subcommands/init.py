"""`openrouter-preflight init`: show, then write, the files of a project."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from openrouter_preflight.atomic_write import atomic_write
from openrouter_preflight.cli.fitted_help import FittedCommand
from openrouter_preflight.cli.subcommands.install_hook import hooks_here, launcher
from openrouter_preflight.errors import PreflightError, UsageError
from openrouter_preflight.git.errors import GitError
from openrouter_preflight.git.process import Git
from openrouter_preflight.hooks.install import Change, carry_out, plan_installation
from openrouter_preflight.hooks.script import Hook
from openrouter_preflight.keys.printable import printable
from openrouter_preflight.settings import CONFIG_NAMES
from openrouter_preflight.settings.config.config_file import repository_root
from openrouter_preflight.setup.place import CiFiles, HookManager, find_ci, find_hook_manager
from openrouter_preflight.setup.plan import Plan, PlannedFile, make_plan

if TYPE_CHECKING:
    from collections.abc import Iterable


@click.command(
    cls=FittedCommand,
    epilog="""
    \b
    Examples:
      openrouter-preflight init                      show the files, ask, write them
      openrouter-preflight init --yes                the same without the question
      openrouter-preflight init --dry-run            only show them
      openrouter-preflight init --hooks pre-commit --ci none

    Nothing that is there is changed: an existing file stays, and a list of hooks
    only gets our entry.
    """,
)
@click.option("--yes", is_flag=True, help="Write without asking; needed where there is no terminal.")
@click.option("--dry-run", is_flag=True, help="Show the files and write nothing.")
@click.option(
    "--ci",
    type=click.Choice([each.value for each in CiFiles]),
    help="Write the workflow for this CI; else for the one that is found.",
)
@click.option(
    "--hooks",
    type=click.Choice([each.value for each in HookManager]),
    help="Have this program run the hooks; else the one that is found, or git itself.",
)
def init(*, yes: bool, dry_run: bool, ci: str | None, hooks: str | None) -> int:
    """Set up a project: config file, hooks and CI."""
    root = _root()
    manager = HookManager(hooks) if hooks else find_hook_manager(root)
    plan = make_plan(root, CONFIG_NAMES, CiFiles(ci) if ci else find_ci(root, _remotes(root)), manager)
    changes = _hook_changes(plan)
    _show(plan, changes)
    if not plan.files and not changes:
        click.echo("Nothing to write.")
    elif dry_run:
        click.echo("Nothing was written (--dry-run).")
    elif not yes and not _agrees():
        click.echo("Nothing was written.")
        return 0
    else:
        _carry_out(plan.files, changes, root)
    _show_the_rest(plan)
    return 0


def _root() -> Path:
    root = repository_root(Path.cwd())
    if root is None:
        raise UsageError(
            f"{printable(str(Path.cwd()))} is not in a git repository.",
            "Run it inside a clone, or make a repository first (git init).",
        )
    return root


def _remotes(root: Path) -> list[str]:
    """Return the URLs that this repository pushes to and fetches from."""
    try:
        listed = Git(root, os.environ).run("config", "--null", "--get-regexp", r"^remote\..*\.url$")
    except PreflightError:
        return []
    return [os.fsdecode(entry).partition("\n")[2] for entry in listed.split(b"\0") if entry]


def _hook_changes(plan: Plan) -> list[Change]:
    """The git hooks to install. A hook that cannot be changed is left to the person."""
    if not plan.install_hooks:
        return []
    try:
        changes = plan_installation(hooks_here(), Hook, launcher())
    except (UsageError, GitError) as error:
        plan.by_hand.append(error.whole)
        return []
    plan.kept += [f"the {change.hook} hook" for change in changes if not change.is_one]
    return [change for change in changes if change.is_one]


def _show(plan: Plan, changes: Iterable[Change]) -> None:
    for file in plan.files:
        click.echo(f"{'Create' if file.before is None else 'Add to'} {file.name}:")
        for line in file.added:
            click.echo(f"  + {line}".rstrip())
        click.echo()
    for change in changes:
        click.echo(f"Install the {change.hook} hook in {printable(str(change.path))}")
    for kept in plan.kept:
        click.echo(f"Keep {kept} as it is")


def _agrees() -> bool:
    if not (sys.stdin and sys.stdin.isatty()):
        raise UsageError("There is no terminal to ask on, so nothing was written.", "Add --yes, or --dry-run to look.")
    return click.confirm("\nWrite this?", default=True)


def _carry_out(files: Iterable[PlannedFile], changes: Iterable[Change], root: Path) -> None:
    for file in files:
        path = root / file.name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            atomic_write(path, file.text.encode())
        except OSError as error:
            raise PreflightError(f"{file.name} could not be written: {error.strerror}.") from None
        click.echo(f"{file.name}: written")
    for change in changes:
        carry_out(change)
        click.echo(f"{change.hook} hook: installed")


def _show_the_rest(plan: Plan) -> None:
    steps = [*plan.by_hand, "Try a gate without an account: openrouter-preflight check --simulate low-balance"]
    click.echo("\nNext:")
    for step in steps:
        first, *others = step.splitlines()
        click.echo("\n".join([f"- {first}", *(f"  {line}" for line in others)]))
