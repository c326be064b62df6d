"""Every ceiling in words: spent, limit, left, reset, and which one binds."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from openrouter_preflight.findings import Ceiling, FreeRequests, Outcome, Severity
from openrouter_preflight.reports import ReportContext, render
from openrouter_preflight.reports.words import ceiling_figures
from support.report_samples import PLAIN_KEY, finding, funded

MIDNIGHT = datetime(2026, 11, 26, tzinfo=UTC)
CONTEXT = ReportContext(version="0.1.0", now=MIDNIGHT)
LIMITED = replace(
    PLAIN_KEY,
    binding_ceiling="key_limit",
    spendable_usd=Decimal("7.5"),
    ceilings=(
        Ceiling(
            name="workspace",
            remaining=Decimal(40),
            limit=Decimal(50),
            spent=Decimal(10),
            reset_interval="daily",
            resets_at=MIDNIGHT,
        ),
        Ceiling(name="key_limit", remaining=Decimal("7.5"), limit=Decimal(20), spent=Decimal("12.5")),
        Ceiling(name="account", remaining=Decimal(90), certain=False),
    ),
    free_requests=FreeRequests(used=3, limit=50, remaining=47, resets_at=MIDNIGHT),
)


def test_each_ceiling_tells_all_that_is_known_of_it() -> None:
    assert ceiling_figures(LIMITED) == [
        "the workspace's budget: $10.00 of $50.00 spent, $40.00 left, resets 2026-11-26",
        "the key's own limit: $12.50 of $20.00 spent, $7.50 left, never resets, the limit that applies",
        "the account's balance: about $90.00 left",
        "requests to :free models: 47 of 50 left, resets 2026-11-26",
    ]


def test_a_key_short_of_money_is_shown_with_every_ceiling_and_a_fine_one_is_not() -> None:
    short = Outcome(command="check", keys=(LIMITED,), findings=(finding("balance-low", key=LIMITED.name),))
    fine = Outcome(command="check", keys=(LIMITED,), findings=(finding("model-unavailable", key=LIMITED.name),))
    assert "- the key's own limit: $12.50 of $20.00 spent, $7.50 left, never resets" in render("text", short, CONTEXT)
    assert "left" not in render("text", fine, CONTEXT)


def test_a_program_is_told_of_free_requests_too() -> None:
    report = json.loads(render("json", Outcome(command="check", keys=(LIMITED, funded())), CONTEXT))
    assert [key["free_requests"] for key in report["keys"]] == [
        {"used": 3, "limit": 50, "remaining": 47, "resets_at": "2026-11-26T00:00:00Z"},
        None,
    ]


def test_an_answer_to_a_question_is_shown_although_it_is_a_note() -> None:
    answered = Outcome(command="check", keys=(funded(),), findings=(finding("probe-answered", "It cost $0.01."),))
    unasked = Outcome(command="check", keys=(funded(),), findings=(finding("example-key", "Nothing to see."),))
    assert answered.findings[0].severity is Severity.NOTE
    assert "It cost $0.01." in render("text", answered, CONTEXT)
    assert "Nothing to see." not in render("text", unasked, CONTEXT)
