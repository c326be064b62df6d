"""Options given by the environment, read by the same table as the flags.

Click is not used for this: a scan in a hook starts without it, and a message should name the variable, not the flag.
"""

from __future__ import annotations

from collections import ChainMap
from typing import TYPE_CHECKING, Any, Final

from openrouter_preflight.errors import UsageError
from openrouter_preflight.settings.option import ENVIRONMENT_PREFIX
from openrouter_preflight.settings.options import COMMANDS
from openrouter_preflight.settings.redact import near_word, printable
from openrouter_preflight.settings.values.value_type import BadValueError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_OWN: Final = f"{ENVIRONMENT_PREFIX}_"
_EXTRA_PARAMETERS: Final = ("paths", "mode")
"""Of `scan`: its arguments, and a mode that the Action decides on."""


class Requested(ChainMap[str, Any]):
    """Options of one command: of the flags first, of the environment second."""

    @property
    def flags(self) -> Mapping[str, Any]:
        """Options on the command line, or inputs of the Action."""
        return self.maps[0]


def read_request(command: str, given: Mapping[str, object], environ: Mapping[str, str]) -> Requested:
    """Join flags and environment. Raises UsageError for every bad variable.

    A `given` that is joined already is returned as it is, so that the environment is read once a run.
    """
    if isinstance(given, Requested):
        return given
    names = {*_EXTRA_PARAMETERS, *(option.parameter for option in COMMANDS[command])}
    flags = {name: value for name, value in given.items() if name in names and value is not None and value != ()}
    return Requested(flags, options_of_environment(command, environ))


def source_of(parameter: str, command: str, requested: Requested, environ: Mapping[str, str]) -> str | None:
    """Return the flag or variable that sets an option, or None."""
    option = next(each for each in COMMANDS[command] if each.parameter == parameter)
    if parameter in requested.flags:
        return option.flag
    variables = (option.variable(command), option.also_from or "")
    return next((name for name in variables if environ.get(name, "").strip()), None)


def options_of_environment(command: str, environ: Mapping[str, str]) -> dict[str, object]:
    """Return the environment's options of `command`. Raises UsageError.

    A variable that is empty or blank counts as not set: CI systems pass on what nobody filled in as an empty text.
    """
    options: dict[str, object] = {}
    problems = unknown_variables(environ)
    for option in COMMANDS[command]:
        for variable in filter(None, (option.variable(command), option.also_from)):
            text = environ.get(variable, "").strip()
            if not text:
                continue
            try:
                options[option.parameter] = option.read(text)
            except BadValueError as refusal:
                problems.append(f"{variable}: {refusal}")
            break
    if problems:
        raise UsageError("\n".join(problems))
    return options


def unknown_variables(environ: Mapping[str, str], also_known: Collection[str] = ()) -> list[str]:
    """Return a sentence for each variable that looks like an option's.

    Those of every command count, since one environment serves several of them.
    """
    suspects = [name for name in sorted(environ) if name.upper().startswith(_OWN) and environ[name].strip()]
    if not suspects:
        return []
    known = {option.variable(command): option for command, options in COMMANDS.items() for option in options}
    return [
        f"{printable(name)}: there is no such variable{_did_you_mean(name, known)}"
        for name in suspects
        if name not in known and name not in also_known
    ]


def _did_you_mean(name: str, known: Collection[str]) -> str:
    """Return the variables of the same option, else the nearest spelling."""
    whole = name.upper().replace("-", "_").removeprefix(_OWN)
    of, _, word = whole.partition("_")
    command = near_word(of, COMMANDS)
    same = [each for each in known if each == _OWN + whole] or [
        each for each in known if each.endswith((f"_{whole}", f"_{word}") if command else f"_{whole}")
    ]
    if not same:
        own = f"{_OWN}{command or ''}_".upper()
        words = {
            each.removeprefix(own).lower().replace("_", "-"): each for each in known if command and each.startswith(own)
        }
        near = near_word(word, words)
        same = [words[near]] if near else []
    return f"; did you mean {' or '.join(same)}?" if same else ""
