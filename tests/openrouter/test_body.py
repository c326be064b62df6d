"""What bytes a body may be, and what is said of all others."""

from __future__ import annotations

import gzip
import zlib
from decimal import Decimal

import pytest

from openrouter_preflight.openrouter.body import inflated, parsed_object
from openrouter_preflight.openrouter.reply import TransportFault

BODIES = [
    (b'{"a": 0.1}', {"a": Decimal("0.1")}),
    (b'\r\n {"a": 1e2} \n', {"a": Decimal(100)}),
    (b'{"a": 1, "a": 2}', {"a": 2}),
    (b"", TransportFault.EMPTY),
    (b" \n", TransportFault.EMPTY),
    (b"\n<!doctype html>", TransportFault.HTML),
    (b"[]", TransportFault.NOT_OBJECT),
    (b"null", TransportFault.NOT_OBJECT),
    (b'{"a": NaN}', TransportFault.NOT_JSON),
    (b'{"a": 1} more', TransportFault.NOT_JSON),
    (b'{"a": 1', TransportFault.NOT_JSON),
    (b'{"a": ' + b"[" * 100_000, TransportFault.NOT_JSON),
    (b'{"a": ' + b"9" * 5000 + b"}", TransportFault.NOT_JSON),
    ('{"a": "é"}'.encode("latin-1"), TransportFault.ENCODING),
]


@pytest.mark.parametrize(("content", "read"), BODIES, ids=map(str, range(len(BODIES))))
def test_a_body_is_one_json_object_or_a_fault(content: bytes, read: object) -> None:
    assert parsed_object(content) == read


@pytest.mark.parametrize(
    ("content", "encoding"),
    [(b"{}", ""), (b"{}", "Identity"), (gzip.compress(b"{}", mtime=0), " GZIP"), (zlib.compress(b"{}"), "deflate")],
)
def test_a_body_is_inflated_as_its_encoding_says(content: bytes, encoding: str) -> None:
    pieces = [content[:3], content[3:]]
    assert b"".join(inflated(pieces, encoding, 100)) == b"{}"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [(b"{}", "br"), (b"{}", "gzip"), (gzip.compress(b"{}", mtime=0)[:-4], "gzip"), (b"{}", "gzip, gzip")],
)
def test_a_body_that_is_not_what_its_encoding_says_is_refused(content: bytes, encoding: str) -> None:
    with pytest.raises(zlib.error):
        list(inflated([content], encoding, 100))


def test_a_bomb_is_inflated_no_further_than_the_limit() -> None:
    bomb = gzip.compress(b"\0" * 10_000_000)
    assert len(next(inflated([bomb], "gzip", 100))) == 101
