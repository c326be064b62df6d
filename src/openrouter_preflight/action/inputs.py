"""The Action's inputs, read from the variables of `action.yml` and checked.

What an input may hold is what the flag of the same meaning takes; both are read by the table in `settings.options`.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from openrouter_preflight.errors import UsageError
from openrouter_preflight.settings.options import CHECK, SCAN
from openrouter_preflight.settings.redact import printable
from openrouter_preflight.settings.values import value_type as values
from openrouter_preflight.settings.values.value_type import BadValueError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from openrouter_preflight.settings.option import Option

PREFIX: Final = "OPENROUTER_PREFLIGHT_INPUT_"
"""Of the variables in which `action.yml` passes the inputs on; as an OPENROUTER_ name, git never sees them."""
NOT_GIVEN: Final = "(not given)"
"""The default of `api-key`. A secret that does not exist arrives as an empty text, and only so can the two be told
apart: the first asks for no check, the second is a missing key."""
SCAN_WORDS: Final = ("auto", "staged", "range", "history", "tree", "off")

_GATES: Final = ("min-balance", "min-runway", "expires-within", "require-models")
_POLICIES: Final = ("on-missing", "on-unreachable", "on-unknown-balance")
_SERVICE: Final = ("base-url", "simulate")
_FLAGS: Final = {"require-models": "require-model"}
"""The inputs that are called otherwise than their flag."""
_PATHS: Final = {"sarif-file": "sarif_file", "working-directory": "working_directory"}
_NAMES: Final = ("scan", "config", "strict", *_PATHS, *_GATES, *_POLICIES, *_SERVICE)
_OPTIONS: Final = {option.name: option for option in (*SCAN, *CHECK)}
_SCAN_WORD: Final = values.choice(SCAN_WORDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """The inputs of the workflow's author, without the two secrets."""

    check: Mapping[str, object] = field(default_factory=dict)
    """Options of `check` by parameter name, as `settings.resolve` takes them."""
    scan: str = "auto"
    strict: bool | None = None
    config: Path | None = None
    sarif_file: Path | None = None
    working_directory: Path | None = None
    """The folder of the checkout, from the workspace; None where the workspace is it."""
    key_given: bool = False
    """True where the workflow names `api-key`, even an empty one."""
    gates_given: bool = False
    """True where an input needs a check to be answered."""


def read_inputs(environ: Mapping[str, str]) -> Inputs:
    """The inputs. Raises UsageError that names every input with a wrong value."""
    given = dict(_given(environ))
    check: dict[str, object] = {}
    others: dict[str, Any] = {}
    problems: list[str] = []
    for name, text in given.items():
        try:
            if name in (*_GATES, *_POLICIES, *_SERVICE):
                check[_option(name).parameter] = _option(name).read(text)
            elif name == "scan":
                others["scan"] = _SCAN_WORD.parse(text)
            elif name in _PATHS:
                others[_PATHS[name]] = values.FILE.parse(text)
            elif name in ("strict", "config"):
                others[name] = _option(name).value.parse(text)
        except BadValueError as refusal:
            problems.append(f"input {name}: {refusal}")
    if "simulate" in given and "base-url" in given:
        problems.append("inputs simulate and base-url exclude each other: leave one of them out")
    problems += _unknown(environ)
    if problems:
        raise UsageError("\n".join(problems))
    return Inputs(
        check=check,
        key_given=environ.get(f"{PREFIX}API_KEY", NOT_GIVEN) != NOT_GIVEN,
        gates_given=any(name in given for name in (*_GATES, *_SERVICE)),
        **others,
    )


def secrets_of(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the given secrets, empty ones too, by their variable for `check`."""
    held = {
        "OPENROUTER_API_KEY": environ.get(f"{PREFIX}API_KEY", NOT_GIVEN),
        "OPENROUTER_MANAGEMENT_KEY": environ.get(f"{PREFIX}MANAGEMENT_KEY") or NOT_GIVEN,
    }
    return {name: text for name, text in held.items() if text != NOT_GIVEN}


@contextmanager
def naming(name: str, given: object) -> Iterator[None]:
    """Name the input in a UsageError that is about its value."""
    try:
        yield
    except UsageError as error:
        if given is None:
            raise
        raise UsageError(f"input {name}: {error}", error.hint) from None


def _unknown(environ: Mapping[str, str]) -> Iterator[str]:
    """Yield a sentence for each variable that is named like an input and is none."""
    known = {_variable(name) for name in (*_NAMES, "api-key", "management-key")}
    for variable in sorted(environ):
        if variable.startswith(PREFIX) and variable not in known and environ[variable].strip():
            yield f"{printable(variable)}: there is no such input"


def _given(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Return names and texts of the inputs that are set, without the secrets."""
    for name in _NAMES:
        text = environ.get(_variable(name), "").strip()
        if text:
            yield name, text


def _variable(name: str) -> str:
    return f"{PREFIX}{name.replace('-', '_').upper()}"


def _option(name: str) -> Option:
    return _OPTIONS[_FLAGS.get(name, name)]
