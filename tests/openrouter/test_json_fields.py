"""Tolerant reading: what is missing, null or of a type nobody documented is absent, and nothing raises."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openrouter_preflight.openrouter import json_fields as fields

if TYPE_CHECKING:
    from collections.abc import Callable

ABSENT = object()
MIDNIGHT = datetime(2026, 11, 24, tzinfo=UTC)


def data(value: object) -> dict[str, object]:
    return {} if value is ABSENT else {"it": value}


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (ABSENT, None),
        (None, None),
        (0, Decimal(0)),
        (5, Decimal(5)),
        (-5, Decimal(-5)),
        (Decimal("12.34"), Decimal("12.34")),
        ("12.34", Decimal("12.34")),
        ("0.0000002", Decimal("0.0000002")),
        (Decimal("1e-400"), Decimal(0)),
        (Decimal("-1e-400"), Decimal(0)),
        (Decimal("0e400"), Decimal(0)),
        (Decimal("-0.0"), Decimal(0)),
        (Decimal("1e18"), Decimal("1e18")),
        (Decimal("0." + "3" * 5000), Decimal("0." + "3" * 28)),
        (Decimal("1e400"), None),
        (10**400, None),
        (Decimal("NaN"), None),
        (Decimal("sNaN"), None),
        (Decimal("Infinity"), None),
        ("Infinity", None),
        ("a lot", None),
        ("", None),
        (True, None),
        ([5], None),
        ({"value": 5}, None),
    ],
)
def test_a_number_is_read_exactly_or_not_at_all(value: object, read: Decimal | None) -> None:
    assert fields.number(data(value), "it") == read


@pytest.mark.parametrize(
    ("value", "read"), [(7, 7), ("7", 7), (Decimal("7.0"), 7), (Decimal("7.5"), None), (None, None), (True, None)]
)
def test_a_whole_number_has_no_fraction(value: object, read: int | None) -> None:
    assert fields.whole(data(value), "it") == read


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("2026-11-24T00:00:00Z", MIDNIGHT),
        ("2026-11-24T00:00:00.000Z", MIDNIGHT),
        ("2026-11-24T00:00:00.000000000Z", MIDNIGHT),
        ("2026-11-24T02:00:00+02:00", MIDNIGHT),
        ("2026-11-23T16:00:00-08:00", MIDNIGHT),
        ("2026-11-24T00:00:00", MIDNIGHT),
        ("2026-11-24", MIDNIGHT),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-12:00", None),
        ("2026-13-40T00:00:00Z", None),
        ("2026-11-24T00:00:00+99:99", None),
        ("tomorrow", None),
        ("", None),
        (1795478400, None),
        (None, None),
        (ABSENT, None),
    ],
)
def test_a_moment_is_utc(value: object, read: datetime | None) -> None:
    assert fields.moment(data(value), "it") == read


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("workspace_default_key", "workspace_default_key"),
        ("every 30 days", "every 30 days"),
        ("0e6f44a47a05", None),
        ("sk-or-v1-0e6f44a47a05", None),
        ("::error::\n", None),
        ("\x1b[31mred", None),
        ("x" * 41, None),
        ("", None),
        (7, None),
    ],
)
def test_a_word_may_be_shown(value: object, read: str | None) -> None:
    assert fields.word(data(value), "it") == read


@pytest.mark.parametrize(
    ("reader", "value", "read"),
    [
        (fields.text, "x", "x"),
        (fields.text, 5, None),
        (fields.flag, False, False),
        (fields.flag, "true", None),
        (fields.flag, 1, None),
        (fields.record, {"a": 1}, {"a": 1}),
        (fields.record, [1], None),
        (fields.records, [{"a": 1}, 2, None, {}], ({"a": 1}, {})),
        (fields.records, {"a": 1}, None),
        (fields.texts, ["a", 1, None, "b"], ("a", "b")),
        (fields.texts, "ab", None),
        (fields.texts, [], ()),
    ],
)
def test_any_other_type_reads_as_absent(reader: Any, value: object, read: object) -> None:
    assert reader(data(value), "it") == read
    assert reader({}, "it") is None
    assert reader({"it": None}, "it") is None


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


READERS: tuple[Callable[[fields.Json, str], object], ...] = (
    *(fields.text, fields.word, fields.flag, fields.number, fields.whole, fields.moment),
    *(fields.record, fields.records, fields.texts),
)


@given(_ANYTHING)
def test_nothing_makes_a_reader_raise(value: object) -> None:
    for reader in READERS:
        reader(data(value), "it")
