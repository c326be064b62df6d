"""What is wrong with a raw secret, judged before any request is made and without ever quoting it.

The order of the questions is the order in which a person would see the faults: nothing there, something around it, a
reference instead of a value, several values, somebody else's value, and last a wrong shape (API.md §4).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from openrouter_preflight.keys.api_key import BODY_LENGTH, HEX_DIGITS, LENGTH, PREFIX, ApiKey
from openrouter_preflight.keys.vendors import vendor_of


class Fault(StrEnum):
    """What kind of thing is wrong with the value as it was stored."""

    MISSING = "missing"
    MALFORMED = "malformed"
    """Not a key that OpenRouter issues, and unlike one that a partner would bring."""
    ODD_SHAPE = "odd-shape"
    """No known mistake and not OpenRouter's shape either: perhaps a partner's own key (API.md §4)."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What a raw secret turned out to be."""

    key: ApiKey | None
    """The key to ask about, cleaned of what surrounds it; None where nothing may be sent."""
    fault: Fault | None = None
    message: str = ""
    """What is wrong with the value, as the predicate of a sentence: `is empty`, `is cut short: …`."""
    fix: str = ""
    """The next step for this fault in particular; empty where the rule's own says it all."""
    around: str = ""
    """What surrounds `key`, likewise: `ends with a newline`. The deployed program would send it along."""


STORE_AGAIN: Final = "Save the secret again with nothing around the key; printf '%s' writes no newline, echo does."
_STORE_KEY: Final = "Store the key itself: sk-or-v1- and 64 hex digits, shown once when the key is created."
_MINIMUM_PARTNER_LENGTH: Final = 32
_LONGEST_JUDGED: Final = 4096
"""Characters; a longer value is some other thing, and looking closely at it could take for ever."""

_KEY_SHAPE: Final = re.compile(PREFIX + r"[0-9a-fA-F]{64}(?![0-9a-fA-F])")
_MASKED: Final = re.compile(r"(?:sk-)?[\w-]*(?:\.{2,}|…|\*{2,}|•{2,})[\w-]*")
_EXPRESSION: Final = re.compile(r"\$\{\{.*?\}\}|\{\{.*?\}\}", re.DOTALL)
_SHELL_VARIABLE: Final = re.compile(r"\$(?:\{\w+[^}]*\}|\(\w+\)|\w+)|\$env:\w+")
_PERCENT_VARIABLE: Final = re.compile(r"%\w+%")
_PLACEHOLDER: Final = re.compile(
    r"<[^<>]*>|\[[^\[\]]*\]"
    r"|(?:sk-or-v1-|sk-or-|sk-)?(?:your|my|the|insert|enter|put|paste|add|replace|change|dummy|fake|test|example|sample"
    r"|placeholder|todo|fixme|xxx|none|null|undefined|nil|secret|key|api|openrouter|redacted|masked|hidden|tbd|n/?a)"
    r"[a-z\s_-]{0,80}",
    re.IGNORECASE,
)
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
    """Judge the value of a secret as it was stored. Never raises, and no message holds any part of the value."""
    if raw is None:
        return Diagnosis(None, Fault.MISSING, "is not set")
    if raw == "":
        return Diagnosis(None, Fault.MISSING, "is empty")
    if len(raw) > _LONGEST_JUDGED:
        return Diagnosis(None, Fault.MALFORMED, f"is no key: it holds {len(raw)} characters", _STORE_KEY)
    core, around = _unwrap(raw)
    if core == "":
        return Diagnosis(None, Fault.MISSING, _nothing_inside(raw))
    key = ApiKey(core)
    if key.is_well_formed:
        return Diagnosis(key, around=" and ".join(around))
    mistake = _known_mistake(core)
    if mistake:
        return Diagnosis(None, Fault.MALFORMED, *mistake)
    message = _wrong_shape(core)
    if _could_be_a_partners_key(core):
        return Diagnosis(key, Fault.ODD_SHAPE, message, f"{_STORE_KEY} {_PARTNER_HINT}", " and ".join(around))
    return Diagnosis(None, Fault.MALFORMED, message, _STORE_KEY)


