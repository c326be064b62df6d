"""The detector against a slow and obvious reference: decode everything everywhere, then one regular expression."""

from __future__ import annotations

import base64
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from openrouter_preflight.leaks.detection.detector import examine
from planted import BODY, HALF, KEY, OTHER_KEY, PREFIX, base64_of, wrapped

PATTERN = re.compile(r"sk-or-v1-[0-9A-Fa-f]{64}(?![0-9A-Fa-f])")
BASE64 = re.compile(r"[0-9A-Za-z+/]+(?:\n[0-9A-Za-z+/]+)*")


def reference(data: bytes) -> set[str]:
    """Every key in `data`: as it stands, in wide text at each offset, and in each alignment of each run of base64."""
    texts = [data.decode("latin-1")]
    texts += [data[shift:].decode("utf-16-le", "replace") for shift in range(2)]
    for text in list(texts):
        for run in BASE64.findall(text):
            characters = run.replace("\n", "")
            for shift in range(4):
                group = characters[shift:]
                decoded = base64.b64decode(group[:-1] if len(group) % 4 == 1 else group + "=" * (-len(group) % 4))
                texts += [decoded.decode("latin-1"), decoded.decode("utf-16-le", "replace")]
    return {key for text in texts for key in PATTERN.findall(text)}


def seen(data: bytes) -> set[str]:
    sightings = examine(data).sightings
    return {
        sighting.key.reveal() for sighting in sightings if sighting.key and "split" not in (sighting.encoding or "")
    }


TEXTS = st.one_of(
    st.sampled_from(
        [KEY, OTHER_KEY, KEY[:-1], KEY + "0", PREFIX, PREFIX + HALF, BODY, "\n", " ", "=", "sk-or", "word"]
    ),
    st.text(st.characters(codec="latin-1"), max_size=10),
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
    missed = reference(data) - seen(data)
    assert not missed


@settings(deadline=None, max_examples=200)
@given(st.lists(st.tuples(TEXTS, SEPARATORS), max_size=12))
def test_in_plain_text_it_sees_what_the_reference_sees_and_no_more(parts: list[tuple[str, bytes]]) -> None:
    data = b"".join(text.encode("latin-1") + separator for text, separator in parts)
    assert seen(data) == reference(data)
