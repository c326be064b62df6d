"""The kinds of value that are quantities."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from openrouter_preflight.settings.values.amounts import DURATION, SECONDS, SHARD, SIZE, USD
from openrouter_preflight.settings.values.value_type import BadValueError, ValueType


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (USD, "5", Decimal(5)),
        (USD, "0.10", Decimal("0.10")),
        (USD, ".5", Decimal("0.5")),
        (USD, "0", Decimal(0)),
        (USD, "999999999.999", Decimal("999999999.999")),
        (DURATION, "7d", timedelta(days=7)),
        (DURATION, "12h", timedelta(hours=12)),
        (DURATION, "30m", timedelta(minutes=30)),
        (DURATION, "90s", timedelta(seconds=90)),
        (DURATION, "2w", timedelta(weeks=2)),
        (DURATION, "1d12h", timedelta(hours=36)),
        (DURATION, "1w2d3h4m5s", timedelta(weeks=1, days=2, hours=3, minutes=4, seconds=5)),
        (DURATION, "0d1h", timedelta(hours=1)),
        (SECONDS, "10", 10.0),
        (SECONDS, "2.5", 2.5),
        (SIZE, "10MB", 10_000_000),
        (SIZE, "512KiB", 524_288),
        (SIZE, "1gib", 2**30),
        (SIZE, "1048576", 1_048_576),
        (SHARD, "1/1", (1, 1)),
        (SHARD, "3/16", (3, 16)),
    ],
)
def test_a_good_quantity_is_typed(kind: ValueType, text: str, value: object) -> None:
    parsed = kind.parse(text)

    assert parsed == value
    assert type(parsed) is type(value)


@pytest.mark.parametrize(
    ("kind", "text", "advice"),
    [
        (USD, "5,00", "not `5,00`; write 5.00"),
        (USD, "1,000", "write 1000"),
        (USD, "1,234,567.50", "write 1234567.50"),
        (USD, "$5", "write 5"),
        (USD, "5 USD", "write 5"),
        (USD, "€5", "write 5"),
        (USD, "-5", "it cannot be negative"),
        (USD, "nan", "expected an amount in USD such as 5 or 0.50, not `nan`"),
        (USD, "inf", "not `inf`"),
        (USD, "Infinity", "not `Infinity`"),
        (USD, "1e3", "not `1e3`"),
        (USD, "1_000", "not `1_000`"),
        (USD, "\u0665", "expected an amount"),
        (USD, "", "not nothing"),
        (USD, " ", "not white space"),
        (USD, "10000000000", "at most 999999999"),
        (DURATION, "7", "it has no unit: write 7d for days or 7h for hours"),
        (DURATION, "0", "it has no unit"),
        (DURATION, "7 days", "write 7d"),
        (DURATION, "7D", "write 7d"),
        (DURATION, "12h1d", "write 1d12h"),
        (DURATION, "1 week and a bit", "expected a duration"),
        (DURATION, "0d", "it must be longer than zero"),
        (DURATION, "0h0m", "it must be longer than zero"),
        (DURATION, "-7d", "it cannot be negative"),
        (DURATION, "1.5d", "write whole numbers"),
        (DURATION, "1mo", "write days"),
        (DURATION, "1 year", "write days"),
        (DURATION, "1d1d", "expected a duration with its unit (w, d, h, m for minutes, s)"),
        (DURATION, "P7D", "expected a duration"),
        (DURATION, "99999999999d", "expected a duration"),
        (SECONDS, "0", "longer than zero"),
        (SECONDS, "10s", "write 10"),
        (SECONDS, "inf", "expected a number of seconds"),
        (SECONDS, "100000", "at most 86400"),
        (SIZE, "0", "more than zero"),
        (SIZE, "10XB", "expected a size such as 10MB or 512KiB"),
        (SHARD, "0/4", "shards are counted from 1"),
        (SHARD, "5/4", "shards are counted from 1"),
        (SHARD, "1", "expected a share such as 1/4"),
    ],
)
def test_a_bad_quantity_says_what_was_expected(kind: ValueType, text: str, advice: str) -> None:
    with pytest.raises(BadValueError, match=re.escape(advice)):
        kind.parse(text)


COUNTS = {"w": 9_999, "d": 99_999, "h": 999_999, "m": 9_999_999, "s": 999_999_999}


@given(st.fixed_dictionaries({}, optional={unit: st.integers(1, most) for unit, most in COUNTS.items()}))
@example(COUNTS)
def test_every_duration_stays_within_the_calendar(counts: dict[str, int]) -> None:
    assume(counts)
    text = "".join(f"{counts[unit]}{unit}" for unit in COUNTS if unit in counts)

    span = DURATION.parse(text)
    now = datetime(2026, 11, 23, tzinfo=UTC)

    assert isinstance(span, timedelta)
    assert span > timedelta(0)
    assert now - span < now < now + span


@given(st.text())
def test_any_text_is_an_amount_or_refused(text: str) -> None:
    try:
        amount = USD.parse(text)
    except BadValueError:
        return
    assert isinstance(amount, Decimal)
    assert amount.is_finite()
    assert amount >= 0
