r"""The door of every report: text that others wrote becomes harmless and visible.

Key-like text is cut to its label; control characters, escape codes, line separators, bidi overrides and characters
that render as nothing become visible escapes such as `\x1b`. One field stays on one line; only a finding's `help`,
which is ours, may have several. The escaping of a format's own syntax belongs to that format.
"""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from functools import cache, lru_cache
from types import NoneType
from typing import TYPE_CHECKING, Any, Final, cast

from openrouter_preflight.findings import Finding, Rule
from openrouter_preflight.keys.masking import mask_keys

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from openrouter_preflight.findings import Outcome

# Letters and marks that str.isprintable accepts and that still render as nothing (Unicode's
# Default_Ignorable_Code_Point). GitHub's runner compares by culture, which skips them: two colons with one
# between them would start a command.
_HIDDEN: Final = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f\u3164\uffa0"
    + "".join(map(chr, [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]))
)
_BEYOND_ASCII: Final = re.compile(r"[^\x20-\x7e]")
_LONGEST: Final = 4096
"""Characters of one field: more is no name, and would drown a log or break an upload's limit."""
_OUR_SYMBOLS: Final = str.maketrans(
    {"…": "...", "→": "->", "✓": "+", "✗": "x", "·": "-", "█": "#", "░": "."},
)


@lru_cache(maxsize=1024)
def clean(text: str) -> str:
    """`text` on one line, with nothing hidden in it, no key, and of bounded length."""
    masked = mask_keys(text)
    if masked.isascii() and masked.isprintable():
        return _bounded(masked)
    bare = _BEYOND_ASCII.sub(lambda found: "" if _is_hidden(found[0]) else found[0], text)
    if mask_keys(bare) != bare:
        return _bounded(mask_keys(bare))  # a key that hidden characters might have carried past the mask
    return _bounded(_BEYOND_ASCII.sub(lambda found: _visible(found[0]) if _is_hidden(found[0]) else found[0], masked))


def clean_outcome(outcome: Outcome) -> Outcome:
    """Return the outcome with every string from outside made harmless."""
    return cast("Outcome", _harmless(outcome))


def fit_encoding(text: str, encoding: str) -> str:
    """Return `text` as that encoding can carry it, in ASCII where it must be."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_OUR_SYMBOLS).encode(encoding, "backslashreplace").decode(encoding)
    return text


_OURS: Final = (Rule, Enum, int, NoneType)
"""Types that hold no text from outside."""


def _harmless(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, tuple):
        return tuple(map(_harmless, value))
    if isinstance(value, _OURS) or not is_dataclass(value) or isinstance(value, type):
        return value
    harmless: dict[str, Any] = {}
    for name in _field_names(type(value)):
        said = getattr(value, name)
        if isinstance(said, _OURS):
            continue  # most fields of thousands of findings
        made = _harmless_help(said) if name == "help" and isinstance(value, Finding) else _harmless(said)
        if made != said:
            harmless[name] = made
    return replace(value, **harmless) if harmless else value


def _harmless_help(text: str) -> str:
    return "\n".join(map(clean, text.splitlines()))


@cache
def _field_names(kind: type[DataclassInstance]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def _bounded(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _is_hidden(character: str) -> bool:
    return not character.isprintable() or character in _HIDDEN


def _visible(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
