"""One hit for each place, whatever number of decoders saw it, told as the plainest of them did."""

from __future__ import annotations

from openrouter_preflight.detect.prefilter import candidate_offsets
from openrouter_preflight.detect.raw_matches import find_raw_matches
from support.planted import KEY, PREFIX, base64_of

OTHER = PREFIX + "".join(reversed(KEY[9:]))


def told(data: bytes) -> list[tuple[str | None, int, int, tuple[str, ...]]]:
    hits = find_raw_matches(data, list(candidate_offsets(data)))
    return [(hit.key.reveal() if hit.key else None, hit.start, hit.end, hit.encodings) for hit in hits]


def test_a_key_that_several_decoders_see_is_told_once_and_plainly() -> None:
    assert told(f"%22{KEY}%22 \\u0022".encode()) == [(KEY, 3, 76, ())]


def test_keys_that_touch_are_told_each_also_where_they_are_the_same() -> None:
    assert told((KEY + KEY).encode()) == [(KEY, 0, 73, ()), (KEY, 73, 146, ())]
    assert told((KEY + OTHER).encode()) == [(KEY, 0, 73, ()), (OTHER, 73, 146, ())]


def test_hits_are_told_in_the_order_of_their_places() -> None:
    data = f"{base64_of(KEY)} {OTHER} {KEY}".encode()
    found = told(data)
    assert [(key, encodings) for key, _, _, encodings in found] == [(KEY, ("base64",)), (OTHER, ()), (KEY, ())]
    assert [data.index(b" ") + 1, data.rindex(b" ") + 1] == [found[1][1], found[2][1]]


def test_one_encoding_within_another_is_undone_and_both_are_named() -> None:
    data = base64_of(KEY).encode("utf-16-le")
    ((key, start, _, encodings),) = told(data)
    assert (key, start, encodings) == (KEY, 0, ("utf-16-le", "base64"))


def test_a_body_that_is_nearly_a_keys_is_told_beside_a_key() -> None:
    nearly = PREFIX + KEY[9:59]
    assert told(f"{nearly} {KEY}".encode()) == [(None, 0, 59, ()), (KEY, 60, 133, ())]
    assert told(f"{KEY} {nearly}".encode()) == [(KEY, 0, 73, ()), (None, 74, 133, ())]
