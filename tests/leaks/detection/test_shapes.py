"""Bodies that chance made, and bodies that it did not."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openrouter_preflight.leaks.detection.shapes import is_low_variety, is_suspicious
from planted import BODY, HALF, REST


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
