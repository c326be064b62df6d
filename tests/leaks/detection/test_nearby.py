"""Looking around candidates sees what looking at the whole sees."""

from __future__ import annotations

import base64
import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openrouter_preflight.leaks.detection.detector import examine
from openrouter_preflight.leaks.detection.nearby import examine_near
from openrouter_preflight.leaks.detection.prefilter import candidate_offsets
from openrouter_preflight.leaks.detection.sightings import DEFAULT_LIMITS
from repos import KEY, OTHER_KEY

FILLER = "".join(f"Zeile {number}: ein Wort über vieles\n" for number in range(400))

PIECES = [
    f"key = '{KEY}'  # openrouter-preflight: allow\n",
    f"{OTHER_KEY}",
    base64.b64encode(f"a={KEY}".encode()).decode() + "\n",
    base64.encodebytes(f"some text before {KEY} and after".encode()).decode(),
    f"'{KEY[:20]}' +\n  '{KEY[20:]}'\n",
    "sk-or-v1-" + "0" * 64 + "\n",
    "b3It LW9y ay1v",
    FILLER,
    "\n",
    "é",
]


@given(st.lists(st.sampled_from(PIECES), max_size=8))
def test_texts_are_seen_alike(parts: list[str]) -> None:
    data = "".join(parts).encode()
    assert examine_near(data, list(candidate_offsets(data)), DEFAULT_LIMITS) == examine(data)


@pytest.mark.parametrize(
    "data",
    [
        (FILLER + KEY).encode("utf-16"),
        gzip.compress((FILLER * 20 + KEY).encode()),
        FILLER.encode() + b"\0" + KEY.encode(),
        ("x" * 50_000 + KEY + "y" * 50_000).encode(),
        b"\xef\xbb\xbf" + KEY.encode() + FILLER.encode(),
        b"\xe9" * 9000 + KEY.encode(),
    ],
    ids=["utf-16", "gzip", "zero byte", "one long line", "byte order mark", "latin"],
)
def test_so_is_what_has_no_parts(data: bytes) -> None:
    assert examine_near(data, list(candidate_offsets(data)), DEFAULT_LIMITS) == examine(data)
