"""Masking of key-like text in what others wrote: file names, labels, click's own error messages."""

from __future__ import annotations

import re
from typing import Final

from openrouter_preflight.keys.api_key import PREFIX

_VISIBLE: Final = 3
_HYPHEN: Final = r"(?:-|%(?:25)?2d|\\{1,4}(?:u002d|u\{2d\}|x2d|055|-)|&#(?:0?45|x2d);)"
"""Also as URLs, JSON, programs and pages escape it."""
_START: Final = PREFIX.replace("-", _HYPHEN)
# The second key of two without anything between them starts within what else would be the first one's body.
_KEY_LIKE: Final = re.compile(rf"({_START}[0-9a-z]{{{_VISIBLE}}})(?:(?!{_START})[0-9a-z_]){{6,}}", re.IGNORECASE)


def mask_keys(text: str) -> str:
    """`text` with everything that looks like an OpenRouter key cut down to its label: 12 characters, `...`, 3."""
    return _KEY_LIKE.sub(lambda found: f"{found[1]}...{found[0][-_VISIBLE:]}", text)
