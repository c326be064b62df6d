"""Known mistakes with secrets, by their shape, each with its remedy.

Nothing here is loaded for a well-formed key. No message holds any part of the value.
"""

from __future__ import annotations

import re
from typing import Final

from openrouter_preflight.keys.api_key import BODY_LENGTH, HEX_DIGITS, LENGTH, PREFIX
from openrouter_preflight.keys.key_format import FORMATS
from openrouter_preflight.keys.vendors import vendor_of

STORE_AGAIN: Final = "Save the secret again with nothing around the key; printf '%s' writes no newline, echo does."
STORE_KEY: Final = "Store the key itself: sk-or-v1- and 64 hex digits, shown once when the key is created."

KEY_SHAPE: Final = re.compile(
    "|".join(
        f"{re.escape(each.prefix)}[{each.character_class}]{{{each.body_length}}}(?![{each.character_class}])"
        for each in FORMATS
    )
)
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


def known_mistake(core: str) -> tuple[str, str] | None:
    """Return the known mistake of such a value and its remedy, or None."""
    reference = _unexpanded(core)
    if reference:
        return f"holds {reference} that was never expanded", (
            "Pass the secret through the step's `env:` and spell its name as the CI settings do."
        )
    keys = len(KEY_SHAPE.findall(core))
    if keys > 1:
        return f"holds {keys} keys in one value", "Store one key in each secret."
    if keys == 1:
        return "holds a key with other text beside it", STORE_AGAIN
    if len(core) <= LENGTH and _MASKED.fullmatch(core):
        return "is a masked label of a key, not the key", (
            "A key is shown in full only once, when it is created: create a new one and store that."
        )
    vendor = vendor_of(core)
    if vendor:
        return f"looks like a key of another vendor ({vendor}); it was sent nowhere", (
            "Store the OpenRouter key under this name: it starts with sk-or-v1-."
        )
    if _PLACEHOLDER.fullmatch(core) or len(set(core.removeprefix(PREFIX))) <= 1:
        return "is a placeholder, not a key", STORE_KEY
    return None


def is_unexpanded(core: str) -> bool:
    """Return whether the value is a reference that was never expanded."""
    return _unexpanded(core) is not None


def _unexpanded(core: str) -> str | None:
    expression = _EXPRESSION.search(core)
    if expression:
        return f"a {'$' if expression[0].startswith('$') else ''}{{{{ … }}}} expression"
    if _SHELL_VARIABLE.fullmatch(core):
        return "a $VARIABLE"
    return "a %VARIABLE%" if _PERCENT_VARIABLE.fullmatch(core) else None


def wrong_shape(core: str) -> str:
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
