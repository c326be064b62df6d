"""The glance lets no key pass: where it names no suspect, the careful look finds nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openrouter_preflight.detect.detector import examine
from openrouter_preflight.detect.glance import first_suspect, suspects
from openrouter_preflight.detect.prefilter import candidate_offsets
from support.repos import KEY

PREFIX = "sk-or-v1-"
BODY = KEY.removeprefix(PREFIX)


@pytest.mark.parametrize(
    "text",
    [
        "sk-or-v1-your-key-here",
        "KEY=sk-or-v1-xxxxxxxx\n",
        "sk-or-v1-...",
        "sk-or-v1-***",
        "sk-or-v1-0e6...c96",
        f"sk-or-v1-{'x' * 64}",
        "a task-order and a mask-origin",
        "sk-or-other-words",
        "author-v1-draft",
        "a sk-or",
    ],
)
def test_placeholders_and_words_are_no_suspects(text: str) -> None:
    data = text.encode()
    assert list(candidate_offsets(data))
    assert suspects(data) == []
    assert not examine(data).matches


@pytest.mark.parametrize(
    "text",
    [
        KEY,
        f"{KEY}debug: true",
        f"{PREFIX}{BODY[:40]}",
        f'"{PREFIX}" + "{BODY}"',
        f'"sk-or-" + "v1-{BODY}"',
        f'"sk-o" + "r-v1-{BODY}"',
        f"{PREFIX}\n{BODY}",
        f"{PREFIX}{BODY[:5]}\\\n{BODY[5:]}",
        f'["sk-or-v1", "{BODY}"].join("-")',
        f"sk\u2010or\u2010v1\u2010{BODY}",
        f"sk%2Dor%2Dv1%2D{BODY}",
        f"{PREFIX}{'0' * 64}",
        KEY[::-1],
    ],
)
def test_what_may_be_a_key_is_a_suspect(text: str) -> None:
    assert suspects(text.encode())


PIECES = st.sampled_from(
    [
        *(PREFIX, "sk-or", "r-v1-", "-", "v1", BODY, BODY[:31], BODY[:32], BODY[:7], BODY[32:], "x" * 40, "your-key"),
        *('"', "'", " ", "\n", "\\\n", '" + "', "<b>", "</b>", "&shy;", "\u200b", "\x1b[0m", "${", "}", ".", "_", "="),
        *("\\n", "%s", "task-or", "sk-o", "k-or-v1-", "...", "*", ",", "0", "z"),
    ]
)


@given(st.lists(PIECES, max_size=14).map("".join))
def test_where_it_names_none_nothing_is_found(text: str) -> None:
    data = text.encode()
    if not suspects(data):
        assert not examine(data).matches
    if not first_suspect(data):
        assert not suspects(data)


@given(st.lists(PIECES, max_size=8).map("".join), st.lists(PIECES, max_size=8).map("".join))
def test_a_file_beside_another_hides_nothing(one: str, other: str) -> None:
    first, second = one.encode(), other.encode()
    named = suspects(first + second)
    if examine(first).matches:
        assert any(offset < len(first) for offset in named)
    if examine(second).matches:
        assert any(offset >= len(first) - len(PREFIX) for offset in named)
