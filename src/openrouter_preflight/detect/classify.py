"""What a body is: the digits of a key, of a published example, of a dummy, of a damaged key, or nothing of the kind.

Judgements of strings alone; where they stand and how they were written does not matter here.
"""

from __future__ import annotations

import re
from enum import StrEnum
from itertools import pairwise

from openrouter_preflight.keys.api_key import BODY_LENGTH, HEX_DIGITS, PREFIX, ApiKey

EXAMPLE_FINGERPRINTS = frozenset(
    {
        "bf5883afeb1d6d80da112459d4da5a75f9d2b4abab6ddd328f2571ad934c2b2a",
        "d36004ba3be76734c37be7a0360b897ec3592106ecf6d104f7599405aa472282",
        "23c09d37d398e7d291802da354afb61dc214b64cc3a6aacc651b6fadddae90d5",
    }
)
"""The full-shape keys that stand in OpenRouter's documentation and in a scanner's manual (API.md §4)."""


class MatchKind(StrEnum):
    """What was sighted."""

    KEY = "key"
    EXAMPLE = "example"
    """A published example key."""
    LOW_VARIETY = "low-variety"
    """A body that no random key has: all zeros, 0123…, a short block repeated."""
    SUSPICIOUS = "suspicious"
    """A body like a key's and of the wrong shape."""


_LEAST_DISTINCT = 8
"""Different digits in a random body: fewer than 8 of the 16 among 64 happen once in 10¹⁴ keys."""

_LONGEST_BLOCK = 8
"""Characters. A longer block, repeated, could be a careless but working key of a partner or a test."""

_SUSPICIOUS_DIGITS = 32
_SUSPICIOUS_STRANGERS = 4


def classify(key: ApiKey) -> MatchKind:
    """What a well-formed key is."""
    if is_low_variety(key.reveal().removeprefix(PREFIX)):
        return MatchKind.LOW_VARIETY
    if key.fingerprint in EXAMPLE_FINGERPRINTS:
        return MatchKind.EXAMPLE
    return MatchKind.KEY


def is_low_variety(body: str) -> bool:
    """Whether `body` (hex digits, 32 or more) was made by hand and not by chance.

    Few different digits, a block that repeats, or mostly steps of at most one (0123…, fedc…, 0011…).
    """
    folded = body.lower()
    return len(set(folded)) < _LEAST_DISTINCT or _is_repeated(folded) or _is_counted(folded)


def is_suspicious(body: str) -> bool:
    """Whether `body`, a run of letters and digits after the prefix, is that of a damaged key.

    At least 32 hex digits that chance made, and at most 4 other letters among them; or 64 of them, and then anything,
    as where a line's end was lost. A body of 64 hex digits is none: it is a key. No word, placeholder or masked label
    has 32 hex digits; other vendors' base62 has too few of them.
    """
    if len(body) < _SUSPICIOUS_DIGITS or (len(body) == BODY_LENGTH and HEX_DIGITS.issuperset(body)):
        return False
    if len(body) > BODY_LENGTH and HEX_DIGITS.issuperset(body[:BODY_LENGTH]):
        return not is_low_variety(body[:BODY_LENGTH])
    digits = re.sub(r"[^0-9A-Fa-f]", "", body)
    strangers = len(body) - len(digits)
    return len(digits) >= _SUSPICIOUS_DIGITS and strangers <= _SUSPICIOUS_STRANGERS and not is_low_variety(digits)


def _is_repeated(body: str) -> bool:
    """Whether `body` is one block of at most 8 characters over and over, the last time perhaps cut."""
    return any(body[size:] == body[:-size] for size in range(1, min(_LONGEST_BLOCK, len(body) - 1) + 1))


def _is_counted(body: str) -> bool:
    """Whether at least half of the steps from digit to digit are -1, 0 or 1: by chance, 3 of 16 are."""
    values = [int(digit, 16) for digit in body]
    small = sum((after - before + 1) % 16 <= 2 for before, after in pairwise(values))
    return small * 2 >= len(values) - 1
