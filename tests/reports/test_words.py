"""Money, sizes, moments and durations, as people read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from openrouter_preflight.reports import words
from support.report_samples import NOW


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("0", "$0.00"),
        ("-0", "$0.00"),
        ("12.34", "$12.34"),
        ("4.999", "$4.99"),
        ("1234567.8", "$1,234,567.80"),
        ("-0.4", "-$0.40"),
        ("-0.401", "-$0.41"),
        ("0.0042", "$0.0042"),
        ("0.01", "$0.01"),
        ("1E-9", "$0.00"),
        ("1E+20", "$100,000,000,000,000,000,000"),
        ("NaN", "unknown"),
    ],
)
def test_money_is_rounded_down_for_people(amount: str, shown: str) -> None:
    assert words.usd(Decimal(amount)) == shown


@pytest.mark.parametrize(
    ("amount", "digits"),
    [("12.34", "12.34"), ("5", "5"), ("1E+3", "1000"), ("1E-7", "0.0000001"), ("-0", "0"), ("-0.5", "-0.5")],
)
def test_money_is_written_for_machines_without_an_exponent(amount: str, digits: str) -> None:
    assert words.plain(Decimal(amount)) == digits


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (3456, "3.5 kB"),
        (123_456, "123 kB"),
        (999_999, "1.0 MB"),
        (5 * 10**12, "5.0 TB"),
    ],
)
def test_sizes(number: int, shown: str) -> None:
    assert words.size(number) == shown


@pytest.mark.parametrize(
    ("distance", "shown"),
    [
        (timedelta(seconds=5), "now"),
        (timedelta(minutes=1), "in 1 minute"),
        (timedelta(hours=1, minutes=59), "in 119 minutes"),
        (timedelta(hours=47), "in 47 hours"),
        (timedelta(days=7), "in 7 days"),
        (timedelta(days=-2), "2 days ago"),
    ],
)
def test_how_far_away_a_moment_is(distance: timedelta, shown: str) -> None:
    assert words.until(NOW + distance, NOW) == shown


def test_midnight_is_a_date() -> None:
    assert words.moment(datetime(2026, 12, 1, tzinfo=UTC)) == "2026-12-01"
    assert words.moment(NOW) == "2026-11-24 02:00"


@pytest.mark.parametrize(
    ("number", "shown"), [(0.01, "under an hour"), (1.54, "1.5 days"), (31.2, "31 days"), (1e9, "over ten years")]
)
def test_runways(number: float, shown: str) -> None:
    assert words.days(number) == shown
