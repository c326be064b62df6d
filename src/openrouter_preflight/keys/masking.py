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


def mask_pieces(text: str) -> str:
    """`text`, a name that others gave, as `mask_keys` leaves it and without the digits of a key that is cut."""
    masked = mask_keys(text)
    start = _PREFIX.search(masked)
    if start is None:
        return masked
    after = _LONG_RUN.sub(lambda run: f"{run[0][:_VISIBLE]}...", masked[start.end() :])
    return masked[: start.end()] + after


def mask_keys(text: str) -> str:
    """`text` with everything that looks like an OpenRouter key cut down to its label: 12 characters, `...`, 3."""
    return _KEY_LIKE.sub(lambda found: f"{found[1]}...{found[0][-_VISIBLE:]}", text)
