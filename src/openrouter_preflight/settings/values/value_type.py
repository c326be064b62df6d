"""ValueType: spelling, name in messages, and parser of a kind of value.

The kinds that are words stand here: choices, names, fingerprints, dates, paths. Quantities are in `amounts`, the base
URL in `addresses`. Flags, environment and config file share every one of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from openrouter_preflight.settings.redact import did_you_mean, holds_key, shown
from openrouter_preflight.settings.values.braces import alternatives

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date
    from enum import StrEnum
    from pathlib import Path

TEXT: Final = frozenset({"string"})
NUMBER_OR_TEXT: Final = frozenset({"number", "string"})
BOOLEAN_ONLY: Final = frozenset({"boolean"})

_KEY_BELONGS_ELSEWHERE: Final = "keep it in an environment variable, and give that variable's name with --key-env"


class BadValueError(ValueError):
    """Raised for an unreadable value. Its text holds no possible secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueType:
    """One kind of value."""

    metavar: str
    """The placeholder in help, such as `USD`."""
    expected: str
    """A noun phrase for messages, with the units: `an amount in USD such as 5 or 0.50`."""
    convert: Callable[[str], object]
    """From text to the value; raises BadValueError with advice, or with nothing where there is none."""
    schema: Mapping[str, object] = field(default_factory=dict)
    """The same rule as JSON Schema, for those that may stand in the config file."""
    scalars: frozenset[str] = TEXT
    """As what YAML may have it: `string`, `number`, `boolean`."""

    def parse(self, text: str) -> object:
        """Return the value. Raises BadValueError: expected, found, advice."""
        if holds_key(text):
            raise BadValueError(f"expected {self.expected}, not a key; {_KEY_BELONGS_ELSEWHERE}")
        try:
            return self.convert(text)
        except BadValueError as refusal:
            advice = f"; {refusal}" if str(refusal) else ""
        raise BadValueError(f"expected {self.expected}, not {shown(text)}{advice}")


def matching(
    pattern: str, *, metavar: str, expected: str, advise: Callable[[str], str] = lambda _: "", longest: int = 200
) -> ValueType:
    """A text that matches `pattern` as a whole and has at most `longest` characters."""

    def convert(text: str) -> str:
        if len(text) > longest or not re.fullmatch(pattern, text):
            raise BadValueError(advise(text))
        return text

    schema = {"type": "string", "pattern": f"^(?:{pattern})$", "maxLength": longest}
    return ValueType(metavar=metavar, expected=expected, convert=convert, schema=schema)


def choice(words: Iterable[str]) -> ValueType:
    """One of a few words."""
    known = tuple(words)

    def convert(text: str) -> str:
        if text not in known:
            raise BadValueError(did_you_mean(text, known))
        return text

    return ValueType(
        metavar="|".join(known),
        expected=either(known),
        convert=convert,
        schema={"enum": list(known)},
    )


def member(members: type[StrEnum]) -> ValueType:
    """One of an enumeration's words, as its member."""
    words = choice(one.value for one in members)

    def convert(text: str) -> StrEnum:
        words.convert(text)
        return members(text)

    return ValueType(
        metavar=words.metavar,
        expected=words.expected,
        convert=convert,
        schema=words.schema,
    )


def either(words: Iterable[str]) -> str:
    """`a`, `b` or `c`."""
    *rest, last = (f"`{word}`" for word in words)
    return f"{', '.join(rest)} or {last}" if rest else last


def variable_name(text: str) -> str:
    """Return a variable's name. Raises BadValueError, also for a key's body."""
    if re.fullmatch(r"[0-9a-fA-F]{32,}", text):
        raise BadValueError(_KEY_BELONGS_ELSEWHERE)
    if len(text) > 200 or not re.fullmatch(_VARIABLE, text):
        inner = text.strip().removeprefix("$env:").strip("${}%")
        raise BadValueError(f"write {inner}" if inner != text and re.fullmatch(_VARIABLE, inner) else "")
    return text


def path(text: str) -> Path:
    """The path of a file. Raises BadValueError."""
    from pathlib import Path

    if not text or "\0" in text:
        raise BadValueError
    return Path(text)


def _calendar_date(text: str) -> date:
    from datetime import date

    if not re.fullmatch(_DATE, text):
        raise BadValueError
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadValueError("there is no such day") from None


def _one_line(text: str) -> str:
    """`text` with its white space evened out, so that it fits a line of a report."""
    evened = " ".join(text.split())
    if not evened or not evened.isprintable() or len(evened) > 500:
        raise BadValueError
    return evened


