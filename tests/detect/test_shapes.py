"""Bodies that chance made, and bodies that it did not."""

from __future__ import annotations

import random
from collections import defaultdict
from itertools import accumulate
from math import comb
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openrouter_preflight.detect import classify as shapes
from openrouter_preflight.detect.classify import MatchKind, classify, is_low_variety, is_suspicious
from openrouter_preflight.keys.api_key import ApiKey
from support.effort import runs
from support.planted import BODY, HALF, PREFIX, REST

if TYPE_CHECKING:
    from collections.abc import Iterator


def counted(small: int) -> str:
    """64 digits with so many steps of at most one among their 63; otherwise they are random."""
    source = random.Random(3)
    steps = [source.choice((0, 1, 15)) for _ in range(small)] + [source.randrange(2, 15) for _ in range(63 - small)]
    source.shuffle(steps)
    return "".join(f"{value % 16:x}" for value in accumulate(steps, initial=7))


def random_bodies(count: int) -> Iterator[str]:
    source = random.Random(1)
    return (source.randbytes(32).hex() for _ in range(count))


def test_random_bodies_are_never_low_in_variety() -> None:
    assert not any(is_low_variety(body) for body in random_bodies(runs(10_000, 1_000_000)))


def odds(trials: int, chance: float, least: int) -> float:
    """The odds that a thing of that chance happens so often in so many trials."""
    return sum(comb(trials, each) * chance**each * (1 - chance) ** (trials - each) for each in range(least, trials + 1))


def odds_of_words(words: set[str], digits: int) -> float:
    """An upper bound of the odds that words cover so many of 64 random digits: the ways to place them, added up."""
    ways: list[defaultdict[int, float]] = [defaultdict(float) for _ in range(65)]
    ways[0][0] = 1.0
    for place in range(64):
        for covered, weight in ways[place].items():
            ways[place + 1][covered] += weight
            for word in words:
                if place + len(word) <= 64:
                    ways[place + len(word)][covered + len(word)] += weight * 16.0 ** -len(word)
    return sum(weight for covered, weight in ways[64].items() if covered >= digits)


REASONS = {
    "seven different digits": comb(16, 7) * (7 / 16) ** 64,
    "a run of 13": 52 * 16.0**-12,
    "a block of up to 32": sum(16.0 ** (size - 64) for size in range(1, 33)),
    "steps of at most one, at 8 distances": 8 * odds(63, 3 / 16, shapes._too_many(63, 3)),
    "steps alike, at 8 distances": 8 * 16 * odds(63, 1 / 16, shapes._too_many(63, 1)),
    "steps of at most one, 8 digits apart": 8 * odds(56, 3 / 16, shapes._too_many(56, 3)),
    "half of it words": odds_of_words(set(shapes._WORD.pattern.split("|")), 33),
}


@pytest.mark.parametrize("chance", REASONS.values(), ids=REASONS)
def test_each_reason_to_call_a_body_made_up_has_odds_below_one_in_2_to_the_40(chance: float) -> None:
    assert chance < 2**-40


@given(block=st.text("0123456789abcdefABCDEF", min_size=1, max_size=32))
def test_a_repeated_block_is_low_in_variety(block: str) -> None:
    assert is_low_variety((block * 64)[:64])


@pytest.mark.parametrize(
    "body", ["0" * 64, "01" * 32, "00112233445566778899aabbccddeeff" + "9e4c" + "0123456789abcdef" * 2]
)
def test_a_counted_body_is_low_in_variety(body: str) -> None:
    assert is_low_variety(body)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (BODY, False),
        (BODY[:31], False),
        (BODY[:32], True),
        (BODY[:63], True),
        (BODY + "0", True),
        (HALF + "wxyz" + REST, True),
        (HALF + "vwxyz" + REST, False),
        ("0" * 63, False),
        ("0123456789abcdef" * 3, False),
        ("thequickbrownfoxjumpsoverthelazydogandrunsawayintothedarkforest00", False),
    ],
)
def test_a_damaged_body_has_32_digits_and_at_most_4_strangers(body: str, expected: bool) -> None:
    assert is_suspicious(body) is expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        # Of the 63 steps between 64 digits, 41 are small.
        (counted(40), False),
        (counted(41), True),
        # Seven different digits are few, eight are not.
        ("0e6f4a7" * 9 + "0", True),
        ("0E6F4A70" * 8, True),
        ("0e6f4a713" * 7 + "1", False),
    ],
)
def test_what_chance_made_has_digits_enough_and_few_small_steps(body: str, expected: bool) -> None:
    assert is_low_variety(body) is expected


def test_a_step_may_go_round_from_f_to_0_and_back() -> None:
    assert is_low_variety("f0f0e7f0f0a3f00f5cf00f82f0f0f06bf0f0ff00f0a9f00ff0b5f0f0f028f0f1")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (BODY, MatchKind.KEY),
        (BODY.upper(), MatchKind.KEY),
        ("0" * 64, MatchKind.LOW_VARIETY),
        ("0123456789ABCDEF" * 4, MatchKind.LOW_VARIETY),
    ],
)
def test_a_well_formed_key_is_one_unless_a_hand_made_it(body: str, kind: MatchKind) -> None:
    assert classify(ApiKey(PREFIX + body)) is kind


def test_a_published_example_is_told_by_its_fingerprint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shapes, "EXAMPLE_FINGERPRINTS", frozenset({ApiKey(PREFIX + BODY).fingerprint}))
    assert classify(ApiKey(PREFIX + BODY)) is MatchKind.EXAMPLE
    assert classify(ApiKey(PREFIX + BODY.upper())) is MatchKind.KEY
