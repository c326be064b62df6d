"""What the environment says of a command's options, read by the same table as its flags.

Click is not asked to do this: a scan in a hook starts without it, and a message should name the variable, not the flag.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from openrouter_preflight.errors import UsageError
from openrouter_preflight.settings.option import ENVIRONMENT_PREFIX
from openrouter_preflight.settings.options import COMMANDS
from openrouter_preflight.settings.redact import near_word, printable
from openrouter_preflight.settings.values.value_type import BadValueError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from openrouter_preflight.settings.option import Option


def asked_by_environment(command: str, environ: Mapping[str, str]) -> dict[str, object]:
    """The options that the environment gives to `command`, by parameter. Raises UsageError that names the variables.

    A variable that is empty or blank counts as not set: CI systems pass on what nobody filled in as an empty text.
    """
    asked: dict[str, object] = {}
    problems = list(_unknown(command, environ))
    for option in COMMANDS[command]:
        for variable in filter(None, (option.variable(command), option.also_from)):
            text = environ.get(variable, "").strip()
            if not text:
                continue
            try:
                asked[option.parameter] = _read(option, text)
            except BadValueError as refusal:
                problems.append(f"{variable}: {refusal}")
            break
    if problems:
        raise UsageError("\n".join(problems))
    return asked


def _unknown(command: str, environ: Mapping[str, str]) -> Iterator[str]:
    """The variables that are named like those of `command` and are none: a mistyped gate must not stay open."""
    known = {option.variable(command): option.parameter.replace("_", "-") for option in COMMANDS[command]}
    own = f"{ENVIRONMENT_PREFIX}_"
    for name in sorted(environ.keys() - known):
        of, _, word = name.removeprefix(own).lower().partition("_")
        if name.startswith(own) and environ[name].strip() and near_word(of, COMMANDS) == command:
            near = near_word(word, known.values())
            meant = next((f"; did you mean {variable}?" for variable, each in known.items() if each == near), "")
            yield f"{printable(name)}: there is no such variable{meant}"


def _read(option: Option, text: str) -> object:
    if not option.repeatable:
        return option.value.parse(text)
    parts = text.splitlines() if option.one_a_line else re.split(r"[\s,]+", text)
    return tuple(option.value.parse(part.strip()) for part in parts if part.strip())
