"""Click options of `check` and `scan`, made from the table of options.

An option that is not on the command line arrives as None, or as an empty tuple where it is repeatable: what the
environment or the config file say instead, and the defaults, are for `settings.resolve`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

from openrouter_preflight.settings.manage.options import AUDIT, REVOKE, ROTATE, RUN_JOB
from openrouter_preflight.settings.options import CHECK, COMMANDS, MERGE, SCAN
from openrouter_preflight.settings.redact import holds_key
from openrouter_preflight.settings.values.value_type import BadValueError

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.shell_completion import CompletionItem

    from openrouter_preflight.settings.option import Option
    from openrouter_preflight.settings.values.value_type import ValueType

_KEY_ADVICE = (
    "it may stand in the history of this shell now: clear it there, and revoke the key if others can read that"
)

F = TypeVar("F", bound="Callable[..., Any] | click.Command")


if TYPE_CHECKING:
    _ParamType = click.ParamType[object]
else:
    _ParamType = click.ParamType  # not generic in every click that we support


class OptionType(_ParamType):
    """A ValueType as click knows types."""

    def __init__(self, value: ValueType, read: Callable[[str], object] | None = None) -> None:
        """Take the value's type and the function that reads it, where it is a list."""
        self.name = value.metavar
        self._value = value
        self._read = read or value.parse

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> object:
        """The typed value; click asks again with what it already converted."""
        if not isinstance(value, str):
            return value
        if holds_key(value) and not _asks_for_keys(ctx):
            self.fail(f"expected {self._value.expected}, not a key; {_KEY_ADVICE}", param, ctx)
        try:
            return self._read(value)
        except BadValueError as refusal:
            self.fail(str(refusal), param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG002 - click's signature
        """Return the values that a shell may offer."""
        from openrouter_preflight.cli.completion import values_for

        return values_for(param, self.name, incomplete)


def _asks_for_keys(ctx: click.Context | None) -> bool:
    """Return True where the command takes keys by options."""
    return ctx is None or any(parameter.name == "key_env" for parameter in ctx.command.params)


def options_of(command: str) -> Callable[[F], F]:
    """Give a command every option that the table has for it."""
    return lambda function: _with_options(COMMANDS[command], function)


def check_options(command: F) -> F:
    """Give `command` every option of `check`."""
    return _with_options(CHECK, command)


def scan_options(command: F) -> F:
    """Give `command` every option of `scan`, but not its paths."""
    return _with_options(SCAN, command)


def merge_options(command: F) -> F:
    """Give `command` every option of `merge`, but not its reports."""
    return _with_options(MERGE, command)


def audit_options(command: F) -> F:
    """Give `command` every option of `audit`."""
    return _with_options(AUDIT, command)


def revoke_options(command: F) -> F:
    """Give `command` every option of `revoke`, but not its fingerprints."""
    return _with_options(REVOKE, command)


def _joined(_context: click.Context, _parameter: click.Parameter, given: tuple[tuple[object, ...], ...]) -> object:
    """Join the lists of a flag that is given several times."""
    return tuple(value for values in given for value in values)


def rotate_options(command: F) -> F:
    """Give `command` every option of `rotate`, but not its fingerprint."""
    return _with_options(ROTATE, command)


def run_options(command: F) -> F:
    """Give `command` every option of `run`, but not the command that it runs."""
    return _with_options(RUN_JOB, command)


def _with_options(options: tuple[Option, ...], command: F) -> F:
    for option in reversed(options):
        command = _click_option(option)(command)
    return command


def _click_option(option: Option) -> Callable[[F], F]:
    flag = f"{option.flag}/--no-{option.name}" if option.negatable else option.flag
    if option.is_switch:
        return click.option(
            flag, option.parameter, is_flag=True, default=None, help=option.summary, allow_from_autoenv=False
        )
    return click.option(
        flag,
        option.parameter,
        type=OptionType(option.value, None if option.holds_paths else option.read),
        metavar=option.value.metavar,
        multiple=option.repeatable,
        callback=_joined if option.repeatable and not option.holds_paths else None,
        help=f"{option.summary} Repeatable." if option.repeatable else option.summary,
        allow_from_autoenv=False,
    )
