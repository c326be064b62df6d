"""Classification of bodies: key, published example, dummy, damaged key.

Judgements of strings alone; where they stand and how they were written does not matter here.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache
from math import comb

from openrouter_preflight.keys.api_key import BODY_LENGTH, HEX_DIGITS, ApiKey
from openrouter_preflight.keys.key_format import format_of

EXAMPLE_FINGERPRINTS = frozenset(
    {
        "bf5883afeb1d6d80da112459d4da5a75f9d2b4abab6ddd328f2571ad934c2b2a",
        "d36004ba3be76734c37be7a0360b897ec3592106ecf6d104f7599405aa472282",
        "23c09d37d398e7d291802da354afb61dc214b64cc3a6aacc651b6fadddae90d5",
    }
)
"""The full-shape keys that stand in OpenRouter's documentation and in a scanner's manual (API.md §4)."""


class MatchKind(StrEnum):
    """Kind of a match."""

    KEY = "key"
    EXAMPLE = "example"
    """A published example key."""
    LOW_VARIETY = "low-variety"
    """A body that no random key has: all zeros, 0123…, a block repeated, words in hex digits."""
    SUSPICIOUS = "suspicious"
    """A body like a key's and of the wrong shape."""


_MADE_UP_ODDS = 2**-40
"""A random key must be less likely than this to have what makes a body a note, for each reason alone."""

_LEAST_DISTINCT = 8
"""Different digits in a random body: fewer than 8 of the 16 among 64 happen once in 2^62 keys."""

_LONGEST_RUN = 12
"""Equal digits in a row in a random body: 13 somewhere among 64 happen once in 2^42 keys."""

_LAGS = range(1, 9)
"""Distances at which digits are compared: as many counters may be interleaved."""

_WORD = re.compile(
    "deadbeef|deadc0de|cafebabe|cafed00d|baadf00d|badc0ffee|c0ffee|coffee|facade|decade|defaced|decaf|faded|faced|beefed"
    "|feedface|feed|face|fade|beef|dead|deaf|cafe|babe|bade|f00d|c0de|d00d|c001|cab5|ab1e|fa11|ba11|ca11|add5|aced|bead"
    "|dada|5afe|b00b|b16b|b055|0ff1ce|1337|f1f0"
)
"""Words that can be written in hex digits."""

_EMPTY_DIGESTS = frozenset(
    {
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",  # SHA-256
        "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a",  # SHA3-256
        "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470",  # Keccak-256
        "69217a3079908094e11121d042354a7c1f55b6482ca1a51e1b250dfd1ed0eef9",  # BLAKE2s
        "01ba4719c80b6fe911b091a7c05124b64eeece964e09c058ef8f9805daca546b",  # SHA-256 of a newline
    }
)
"""Digests of nothing: the output of a pipeline whose first command failed."""

_SUSPICIOUS_DIGITS = 32
_SUSPICIOUS_STRANGERS = 4


def classify(key: ApiKey) -> MatchKind:
    """Return the kind of a well-formed key."""
    shape = format_of(key.reveal())
    if shape and is_low_variety(key.reveal().removeprefix(shape.prefix)):
        return MatchKind.LOW_VARIETY
    if key.fingerprint in EXAMPLE_FINGERPRINTS:
        return MatchKind.EXAMPLE
    return MatchKind.KEY


def is_low_variety(body: str) -> bool:
    """Return True for a body that no random key has, by its first 64 digits.

    Few different digits, a long run of one, a block that repeats, counters (0123…, fedc…, 0a1b2c…), hexspeak, and the
    digests of nothing. Each has odds below 2^-40 for 64 random digits.
    """
    folded = body[:BODY_LENGTH].lower()
    return (
        len(set(folded)) < _LEAST_DISTINCT
        or any(digit * (_LONGEST_RUN + 1) in folded for digit in set(folded))
        or _is_repeated(folded)
        or _is_counted(folded)
        or sum(map(len, _WORD.findall(folded))) * 2 > len(folded)
        or folded in _EMPTY_DIGESTS
    )


def is_suspicious(body: str) -> bool:
    """Return True for a run of letters and digits like a damaged key's.

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
    """Return True for one block over and over, at most half of the body."""
    return any(body[size:] == body[:-size] for size in range(1, len(body) // 2 + 1))


def _is_counted(body: str) -> bool:
    """Return True where too many steps from digit to digit are alike."""
    if not HEX_DIGITS.issuperset(body):
        return False
    values = bytes.fromhex("".join(f"0{digit}" for digit in body))
    for lag in _LAGS:
        count = len(values) - lag
        carries = int.from_bytes(b"\x10" * count)  # so that no digit borrows from its neighbour
        steps = int.from_bytes(values[lag:]) - int.from_bytes(values[:-lag]) + carries
        kinds = steps.to_bytes(count).translate(_MOD_16)
        near = kinds.count(0) + kinds.count(1) + kinds.count(15)
        if near >= _too_many(count, 3) or max(map(kinds.count, range(16))) >= _too_many(count, 1):
            return True
    return False


_MOD_16 = bytes(range(16)) * 16


@cache
def _too_many(steps: int, kinds: int) -> int:
    """Return the number of like steps that has odds below 2^-40.

    The odds are shared among all distances and kinds that are tried.
    """
    odds, tail = _MADE_UP_ODDS / (16 * len(_LAGS)), 0.0
    for count in range(steps, 0, -1):
        tail += comb(steps, count) * (kinds / 16) ** count * (1 - kinds / 16) ** (steps - count)
        if tail >= odds:
            return count + 1
    return 1
