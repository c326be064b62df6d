"""Masking of key-like text in file names, labels and click's messages."""

from __future__ import annotations

import re

from openrouter_preflight.keys.key_format import FORMATS

_VISIBLE = 3
_HYPHEN = (
    r"(?:[-\u2010-\u2015\u2043\u2212]|%(?:25)?2d|\\{1,4}(?:u002d|u\{2d\}|x2d|055|-|u20[0-9a-f]{2}|u2212)|&#?[0-9a-z]{1,6};"
    r"|%e2%8[08]%[0-9a-f]{2})"
)
"""Also as URLs, JSON, programs and pages escape it, and its look-alikes."""
_STARTS = [re.escape(each.prefix).replace(r"\-", _HYPHEN) for each in FORMATS]
_START = f"(?:{'|'.join(_STARTS)})"
# Patterns are compiled where they are needed: a run that shows no key needs none of them.
_PREFIX = rf"(?i){_START}"
# The second key of two without anything between them starts within what else would be the first one's body.
_KEY_LIKE = rf"(?i)({_START}[0-9a-z]{{{_VISIBLE}}})(?:(?!{_START})[0-9a-z_]){{6,}}"
_LAST_WORDS = [each.prefix.strip("-").rpartition("-")[2] for each in FORMATS]
"""Without one of them, in either case, nothing is like a key."""


_LONG_RUN = r"(?i)[0-9a-f]{16,}"


_BASE64 = r"[0-9A-Za-z+/_-]{90,}"
"""As long as a key in base64, but for its beginning."""
_ENDS_OF_PREFIXES = [each.prefix[3:].encode() for each in FORMATS]


_CODES = r"(?i)(?:(?:0x|\\x|%)?[0-9a-f]{2}[ ,:;.-]{0,2}){64,}"
"""A body in hexadecimal, or in a list of codes."""
_BACKWARDS = rf"[0-9a-z]{{16,}}(?={'|'.join(re.escape(each.prefix[::-1]) for each in FORMATS)})"


def mask_pieces(text: str) -> str:
    """Return `text`, a given name, without keys, also in base64 or cut."""
    for hidden in (_CODES, _BACKWARDS):
        text = re.sub(hidden, lambda run: f"{run[0][:_VISIBLE]}...{run[0][-_VISIBLE:]}", text)
    masked = mask_keys(re.sub(_BASE64, lambda run: _masked_base64(run[0]), text))
    start = re.search(_PREFIX, masked)
    if start is None:
        return masked
    after = re.sub(_LONG_RUN, lambda run: f"{run[0][:_VISIBLE]}...", masked[start.end() :])
    return masked[: start.end()] + after


def _masked_base64(run: str) -> str:
    """`run` cut down like a key, if it is base64 of one in any of the four alignments."""
    from base64 import urlsafe_b64decode

    whole = run.replace("+", "-").replace("/", "_")
    texts = (whole[start : len(whole) - (len(whole) - start) % 4] for start in range(4))
    if any(end in urlsafe_b64decode(each) for each in texts for end in _ENDS_OF_PREFIXES):
        return f"{run[:_VISIBLE]}...{run[-_VISIBLE:]}"
    return run


def mask_keys(text: str) -> str:
    """Return `text` with each key cut down to its label."""
    folded = text.lower()
    if not any(word in folded for word in _LAST_WORDS):
        return text
    return re.sub(_KEY_LIKE, lambda found: f"{found[1]}...{found[0][-_VISIBLE:]}", text)
