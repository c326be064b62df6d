"""Quoting of a user's own words without secrets, and near words.

Every value that a message quotes goes through `shown`. Whatever might be a secret is described instead: people paste
keys into the wrong flag, variable and file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from openrouter_preflight.keys.masking import mask_keys
from openrouter_preflight.keys.vendors import vendor_of

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST_SHOWN: Final = 60
_CUT: Final = "***"
_LONGEST_WORD: Final = 40
_TOKEN: Final = re.compile(r"[0-9A-Za-z_.-]{12,}")
_RUN: Final = re.compile(r"[0-9A-Za-z+]{12,}")
_OPENROUTER_KEY: Final = re.compile(r"sk-or-[0-9A-Za-z_-]{0,16}?[0-9A-Za-z]{8}", re.IGNORECASE)
_KEY_START: Final = re.compile(r"(?<![a-z])sk[-_]", re.IGNORECASE)
_URL_WITH_PASSWORD: Final = re.compile(r"//[^/@\s]*:[^/\s]*@")
_HEX: Final = frozenset("0123456789abcdefABCDEF")


def find_key(text: str) -> int | None:
    """Return the place of a key of any vendor in `text`, or None."""
    found = _OPENROUTER_KEY.search(text)
    if found:
        return found.start()
    for token in _TOKEN.finditer(text):
        if vendor_of(token[0]) is not None and any(_has_digit(run) for run in _RUN.findall(token[0])):
            return token.start()
    return None


def holds_key(text: str) -> bool:
    """Return True where such a key is anywhere in `text`."""
    return find_key(text) is not None


def is_private(text: str) -> bool:
    """Return True for text that may be a secret, or looks random."""
    return (
        holds_key(text)
        or _KEY_START.search(text) is not None
        or _URL_WITH_PASSWORD.search(text) is not None
        or any(_looks_random(run) for run in _RUN.findall(text))
    )


def shown(text: str) -> str:
    """Return `text` in backquotes on one line, or a description of it."""
    if not text.strip():
        return "white space" if text else "nothing"
    if is_private(text):
        return "a value that looks like a secret (not shown)"
    cut = text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"
    return f"`{printable(cut)}`"


def without_secrets(text: str) -> str:
    """Return `text`, a message of others, without possible secrets."""
    bare = _TOKEN.sub(lambda found: _CUT if vendor_of(found[0]) and _has_digit(found[0]) else found[0], mask_keys(text))
    return _RUN.sub(lambda found: _CUT if _looks_random(found[0]) else found[0], bare)


def printable(text: str) -> str:
    """`text` on one line, with everything unprintable escaped."""
    return "".join(character if character.isprintable() else _escaped(character) for character in text)


def near_word(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that was probably meant by `word`, or None."""
    words = list(known)
    if len(word) > _LONGEST_WORD:
        return None
    spelled = word.strip().lower().replace("_", "-").replace(" ", "-")
    if spelled in words:
        return spelled
    from difflib import get_close_matches

    return next(iter(get_close_matches(spelled, words, n=1, cutoff=0.6)), None)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`did you mean …?` where a known word is near, else nothing."""
    near = near_word(word, known)
    return f"did you mean `{near}`?" if near else ""


def _looks_random(run: str) -> bool:
    if len(run) < 20:
        return _HEX.issuperset(run) and _has_digit(run) and not run.isdecimal()
    return _has_digit(run) or (run != run.lower() and run != run.upper())


def _has_digit(token: str) -> bool:
    return any(character.isdecimal() for character in token)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
