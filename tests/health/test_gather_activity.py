"""Whether activity, which was put off, could change what the runway gate says."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from health_facts import NOW, balance, facts, refused, told
from openrouter_preflight.health.gather_activity import activity_may_decide, needs_activity, needs_record
from openrouter_preflight.openrouter.meaning import Meaning

OLD = {"usage": 900, "usage_monthly": 49}
"""A key that spends 2 USD a day, and 900 of what its account spent."""
WEEK = {"min_runway": timedelta(days=7), "certain": True}
RICH = balance("2000", "900")

CASES: list[tuple[str, dict[str, Any], bool]] = [
    ("it stands for its account, which lasts far longer", {"answer": told(**OLD), "account": RICH}, False),
    ("no runway is asked for", {"answer": told(**OLD), "account": RICH, "min_runway": None}, False),
    ("the rate is told", {"answer": told(**OLD), "account": RICH, "expected_spend": Decimal(1)}, False),
    ("it was not accepted", {"answer": refused(Meaning.KEY_REJECTED, 401), "account": RICH}, False),
    ("it is a management key", {"answer": told(**OLD, is_management_key=True), "account": RICH}, False),
    ("the account is not told", {"answer": told(**OLD), "account": None}, True),
    ("the account was not answered", {"answer": told(**OLD), "account": refused(Meaning.OUTAGE, 503)}, True),
    ("its own use is not told", {"answer": told(usage_monthly=49), "account": RICH}, True),
    ("it never spent", {"answer": told(usage=0), "account": RICH}, True),
    (
        "four fifths of the account's spending are its",
        {"answer": told(**OLD), "account": balance("9999", "1125")},
        False,
    ),
    ("less than those are its", {"answer": told(**OLD), "account": balance("9999", "1125.01")}, True),
    # 28 days are four times seven: 56 USD at 2 a day.
    ("it lasts four times as long as asked", {"answer": told(**OLD), "account": balance("956", "900")}, False),
    ("it lasts less than that", {"answer": told(**OLD), "account": balance("955.99", "900")}, True),
    ("its limit ends before", {"answer": told(**OLD, limit_remaining=50), "account": RICH}, True),
    ("nothing tells its rate", {"answer": told(usage=900), "account": RICH}, True),
    ("an account without credit is over", {"answer": told(**OLD), "account": balance("0", "900")}, True),
]


@pytest.mark.parametrize(("words", "expected"), [each[1:] for each in CASES], ids=[each[0] for each in CASES])
def test_activity_may_decide_unless_a_keys_own_use_makes_it_plain(words: dict[str, Any], expected: bool) -> None:
    assert activity_may_decide(facts(**{**WEEK, **words}), NOW) is expected


@pytest.mark.parametrize(
    ("gates", "activity", "record"),
    [
        ({}, False, False),
        ({"min_runway": timedelta(days=7)}, True, False),
        ({"min_runway": timedelta(days=7), "expected_spend": Decimal(1)}, False, False),
        ({"expected_spend": Decimal(1)}, False, False),
        ({"hygiene": True}, False, True),
        ({"max_key_age": timedelta(days=90)}, False, True),
        ({"rotated_from": ("0" * 64,)}, False, True),
    ],
)
def test_only_what_a_gate_needs_is_asked_of_the_management_key(
    gates: dict[str, Any], activity: bool, record: bool
) -> None:
    about = facts(told(), **gates).subject
    assert (needs_activity(about), needs_record(about)) == (activity, record)
