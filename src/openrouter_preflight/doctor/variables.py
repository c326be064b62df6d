"""The environment: keys by name and shape, and variables of options."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openrouter_preflight.doctor.line import Line, fail, note
from openrouter_preflight.errors import UsageError
from openrouter_preflight.keys.diagnosis import diagnose
from openrouter_preflight.keys.printable import printable
from openrouter_preflight.settings.environment import options_of_environment
from openrouter_preflight.settings.model import DEFAULT_KEY_ENV, DEFAULT_MANAGEMENT_KEY_ENV
from openrouter_preflight.settings.option import ENVIRONMENT_PREFIX
from openrouter_preflight.settings.options import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_MARK = "sk-or-v1-"


def look_at_variables(environ: Mapping[str, str]) -> Iterator[Line]:
    """Yield a line for each key, and one for this program's variables."""
    usual = (DEFAULT_KEY_ENV, DEFAULT_MANAGEMENT_KEY_ENV)
    others = [name for name, value in sorted(environ.items()) if _MARK in value and name not in usual]
    for name in (*usual, *others):
        yield _key(name, environ.get(name))
    yield _flags(environ)


def _key(name: str, value: str | None) -> Line:
    shown = printable(name)
    if value is None:
        return note("key", f"{shown} is not set")
    found = diagnose(value)
    if found.fault is not None or found.key is None:
        return fail("key", f"{shown} {found.message}", found.fix)
    if found.around:
        return fail("key", f"{shown} {found.around}", "Save the key again, alone.")
    return Line("key", f"{shown} holds {found.key}, shaped like an OpenRouter key")


def _flags(environ: Mapping[str, str]) -> Line:
    names = sorted(name for name in environ if name.startswith(f"{ENVIRONMENT_PREFIX}_"))
    for command in COMMANDS:
        try:
            options_of_environment(command, environ)
        except UsageError as error:
            return fail("variables", str(error).replace("\n", "; "), error.hint)
    return Line(
        "variables", f"set: {', '.join(map(printable, names))}" if names else f"no {ENVIRONMENT_PREFIX}_* is set"
    )
