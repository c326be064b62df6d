"""An account's keys as a table: shares add up, what is not known is empty, narrow terminals lose columns and no key."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from openrouter_preflight.findings import (
    AccountStatus,
    Ceiling,
    Finding,
    KeyState,
    KeyStatus,
    KeyUsage,
    Outcome,
    Severity,
    rule,
)
from openrouter_preflight.reports import ReportContext, audit_table, render
from openrouter_preflight.reports.grouping import group

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
CONTEXT = ReportContext(version="1", now=NOW)


def key(name: str, month: str = "0", total: str = "0", **fields: Any) -> KeyStatus:
    usage = KeyUsage(month=Decimal(month), total=Decimal(total))
    return KeyStatus(**{"source": "account", "state": KeyState.VALID, "usage": usage, "name": name, **fields})


def cells(status: KeyStatus) -> dict[str, str]:
    return dict(zip(audit_table.HEADINGS, audit_table.cells(status, Decimal(0), NOW), strict=True))


def test_shares_are_of_this_month_or_of_everything_where_the_month_is_empty() -> None:
    assert audit_table.shares([key("a", "3", "9"), key("b", "1", "0")]) == [Decimal("0.75"), Decimal("0.25")]
    assert audit_table.shares([key("a", "0", "9"), key("b", "0", "1")]) == [Decimal("0.9"), Decimal("0.1")]
    assert audit_table.shares([key("a"), key("b")]) == [0, 0]


@pytest.mark.parametrize(
    ("share", "bar", "percent"),
    [
        ("0", "░░░░░░░░", "0 %"),
        ("0.001", "█░░░░░░░", "<1 %"),
        ("0.5", "████░░░░", "50 %"),
        ("1", "████████", "100 %"),
    ],
)
def test_a_little_is_not_nothing(share: str, bar: str, percent: str) -> None:
    assert (audit_table.bar(Decimal(share)), audit_table.percent(Decimal(share))) == (bar, percent)


@pytest.mark.parametrize(
    ("fields", "heading", "said"),
    [
        ({"last_used_at": NOW - timedelta(hours=3)}, "LAST USED", "today"),
        ({"last_used_at": NOW - timedelta(days=40)}, "LAST USED", "40 days ago"),
        ({}, "LAST USED", "never"),
        ({"usage": KeyUsage(total=Decimal(5))}, "LAST USED", "before 2026"),
        ({"expires_at": NOW + timedelta(days=9)}, "EXPIRES", "in 9 days"),
        ({"expires_at": NOW - timedelta(days=9), "state": KeyState.EXPIRED}, "EXPIRES", "expired"),
        ({}, "EXPIRES", "never"),
        ({"disabled": True, "state": KeyState.REJECTED}, "STATE", "disabled"),
        ({"created_at": NOW - timedelta(days=45)}, "AGE", "45 days"),
        ({}, "LIMIT", "none"),
        (
            {"ceilings": (Ceiling(name="key_limit", remaining=Decimal(1), limit=Decimal(5), reset_interval="daily"),)},
            "LIMIT",
            "$5.00 daily",
        ),
    ],
)
def test_a_cell_says_it_in_words(fields: dict[str, Any], heading: str, said: str) -> None:
    assert cells(key("a", **fields))[heading] == said


@pytest.mark.parametrize("width", [60, 78, 98, 200])
def test_a_table_fits_and_names_every_key(width: int) -> None:
    keys = [key(f"key number {number}", str(number), workspace=f"Space {number % 2}") for number in range(20)]
    lines = audit_table.table(keys, NOW, width)
    assert max(map(len, lines)) <= width
    assert all(any(status.name in line for line in lines) for status in keys)
    assert ("WORKSPACE" in lines[0]) is (width >= 98)


def audited(*findings: Finding, keys: int = 3) -> Outcome:
    rows = tuple(key(f"key {number}", str(number + 1), str(number + 1)) for number in range(keys))
    account = AccountStatus(balance_usd=Decimal(60), credits_usd=Decimal(100), usage_usd=Decimal(40))
    return Outcome(command="audit", keys=rows, account=account, findings=findings)


def old(number: int) -> Finding:
    name = f"key {number}"
    return Finding(
        rule=rule("key-too-old"), severity=Severity.WARNING, what=f"{name} is old.", help="Rotate.", key=name
    )


def test_findings_of_many_keys_by_one_rule_are_one_thing_to_act_on() -> None:
    (members,) = group([old(0), old(1), old(2)], by_rule=True)
    assert (members.title, members.sentences) == ("3 keys", ("key 0 is old.", "key 1 is old.", "key 2 is old."))
    (alone,) = group([old(0)], by_rule=True)
    assert (alone.title, alone.message, alone.sentences) == ("key 0", "key 0 is old.", ())
    assert len(group([old(0), old(1)])) == 2


@pytest.mark.parametrize("name", ["text", "markdown", "html", "github"])
def test_a_report_shows_the_account_each_key_and_what_is_said_of_it(name: str) -> None:
    report = render(name, audited(old(0), old(1)), CONTEXT)
    for part in ("60.00 left of", "key 2", "50 %", "key 0 is old."):
        assert part.lower() in report.lower()
    assert report.count("Rotate.") == (3 if name == "github" else 1)  # GitHub's notices stand beside the text


@pytest.mark.parametrize(("name", "limit"), [("text", 70), ("markdown", 260), ("html", 2100)])
def test_thousands_of_keys_are_cut_with_a_word_on_the_rest(name: str, limit: int) -> None:
    outcome = audited(*(old(number) for number in range(5000)), keys=5000)
    report = render(name, outcome, CONTEXT)
    assert report.count("key ") < 2 * limit + 100
    assert "more keys that spent less" in report


def test_shares_are_of_the_whole_account_where_few_keys_are_shown() -> None:
    keys = [key(f"key {number}", "1") for number in range(100)]
    lines = audit_table.table(keys, NOW, 200, 3)
    assert len(lines) == 4
    assert all(" 1 %" in line for line in lines[1:])


def test_the_junit_report_of_thousands_of_keys_sorts_them_once(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = audited(*(old(number) for number in range(300)), keys=300)
    ordered = vars(Outcome)["ordered_findings"].fget
    calls: list[None] = []

    def counted(outcome: Outcome) -> Any:
        calls.append(None)
        return ordered(outcome)

    monkeypatch.setattr(Outcome, "ordered_findings", property(counted))
    assert render("junit", outcome, CONTEXT).count("<testsuite ") == 300
    assert len(calls) < 10
