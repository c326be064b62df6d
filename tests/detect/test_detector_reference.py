"""The detector against a slow and obvious reference: decode everything everywhere, then one regular expression."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from openrouter_preflight.detect.detector import examine
from support.planted import BODY, HALF, KEY, OTHER_KEY, PREFIX, base64_of, wrapped
from support.slow_reference import keys_in


def seen(data: bytes) -> set[str]:
    matches = examine(data).matches
    return {match.key.reveal() for match in matches if match.key and "split" not in (match.encoding or "")}


WORDS = st.sampled_from(
    [KEY, OTHER_KEY, KEY[:-1], KEY + "0", PREFIX, PREFIX + HALF, BODY, "\n", " ", "=", "sk-or", "word"]
)
TEXTS = st.one_of(WORDS, st.text(st.characters(codec="latin-1"), max_size=10))
PLAIN_TEXTS = st.one_of(
    WORDS,
    # Without what makes 64 digits of more a field of a binary format (test_spelling.py).
    st.text(st.characters(codec="latin-1", exclude_categories=["Cc"], exclude_characters="I:"), max_size=10),
)
WRITERS = st.sampled_from(
    [
        lambda text: text.encode("latin-1"),
        lambda text: base64_of(text).encode(),
        lambda text: wrapped(base64_of(text), 76).encode(),
        lambda text: text.encode("utf-16-le"),
        lambda text: base64_of(text.encode("utf-16-le")).encode(),
    ]
)
SEPARATORS = st.sampled_from([b" ", b"\n\n", b"\0\0", b"\r\n-- ", b"; "])


@settings(deadline=None, max_examples=200)
@given(st.lists(st.tuples(WRITERS, st.lists(TEXTS, max_size=5).map("".join), SEPARATORS), max_size=6))
def test_it_sees_every_key_that_the_reference_sees(parts: list) -> None:  # type: ignore[type-arg]
    data = b"".join(write(text) + separator for write, text, separator in parts)
    missed = keys_in(data, fields=False) - seen(data)
    assert not missed


@settings(deadline=None, max_examples=200)
@given(st.lists(st.tuples(PLAIN_TEXTS, SEPARATORS.filter(lambda separator: b"\0" not in separator)), max_size=12))
def test_in_plain_text_it_sees_what_the_reference_sees_and_no_more(parts: list[tuple[str, bytes]]) -> None:
    data = b"".join(text.encode("latin-1") + separator for text, separator in parts)
    assert seen(data) == keys_in(data)
