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
_PREFIX = re.compile(_START, re.IGNORECASE)
# The second key of two without anything between them starts within what else would be the first one's body.
_KEY_LIKE = re.compile(rf"({_START}[0-9a-z]{{{_VISIBLE}}})(?:(?!{_START})[0-9a-z_]){{6,}}", re.IGNORECASE)


_LONG_RUN = re.compile(r"[0-9a-f]{16,}", re.IGNORECASE)


_BASE64 = re.compile(r"[0-9A-Za-z+/_-]{90,}")
"""As long as a key in base64, but for its beginning."""
_ENDS_OF_PREFIXES = [each.prefix[3:].encode() for each in FORMATS]


_CODES = re.compile(r"(?:(?:0x|\\x|%)?[0-9a-f]{2}[ ,:;.-]{0,2}){64,}", re.IGNORECASE)
"""A body in hexadecimal, or in a list of codes."""
_BACKWARDS = re.compile(rf"[0-9a-z]{{16,}}(?={'|'.join(re.escape(each.prefix[::-1]) for each in FORMATS)})")


def mask_pieces(text: str) -> str:
    """Return `text`, a given name, without keys, also in base64 or cut."""
    for hidden in (_CODES, _BACKWARDS):
        text = hidden.sub(lambda run: f"{run[0][:_VISIBLE]}...{run[0][-_VISIBLE:]}", text)
    masked = mask_keys(_BASE64.sub(lambda run: _masked_base64(run[0]), text))
    start = _PREFIX.search(masked)
    if start is None:
        return masked
    after = _LONG_RUN.sub(lambda run: f"{run[0][:_VISIBLE]}...", masked[start.end() :])
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
    return _KEY_LIKE.sub(lambda found: f"{found[1]}...{found[0][-_VISIBLE:]}", text)