_PARTNER_HINT: Final = "If it is a partner's own key, pass --allow-any-shape and it will be asked about."


def _unwrap(raw: str) -> tuple[str, list[str]]:
    """The value without what surrounds it, and in words what that was, outermost first."""
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
    said = []
    if start:
        said.append(f"starts with {_count_blanks(text[:start])}")
    if end < len(text) and start < end:
        said.append(f"ends with {_count_blanks(text[end:])}")
    if start == end and text:
        return "", _count_blanks(text)
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
        if len(text) > 1 and text[-1] in "\"'`":
            return text[:-1], f"ends with a stray quote ({_QUOTES[text[-1]]})"
        return text, ""
    if len(text) > 1 and text.endswith(_CLOSING.get(opening, opening)):
        return text[1:-1], f"stands in {_QUOTES[opening]}"
    return text[1:], f"starts with a stray quote ({_QUOTES[opening]})"


def _peel_bearer(text: str) -> tuple[str, str]:
    found = _BEARER.match(text)
    return (text[found.end() :], "starts with `Bearer `") if found else (text, "")


def _peel_assignment(text: str) -> tuple[str, str]:
    found = _ASSIGNMENT.match(text)
    if found and _KEY_SHAPE.search(text, found.end()):
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


def _known_mistake(core: str) -> tuple[str, str] | None:
    """The mistake that people are known to make with such a value, and its remedy; None if it is none of them."""
    reference = _unexpanded(core)
    if reference:
        return f"holds {reference} that was never expanded", (
            "Pass the secret through the step's `env:` and spell its name as the CI settings do."
        )
    keys = len(_KEY_SHAPE.findall(core))
    if keys > 1:
        return f"holds {keys} keys in one value", "Store one key in each secret."
    if keys == 1:
        return "holds a key with other text beside it", STORE_AGAIN
    if len(core) < LENGTH and _MASKED.fullmatch(core):
        return "is a masked label of a key, not the key", (
            "A key is shown in full only once, when it is created: create a new one and store that."
        )
    vendor = vendor_of(core)
    if vendor:
        return f"looks like a key of another vendor ({vendor}); it was sent nowhere", (
            "Store the OpenRouter key under this name: it starts with sk-or-v1-."
        )
    if _PLACEHOLDER.fullmatch(core) or len(set(core.removeprefix(PREFIX))) <= 1:
        return "is a placeholder, not a key", _STORE_KEY
    return None


def _unexpanded(core: str) -> str | None:
    if _EXPRESSION.search(core):
        return "a ${{ … }} expression"
    if _SHELL_VARIABLE.fullmatch(core):
        return "a $VARIABLE"
    return "a %VARIABLE%" if _PERCENT_VARIABLE.fullmatch(core) else None


def _wrong_shape(core: str) -> str:
    """In which way the value differs from a key, in words."""
    if core.startswith(PREFIX):
        body = core[len(PREFIX) :]
        strangers = sum(1 for character in body if character not in HEX_DIGITS)
        if strangers:
            kind = "character that is no hex digit" if strangers == 1 else "characters that are no hex digits"
            return f"starts with {PREFIX} and holds {strangers} {kind}"
        kind = "cut short" if len(body) < BODY_LENGTH else "too long"
        return f"is {kind}: {len(body)} hex digits after {PREFIX}, not {BODY_LENGTH}"
    if len(core) == BODY_LENGTH and HEX_DIGITS.issuperset(core):
        return f"is 64 hex digits without {PREFIX} in front: a key's hash, or a key that lost its start"
    if core.lower().startswith(PREFIX):
        return f"starts with {PREFIX} in capitals"
    return f"does not look like an OpenRouter key: {len(core)} characters, no {PREFIX} in front"


def _could_be_a_partners_key(core: str) -> bool:
    """Whether a partner could have brought it (32 characters or more), and a header can carry it."""
    return len(core) >= _MINIMUM_PARTNER_LENGTH and core.isascii() and core.isprintable() and " " not in core
