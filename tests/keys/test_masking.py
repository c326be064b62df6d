"""Masking: whatever looks like an OpenRouter key in others' words is cut down to its label."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openrouter_preflight.keys.masking import mask_keys, mask_pieces
from support.command_line import assert_silent_about

if TYPE_CHECKING:
    from collections.abc import Callable

BODY = "0e6f44a47a05f1dad2ad7e88c4c1d6b7" * 2
KEY = "sk-or-v1-" + BODY


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (KEY, "sk-or-v1-0e6...6b7"),
        (f"see {KEY}.", "see sk-or-v1-0e6...6b7."),
        (f"{KEY}{KEY}", "sk-or-v1-0e6...6b7sk-or-v1-0e6...6b7"),
        (f"{KEY}\n{KEY}", "sk-or-v1-0e6...6b7\nsk-or-v1-0e6...6b7"),
        (KEY.upper(), "SK-OR-V1-0E6...6B7"),
        (KEY[:40], "sk-or-v1-0e6...d6b"),
        (f"x{KEY}", "xsk-or-v1-0e6...6b7"),
        (KEY.replace("-", "%2D"), "sk%2Dor%2Dv1%2D0e6...6b7"),
        (KEY.replace("-", "%252d"), "sk%252dor%252dv1%252d0e6...6b7"),
        (KEY.replace("-", "\\\\u002d"), "sk\\\\u002dor\\\\u002dv1\\\\u002d0e6...6b7"),
        (KEY.replace("-", "&#45;"), "sk&#45;or&#45;v1&#45;0e6...6b7"),
        (f"https://host/{KEY}?a=b", "https://host/sk-or-v1-0e6...6b7?a=b"),
    ],
)
def test_a_key_becomes_its_label(text: str, masked: str) -> None:
    assert_silent_about(mask_keys(text), KEY)
    assert mask_keys(text) == masked


@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
@pytest.mark.parametrize("before", ["", "?", "?>", "?>?", "user:"])
@pytest.mark.parametrize("after", ["", "\xff", "\xff\xfe"])
def test_base64_of_a_key_is_cut_down_in_names(encode: Callable[[bytes], bytes], before: str, after: str) -> None:
    written = encode((before + KEY + after).encode("latin-1")).decode()
    for name in (f"{written}.env", f"a.{written.rstrip('=')}", f".{written[1:]}", f".{written[3:]}" if before else "."):
        assert_silent_about(mask_pieces(name), KEY)


def test_other_base64_stays() -> None:
    name = base64.b64encode(BODY.encode() * 3).decode()
    assert mask_pieces(name) == name


@pytest.mark.parametrize("text", ["", "sk-or-v1-", "sk-or-v1-0e6...6b7", "sk-or-v1-YOUR-KEY", "nothing of the kind"])
def test_what_is_no_key_stays(text: str) -> None:
    assert mask_keys(text) == text


_NEAR = st.sampled_from([KEY, "sk-or-v1-", "sk-", "sk", "_", "\n"]) | st.text(max_size=5)


@given(before=_NEAR, after=_NEAR)
def test_no_surroundings_carry_a_key_past_the_mask(before: str, after: str) -> None:
    assert BODY[3:-3] not in mask_keys(before + KEY + after)
