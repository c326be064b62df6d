"""Masking of key-like text in what others wrote: file names, labels, click's own error messages."""

from __future__ import annotations

import re
from typing import Final

from openrouter_preflight.keys.api_key import PREFIX

_VISIBLE: Final = 3
_HYPHEN: Final = r"(?:-|%(?:25)?2d|\\{1,4}(?:u002d|u\{2d\}|x2d|055|-)|&#(?:0?45|x2d);)"
"""Also as URLs, JSON, programs and pages escape it."""
_START: Final = PREFIX.replace("-", _HYPHEN)
_PREFIX: Final = re.compile(_START, re.IGNORECASE)
# The second key of two without anything between them starts within what else would be the first one's body.
_KEY_LIKE: Final = re.compile(rf"({_START}[0-9a-z]{{{_VISIBLE}}})(?:(?!{_START})[0-9a-z_]){{6,}}", re.IGNORECASE)


_LONG_RUN: Final = re.compile(r"[0-9a-f]{16,}", re.IGNORECASE)


_BASE64: Final = re.compile(r"[0-9A-Za-z+/_-]{90,}")
"""As long as a key in base64, but for its beginning."""
_END_OF_PREFIX: Final = PREFIX[3:].encode()


def mask_pieces(text: str) -> str:
    """`text`, a name that others gave, as `mask_keys` leaves it, without keys in base64 and the digits of cut ones."""
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
    if any(_END_OF_PREFIX in urlsafe_b64decode(each) for each in texts):
        return f"{run[:_VISIBLE]}...{run[-_VISIBLE:]}"
    return run


def mask_keys(text: str) -> str:
    """`text` with everything that looks like an OpenRouter key cut down to its label: 12 characters, `...`, 3."""
    return _KEY_LIKE.sub(lambda found: f"{found[1]}...{found[0][-_VISIBLE:]}", text)
