"""The top of the command line: the commands, and the exit codes of every ending."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING, NoReturn

import click

from openrouter_preflight import __version__
from openrouter_preflight.cli.lazy import LazyGroup
from openrouter_preflight.cli.stderr import error_text, sanitize, say, warn
from openrouter_preflight.cli.streams import silence_stdout
from openrouter_preflight.errors import NAME, PreflightError, UsageError, apology
from openrouter_preflight.findings.outcome import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

_NOWHERE = (
    "the current folder is not there any more; nothing was decided\nChange to a folder that is, and run it again."
)


@click.group(
    cls=LazyGroup,
    commands_in={
        "check": "openrouter_preflight.cli.subcommands.check",
        "scan": "openrouter_preflight.cli.subcommands.scan",
        "audit": "openrouter_preflight.cli.subcommands.audit",
        "revoke": "openrouter_preflight.cli.subcommands.revoke",
        "rotate": "openrouter_preflight.cli.subcommands.rotate",
        "run": "openrouter_preflight.cli.subcommands.run",
        "models": "openrouter_preflight.cli.models.command",
        "allow": "openrouter_preflight.cli.subcommands.allow",
        "explain": "openrouter_preflight.cli.subcommands.explain",
        "init": "openrouter_preflight.cli.subcommands.init",
        "doctor": "openrouter_preflight.cli.subcommands.doctor",
        "completion": "openrouter_preflight.cli.subcommands.completion",
        "install-hook": "openrouter_preflight.cli.subcommands.install_hook",
        "merge": "openrouter_preflight.cli.subcommands.merge",
        "schema": "openrouter_preflight.cli.subcommands.schema",
        "simulate": "openrouter_preflight.cli.subcommands.simulate",
    },
    context_settings={
        "help_option_names": ["-h", "--help"],
        "max_content_width": 100,
    },
    epilog="""
    \b
    Examples:
      openrouter-preflight check --min-balance 5     gate a release on $5 left
      openrouter-preflight scan --staged             look at what a commit brings
      openrouter-preflight scan --history            look at everything committed

    \b
    Exit codes: 0 pass, 1 fail, 2 usage, 3 something could not be decided, 130 interrupted.
    """,
    invoke_without_command=True,
    subcommand_metavar="COMMAND [ARGS]...",
)
@click.version_option(__version__, prog_name=NAME)
@click.pass_context
def cli(context: click.Context) -> None:
    """Check OpenRouter keys before a deploy, and scan for committed ones."""
    if context.invoked_subcommand is None:  # click versions differ in how they say this, and one calls it an error
        say(context.get_help())
        context.exit(ExitCode.USAGE)


def run(arguments: Sequence[str], *, data: object = None) -> int:
    """Run the command line. Returns the exit code; raises only for bugs in itself.

    `data` is what the fast lane has read for it.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        code = _main(arguments, data)
        if sys.stdout:
            sys.stdout.flush()
    except click.exceptions.Exit as ending:
        return ending.exit_code
    except click.ClickException as error:
        return _say(_usage_text(error), ExitCode.USAGE)
    except UsageError as error:
        return _say(error_text(error), ExitCode.USAGE)
    except PreflightError as error:
        return _say(error_text(error), ExitCode.INCOMPLETE)
    except (KeyboardInterrupt, click.Abort):
        return _say("interrupted: nothing was decided", ExitCode.INTERRUPTED)
    except (BrokenPipeError, SystemExit):
        # Whoever read the output has left, which click turns into an exit of its own.
        silence_stdout()
        return ExitCode.INCOMPLETE
    except Exception as error:  # noqa: BLE001 - the last resort: a traceback could show data
        return _say(_NOWHERE if _stands_nowhere() else apology(error), ExitCode.INCOMPLETE)
    return int(code or 0)


def _main(arguments: Sequence[str], data: object) -> int | None:
    """Run the command, or answer a shell that asks what to complete."""
    if os.environ.get("_OPENROUTER_PREFLIGHT_COMPLETE"):
        from openrouter_preflight.cli.completion import complete_if_asked

        return complete_if_asked(cli)
    code: int | None = cli.main(list(arguments), prog_name=NAME, standalone_mode=False, obj=data)
    return code


def _stands_nowhere() -> bool:
    """Return True where the current folder was deleted."""
    try:
        os.getcwd()  # noqa: PTH109 - the same
    except OSError:
        return True
    return False


def _interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
    """TERM ends a run as an interrupt does, so that every `finally` cleans up."""
    raise KeyboardInterrupt


def _usage_text(error: click.ClickException) -> str:
    """Return click's message, without keys that were pasted into argv."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    hint = f"\nTry: {context.command_path} --help" if context is not None else ""
    return sanitize(error.format_message()) + hint


def _say(text: str, code: ExitCode) -> int:
    warn(text)
    return code
