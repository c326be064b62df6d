"""Diagnosis of a raw secret before any request, without quoting it.

The order of the questions is the order in which a person would see the faults: nothing there, something around it, a
reference instead of a value, several values, somebody else's value, and last a wrong shape (API.md §4). From the
reference on the answers stand in `mistakes`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from openrouter_preflight.keys.api_key import PREFIX, ApiKey

if TYPE_CHECKING:
    from openrouter_preflight.keys.tokens import Token


class SecretProblem(StrEnum):
    """Kinds of problems of a stored value."""

    MISSING = "missing"
    MALFORMED = "malformed"
    """Not a key that OpenRouter issues, and unlike one that a partner would bring."""
    ODD_SHAPE = "odd-shape"
    """No known mistake and not OpenRouter's shape either: perhaps a partner's own key (API.md §4)."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The result of judging a raw secret."""

    key: ApiKey | None
    """The key to ask about, cleaned of what surrounds it; None where nothing may be sent."""
    fault: SecretProblem | None = None
    message: str = ""
    """The problem as the predicate of a sentence: `is empty`, `is cut short: …`."""
    fix: str = ""
    """The next step for this fault in particular; empty where the rule's own says it all."""
    token: Token | None = None
    """The claims of `key` where it is a workload-identity token."""
    is_unexpanded: bool = False
    """It is a reference that nobody expanded: the cure depends on the place where it runs."""
    around: str = ""
    """The surroundings of `key`, likewise: `ends with a newline`.

    The deployed program would send them along."""


_MINIMUM_PARTNER_LENGTH: Final = 32
_LONGEST_JUDGED: Final = 4096
"""Characters; a longer value is some other thing, and looking closely at it could take for ever."""

_INVISIBLE: Final = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad")
_QUOTES: Final = {
    '"': "double quotes",
    "'": "single quotes",
    "`": "backquotes",
    "\u201c": "curly quotes",
    "\u2018": "curly quotes",
}
_CLOSING: Final = {"\u201c": "\u201d", "\u2018": "\u2019"}
_BEARER: Final = re.compile(r"(?:authorization:\s*)?bearer\s+", re.IGNORECASE)
_ASSIGNMENT: Final = re.compile(r"(?:export\s+)?[A-Za-z_][A-Za-z0-9_]*\s*=\s*")


def diagnose(raw: str | None) -> Diagnosis:
    """Judge a stored value. Never raises; no message holds a part of the value."""
    if raw is None:
        return Diagnosis(None, SecretProblem.MISSING, "is not set")
    if raw == "":
        return Diagnosis(None, SecretProblem.MISSING, "is empty")
    if len(raw) > _LONGEST_JUDGED:
        return Diagnosis(None, SecretProblem.MALFORMED, f"is no key: it holds {len(raw)} characters")
    core, around = _unwrap(raw)
    if core == "":
        return Diagnosis(None, SecretProblem.MISSING, _nothing_inside(raw))
    key = ApiKey(core)
    if key.is_well_formed:
        return Diagnosis(key, around=" and ".join(around))
    return _diagnose_shape(key, core, " and ".join(around))


def _diagnose_shape(key: ApiKey, core: str, around: str) -> Diagnosis:
    """Return the problem of a value that is not shaped like an OpenRouter key."""
    from openrouter_preflight.keys.tokens import read_token

    token = read_token(core)
    if token is not None:
        return Diagnosis(key, token=token, around=around)
    from openrouter_preflight.keys.mistakes import STORE_KEY, is_unexpanded, known_mistake, wrong_shape

    mistake = known_mistake(core)
    if mistake:
        return Diagnosis(None, SecretProblem.MALFORMED, *mistake, is_unexpanded=is_unexpanded(core))
    if _could_be_a_partners_key(core):
        return Diagnosis(key, SecretProblem.ODD_SHAPE, wrong_shape(core), f"{STORE_KEY} {_PARTNER_HINT}", around=around)
    return Diagnosis(None, SecretProblem.MALFORMED, wrong_shape(core), STORE_KEY)


_PARTNER_HINT: Final = "If it is a partner's own key, pass --allow-any-shape and it will be asked about."


def _unwrap(raw: str) -> tuple[str, list[str]]:
    """Return the value without its surroundings, and these in words."""
    around: list[str] = []
    core = raw
    while True:
        for peel in (_peel_space, _peel_assignment, _peel_quotes, _peel_bearer, _join_broken_key):
            inner, said = peel(core)
            if said:
                around += [said] if said not in around else []
                core = inner
                break
        else:
            return core, around


def _peel_space(text: str) -> tuple[str, str]:
    blank = _INVISIBLE | {"\0"}
    start, end = 0, len(text)
    while start < end and (text[start].isspace() or text[start] in blank):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in blank):
        end -= 1
    if start == end:
        return "", _count_blanks(text)
    said = []
    if start:
        said.append(f"starts with {_count_blanks(text[:start])}")
    if end < len(text):
        said.append(f"ends with {_count_blanks(text[end:])}")
    return text[start:end], " and ".join(said)


def _count_blanks(blanks: str) -> str:
    """In words, which blanks and how many: `2 spaces and a newline`."""
    names = (("\r\n", "Windows newline"), ("\n", "newline"), ("\r", "carriage return"), (" ", "space"), ("\t", "tab"))
    said = []
    rest = blanks
    for blank, name in names:
        count = rest.count(blank)
        if count:
            said.append(f"a {name}" if count == 1 else f"{count} {name}s")
            rest = rest.replace(blank, "")
    if rest:
        said.append("an invisible character" if len(rest) == 1 else f"{len(rest)} invisible characters")
    return " and ".join(said)


def _peel_quotes(text: str) -> tuple[str, str]:
    opening = text[:1]
    if opening not in _QUOTES:
        if text.endswith(('"', "'", "`")):
            return text[:-1], f"ends with a stray quote ({_QUOTES[text[-1]]})"
        return text, ""
    if text.endswith(_CLOSING.get(opening, opening)):
        return text[1:-1], f"stands in {_QUOTES[opening]}"
    return text[1:], f"starts with a stray quote ({_QUOTES[opening]})"


def _peel_bearer(text: str) -> tuple[str, str]:
    found = _BEARER.match(text)
    return (text[found.end() :], "starts with `Bearer `") if found else (text, "")


def _peel_assignment(text: str) -> tuple[str, str]:
    found = _ASSIGNMENT.match(text)
    if found and PREFIX in text[found.end() :]:
        return text[found.end() :], "starts with `NAME=`: the whole line of a .env file was stored"
    return text, ""


def _join_broken_key(text: str) -> tuple[str, str]:
    """A key that was pasted across a line end, without the break."""
    parts = text.split()
    joined = "".join(parts)
    if len(parts) < 2 or not ApiKey(joined).is_well_formed:
        return text, ""
    blanks = "".join(character for character in text if character.isspace())
    return joined, f"is broken by {_count_blanks(blanks)} after {len(parts[0])} characters"


def _nothing_inside(raw: str) -> str:
    return f"holds only {_count_blanks(raw)}" if not raw.strip() else "holds nothing between its quotes"


def _could_be_a_partners_key(core: str) -> bool:
    """Return True for 32 or more characters that a header can carry."""
    return len(core) >= _MINIMUM_PARTNER_LENGTH and core.isascii() and core.isprintable() and " " not in core