def _truth(text: str) -> bool:
    word = text.strip().lower()
    if word in {"1", "true", "t", "yes", "y", "on"}:
        return True
    if word in {"0", "false", "f", "no", "n", "off"}:
        return False
    raise BadValueError


_VARIABLE: Final = r"[A-Za-z_][A-Za-z0-9_]*"
_DATE: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

BOOLEAN: Final = ValueType(
    metavar="BOOLEAN",
    expected="`true` or `false`",
    convert=_truth,
    schema={"type": "boolean"},
    scalars=BOOLEAN_ONLY,
)
VARIABLE: Final = ValueType(
    metavar="NAME",
    expected="the name of an environment variable",
    convert=variable_name,
    schema={"type": "string", "pattern": f"^{_VARIABLE}$", "maxLength": 200, "not": {"pattern": "^[0-9a-fA-F]{32,}$"}},
)
FILE: Final = ValueType(metavar="FILE", expected="the path of a file", convert=path)
LINE: Final = ValueType(
    metavar="TEXT",
    expected="a text of at most 500 characters that is not blank",
    convert=_one_line,
    schema={"type": "string", "pattern": r"\S", "maxLength": 500},
)
DATE: Final = ValueType(
    metavar="DATE",
    expected="a date such as 2026-12-31",
    convert=_calendar_date,
    schema={"type": "string", "format": "date", "pattern": f"^{_DATE}$"},
)
FINGERPRINT: Final = matching(
    "[0-9a-f]{64}",
    metavar="FINGERPRINT",
    expected="a key's SHA-256 as 64 lower-case hex digits",
    advise=lambda text: "write it in lower case" if re.fullmatch("[0-9a-fA-F]{64}", text) else "",
)
MODEL: Final = matching(
    r"[~@]?[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9._:/@+-]+",
    metavar="ID",
    expected="a model's identifier such as openai/gpt-5-mini or openrouter/auto",
)
KEY_NAME: Final = matching(
    r"(?!.*[0-9a-fA-F]{32})[^\s\x00-\x1f\x7f-\x9f](?:[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f])?",
    metavar="TEXT",
    expected="a name of at most 80 characters",
    advise=lambda text: _KEY_BELONGS_ELSEWHERE if re.search(r"[0-9a-fA-F]{32}", text) else "",
    longest=80,
)
_PLAIN_GLOB: Final = matching(
    r"(?!/|\./)(?!(?:.*/)?\.\.(?:/|$))[^\\\x00-\x1f\x7f-\x9f]+",
    metavar="GLOB",
    expected="a path glob, relative to the repository's root, such as tests/fixtures/**",
    advise=lambda text: "write / between folders" if "\\" in text else "",
)


def _glob(text: str) -> object:
    try:
        alternatives(text)
    except ValueError:
        raise BadValueError("its braces stand for more than 1,000 globs") from None
    return _PLAIN_GLOB.convert(text)


GLOB: Final = replace(_PLAIN_GLOB, convert=_glob)
FILES: Final = matching(
    r"[^\x00-\x1f\x7f-\x9f]+",
    metavar="GLOB",
    expected="a path or a glob of paths such as config/*.yaml",
    longest=500,
)
WORD: Final = matching(
    "[a-z][a-z0-9_]*", metavar="WORD", expected="a request parameter's name such as tools or structured_outputs"
)
MODALITY: Final = matching(
    "(?:input:|output:)?[a-z][a-z0-9_]*", metavar="MODALITY", expected="a modality such as image or output:image"
)
REVISION: Final = matching(
    r"[^\s\x00-\x1f\x7f-][^\s\x00-\x1f\x7f]*", metavar="REV", expected="a revision such as main or origin/HEAD"
)
RANGE: Final = matching(
    r"(?!-)[^\s\x00-\x1f\x7f]*\.\.[^\s\x00-\x1f\x7f]*",
    metavar="A..B",
    expected="a range of revisions such as origin/main..HEAD",
    longest=500,
)
SCENARIO: Final = matching(
    "[a-z0-9-]+", metavar="SCENARIO", expected="a scenario of the simulator, such as low-balance", longest=60
)
DESTINATION: Final = matching(
    r"(?:exec|gh|file):[^\x00-\x1f\x7f]+",
    metavar="DESTINATION",
    expected="exec:COMMAND, gh:NAME[@ENVIRONMENT] or file:PATH#NAME",
    longest=2000,
)
WORKSPACE: Final = matching("[A-Za-z0-9][A-Za-z0-9_-]*", metavar="ID", expected="a workspace's id or slug", longest=100)
