"""Bodies that chance made, and bodies that it did not."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openrouter_preflight.detect import classify as shapes
from openrouter_preflight.detect.classify import MatchKind, classify, is_low_variety, is_suspicious
from openrouter_preflight.keys.api_key import ApiKey
from support.planted import BODY, HALF, PREFIX, REST


def counted(small: int) -> str:
    """64 digits with so many steps of one among their 63, of all kinds of digits."""
    value, digits = 0, ["0"]
    for step in range(63):
        value = (value + (1 if step % 2 == 0 and step // 2 < small else 5)) % 16
        digits.append(f"{value:x}")
    return "".join(digits)


def test_random_bodies_are_never_low_in_variety() -> None:
    source = random.Random(1)
    assert not any(is_low_variety(source.randbytes(32).hex()) for _ in range(5000))


@given(block=st.text("0123456789abcdefABCDEF", min_size=1, max_size=8))
def test_a_repeated_block_is_low_in_variety(block: str) -> None:
    assert is_low_variety((block * 64)[:64])


def test_two_halves_alike_may_be_a_key() -> None:
    assert not is_low_variety("0e6f44a47a05f1dad2ad7e88c4c1d6b7" * 2)


@pytest.mark.parametrize(
    "body", ["0" * 64, "01" * 32, "00112233445566778899aabbccddeeff" + HALF[:4] + "0123456789abcdef" * 2]
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
        # Of the 63 steps between 64 digits, half or more are small: 31 are fewer, 32 are not.
        (counted(31), False),
        (counted(32), True),
        # Seven different digits are few, eight are not.
        ("0e6f4a7" * 9 + "0", True),
        (("0e6f44a47a05f16a" * 4)[:63] + "d", False),
        ("0E6F4A70" * 8, True),
        ("0e6f4a71" * 8, True),
        ("0e6f4a713" * 7 + "0", False),
    ],
)
def test_what_chance_made_has_digits_enough_and_few_small_steps(body: str, expected: bool) -> None:
    assert is_low_variety(body) is expected


def test_a_step_may_go_round_from_f_to_0_and_back() -> None:
    assert is_low_variety("f0f0e7f0f0a3f00f5cf00f82f0f0f06b" * 2)


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
