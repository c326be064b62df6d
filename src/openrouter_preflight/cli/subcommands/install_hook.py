"""`openrouter-preflight install-hook`: have git run `scan` before commit or push."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

import openrouter_preflight
from openrouter_preflight.cli.fitted_help import FittedCommand
from openrouter_preflight.cli.stderr import say
from openrouter_preflight.errors import UsageError
from openrouter_preflight.git.errors import NotARepositoryError
from openrouter_preflight.git.hooks_path import HooksFolder, hooks_folder
from openrouter_preflight.git.process import Git
from openrouter_preflight.hooks.install import Change, carry_out, plan_installation, plan_removal
from openrouter_preflight.hooks.script import Hook, Launcher
from openrouter_preflight.keys.printable import printable


@click.command(
    cls=FittedCommand,
    epilog="""
    \b
    Examples:
      openrouter-preflight install-hook                     scan what is about to be committed
      openrouter-preflight install-hook --push --message    and what is pushed, and commit messages
      openrouter-preflight install-hook --uninstall         take all of it out again

    \b
    An existing hook stays: a marked block is put first in it. husky's files are written to in the same way. With
    pre-commit, prek, lefthook or simple-git-hooks, use their configuration instead.
    """,
)
@click.option("--push", is_flag=True, help="Scan what is pushed, too (pre-push).")
@click.option("--message", is_flag=True, help="Scan commit messages, too (commit-msg).")
@click.option("--uninstall", is_flag=True, help="Take out of every hook what this command put there.")
def install_hook(*, push: bool, message: bool, uninstall: bool) -> int:
    """Have git scan every commit of this repository for keys.

    Respects core.hooksPath, worktrees and hooks that are there already.
    """
    folder = hooks_here()
    if uninstall:
        changes = plan_removal(folder, Hook)
    else:
        wanted = {Hook.COMMIT: True, Hook.PUSH: push, Hook.MESSAGE: message}
        changes = plan_installation(folder, [hook for hook in Hook if wanted[hook]], launcher())
    for change in changes:
        if change.is_one:
            carry_out(change)
    _tell(changes, folder, uninstall=uninstall)
    return 0


def hooks_here() -> HooksFolder:
    """Return the hooks of the current repository. Raises UsageError or GitError."""
    here = Path.cwd()
    try:
        return hooks_folder(Git(here, os.environ))
    except NotARepositoryError:
        raise UsageError(
            f"{printable(str(here))} is in no git repository, so that there is no place for a hook",
            "Run it inside a clone, or make a repository first (git init).",
        ) from None


def launcher() -> Launcher:
    """This interpreter, and the file of this program that it runs."""
    if not sys.executable:
        return Launcher()
    return Launcher(Path(sys.executable), Path(openrouter_preflight.__file__).with_name("__main__.py"))


def _tell(changes: list[Change], folder: HooksFolder, *, uninstall: bool) -> None:
    """Report the changes; notices go to standard error."""
    done = "taken out of" if uninstall else "installed in"
    undone = "was not in" if uninstall else "is installed already in"
    for change in changes:
        click.echo(f"{change.hook}: {done if change.is_one else undone} {printable(str(change.path))}")
    if not changes:
        click.echo("there was nothing to take out")
    if uninstall or not changes:
        return
    if folder.everywhere:
        say("note: core.hooksPath is not this repository's own setting; the hook runs wherever it holds")
    if folder.shared:
        say("note: these hooks are files of the repository; all who run them need the program on PATH")
