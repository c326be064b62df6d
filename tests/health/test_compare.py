"""What changed since an earlier run, by the JSON report that it wrote."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from openrouter_preflight.errors import UsageError
from openrouter_preflight.findings import RULES, ExitCode, Finding, KeyState, KeyStatus, Outcome, Severity
from openrouter_preflight.health.compare import changes as changes_since
from openrouter_preflight.health.compare import read_earlier_run
from openrouter_preflight.reports import ReportContext, render
from openrouter_preflight.settings.model import Gates
from support.gates import Checked, account, check_account

if TYPE_CHECKING:
    from pathlib import Path

LATER = datetime(2026, 11, 27, tzinfo=UTC)
NEEDS = Gates(min_balance=Decimal(5), require_models=("openai/gpt-4-32k",))


def write(path: Path, checked: Checked) -> Path:
    path.write_text(render("json", checked.outcome, ReportContext(version="0.1.0", now=LATER)), encoding="utf-8")
    return path


def changes(checked: Checked) -> list[str]:
    found = [finding for finding in checked.outcome.findings if finding.rule.name == "changed"]
    assert all(finding.severity is Severity.NOTE for finding in found)
    assert all(finding.key == "inference" for finding in found if finding.message.startswith("inference "))
    return [finding.message for finding in found]


def test_a_run_like_the_last_one_has_nothing_to_say(tmp_path: Path) -> None:
    plan = account(limit=Decimal(50), limit_reset="monthly")
    earlier = write(tmp_path / "then.json", check_account(plan, NEEDS, seed=1))
    again = check_account(plan, NEEDS, seed=1, compare=earlier)
    assert changes(again) == []
    assert again.outcome.exit_code is ExitCode.FAIL


def test_what_moved_is_said(tmp_path: Path) -> None:
    rich, poor = account(limit=Decimal(50)), account(limit=Decimal(50), spent=Decimal(48))
    earlier = write(tmp_path / "then.json", check_account(rich, Gates(require_models=("openai/gpt-9",)), seed=1))
    now = check_account(poor, Gates(min_balance=Decimal(5)), seed=1, compare=earlier)
    spent, new, gone = changes(now)
    assert spent == "inference can spend $48.00 less ($50.00 before, $2.00 now)."
    assert new.startswith("new since then: balance-low: inference can spend at most $2.00")
    assert gone.startswith("gone since then: model-unavailable: inference may not use openai/gpt-9")


def test_another_verdict_and_another_key_are_said(tmp_path: Path) -> None:
    earlier = write(tmp_path / "then.json", check_account(account(limit=Decimal(50)), NEEDS, seed=1))
    now = check_account(account(limit=Decimal(50)), Gates(), seed=2, compare=earlier)
    assert changes(now)[:2] == ["the verdict was fail, and is pass.", "inference is another key than before."]


def test_a_finding_whose_figures_moved_is_not_new(tmp_path: Path) -> None:
    gates = Gates(min_balance=Decimal(5))
    earlier = write(tmp_path / "then.json", check_account(account(limit=Decimal(50), spent=Decimal(46)), gates, seed=1))
    now = check_account(account(limit=Decimal(50), spent=Decimal(47)), gates, seed=1, compare=earlier)
    assert changes(now) == ["inference can spend $1.00 less ($4.00 before, $3.00 now)."]


def test_notes_about_changes_are_not_compared_themselves(tmp_path: Path) -> None:
    plan = account(limit=Decimal(50))
    first = write(tmp_path / "1.json", check_account(plan, NEEDS, seed=1))
    second = write(tmp_path / "2.json", check_account(plan, Gates(), seed=1, compare=first))
    assert changes(check_account(plan, Gates(), seed=1, compare=second)) == []


def test_a_key_more_and_a_key_less_are_said(tmp_path: Path) -> None:
    plan = account(limit=Decimal(50))
    report = json.loads(write(tmp_path / "1.json", check_account(plan, Gates(), seed=1)).read_text(encoding="utf-8"))
    report["keys"][0]["name"] = "staging"
    (tmp_path / "2.json").write_text(json.dumps(report), encoding="utf-8")
    now = check_account(plan, Gates(), seed=1, compare=tmp_path / "2.json")
    assert changes(now) == ["inference was not checked before.", "staging was checked before, and is not now."]


def compared(then: dict[str, Any], path: Path, now: dict[str, Any] | None = None, **report: Any) -> list[str]:
    """What is said of a key of which an earlier report told `then`, where this one tells `now` of it."""
    told = {"name": "K", **then}
    content = {"schema": "openrouter-preflight/1", "command": "check", "keys": [told], **report}
    (path / "then.json").write_text(json.dumps(content), encoding="utf-8")
    status = KeyStatus(name="K", source="env", state=KeyState.VALID, **(now or {}))
    outcome = Outcome(command="check", keys=(status,))
    return [finding.message for finding in changes_since(read_earlier_run(path / "then.json"), outcome)]


@pytest.mark.parametrize(
    ("then", "now", "said"),
    [
        ({"state": "rejected"}, {}, ["K was rejected, and is valid."]),
        ({"state": "valid"}, {}, []),
        ({"state": None}, {}, []),
        ({"runway_days": 9.4}, {"runway_days": 3.2}, ["K was to last 9 days, and is to last 3 days."]),
        ({"runway_days": 9}, {"runway_days": 8.0}, ["K was to last 9 days, and is to last 8 days."]),
        ({"runway_days": 9}, {"runway_days": 8.1}, []),
        ({"runway_days": "9"}, {"runway_days": 3.0}, []),
        ({"runway_days": None}, {"runway_days": 3.0}, []),
        ({"runway_days": 3}, {"runway_days": None}, []),
        ({"spendable_usd": "5"}, {"spendable_usd": Decimal(7)}, ["K can spend $2.00 more ($5.00 before, $7.00 now)."]),
        (
            {"spendable_usd": "5"},
            {"spendable_usd": Decimal("5.01")},
            ["K can spend $0.01 more ($5.00 before, $5.01 now)."],
        ),
        ({"spendable_usd": "5"}, {"spendable_usd": Decimal("5.009")}, []),
        (
            {"spendable_usd": "1e15"},
            {"spendable_usd": Decimal(0)},
            ["K can spend $1,000,000,000,000,000 less ($1,000,000,000,000,000 before, $0.00 now)."],
        ),
        ({"spendable_usd": "1e16"}, {"spendable_usd": Decimal(0)}, []),
        ({"fingerprint": "a"}, {"fingerprint": "b"}, ["K is another key than before."]),
        ({"fingerprint": None}, {"fingerprint": "b"}, []),
        ({"name": 7}, {}, ["K was not checked before.", "a key was checked before, and is not now."]),
    ],
)
def test_each_figure_is_compared_where_both_runs_tell_it(
    then: dict[str, Any], now: dict[str, Any], said: list[str], tmp_path: Path
) -> None:
    assert compared(then, tmp_path, now) == said


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"rule": "key-expired", "key": "K", "message": "K is past."}, "gone since then: key-expired: K is past."),
        ({"rule": "key-expired", "key": "K", "message": "..K"}, "gone since then: key-expired: ..K."),
        ({"rule": "key-expired", "key": "gone", "message": "X"}, "gone since then: key-expired: X."),
        ({}, "gone since then: a finding: it has no message."),
        ({"message": "m" * 400}, f"gone since then: a finding: {'m' * 300}."),
    ],
)
def test_what_was_found_and_is_no_more_is_said_in_its_own_words(
    entry: dict[str, Any], said: str, tmp_path: Path
) -> None:
    assert compared({}, tmp_path, findings=[entry]) == [said]


def test_a_note_belongs_to_its_key_where_that_is_checked_still(tmp_path: Path) -> None:
    found = [{"rule": "key-expired", "key": key, "message": f"{key} is past."} for key in ("K", "L")]
    content = {"schema": "openrouter-preflight/1", "command": "check", "keys": [{"name": "K"}], "findings": found}
    (tmp_path / "then.json").write_text(json.dumps(content), encoding="utf-8")
    status = KeyStatus(name="K", source="env", state=KeyState.VALID)
    new = Finding(rule=RULES["free-tier"], severity=Severity.WARNING, what="K is poor.", help="", key="K")
    outcome = Outcome(command="check", keys=(status,), findings=(new,))
    notes = changes_since(read_earlier_run(tmp_path / "then.json"), outcome)
    assert [(note.key, note.message) for note in notes] == [
        ("K", "new since then: free-tier: K is poor."),
        ("K", "gone since then: key-expired: K is past."),
        (None, "gone since then: key-expired: L is past."),
    ]


@pytest.mark.parametrize(
    ("then", "words"),
    [
        ({"runway_days": 40.2}, "was to last 40 days, and is to last 5 days"),
        ({"runway_days": 5.4}, None),
        ({"runway_days": None, "runway_unlimited": True}, "was to last more than ten years, and is to last 5 days"),
        ({"runway_days": 10**400}, "was to last more than ten years, and is to last 5 days"),
        ({"runway_days": float("nan")}, None),
        ({"runway_days": True}, None),
    ],
)
def test_a_runway_that_moved_by_a_day_or_more_is_said(then: dict[str, Any], words: str | None, tmp_path: Path) -> None:
    report = {"schema": "openrouter-preflight/1", "command": "check", "keys": [{"name": "inference", **then}]}
    (tmp_path / "then.json").write_text(json.dumps(report), encoding="utf-8")
    now = check_account(account(limit=Decimal(50)), Gates(expected_spend=Decimal(10)), compare=tmp_path / "then.json")
    assert changes(now) == ([] if words is None else [f"inference {words}."])


def test_a_runway_without_end_is_the_same_as_before(tmp_path: Path) -> None:
    plan, gates = account(limit=Decimal(50)), Gates(expected_spend=Decimal(0))
    earlier = write(tmp_path / "then.json", check_account(plan, gates, seed=1))
    assert changes(check_account(plan, gates, seed=1, compare=earlier)) == []


@pytest.mark.parametrize(
    "report",
    [
        {},
        {"keys": None, "findings": {}, "verdict": 3},
        {"keys": [1, {"name": 7}], "findings": ["x", {"rule": None}]},
        {"keys": [{"name": "inference", "spendable_usd": "NaN", "state": 4, "runway_days": "soon"}]},
        {"keys": [{"name": "inference", "spendable_usd": "1e999999999", "new-field": []}]},
    ],
)
def test_a_report_of_another_version_is_read_as_far_as_it_goes(report: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "old.json"
    path.write_text(json.dumps({"schema": "openrouter-preflight/1", "command": "check", **report}), encoding="utf-8")
    assert check_account(account(limit=Decimal(50)), Gates(), compare=path).outcome.exit_code is ExitCode.PASS


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"\xff\xfe",
        b"{" * 100_000,
        b'{"schema": "openrouter-preflight/2", "command": "check"}',
        b'{"schema": "openrouter-preflight/1", "command": "scan"}',
    ],
)
def test_what_is_no_report_of_a_check_is_a_usage_error(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "foreign.json"
    path.write_bytes(content)
    with pytest.raises(UsageError, match="is not a JSON report of a check") as refusal:
        check_account(account(), Gates(), compare=path)
    assert refusal.value.hint == "Name a file that `check --report json=FILE` wrote."


def test_a_report_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read") as refusal:
        check_account(account(), Gates(), compare=tmp_path / "none.json")
    assert refusal.value.hint == "Name a file that `check --report json=FILE` wrote."


@pytest.mark.parametrize(("extra", "is_read"), [(0, True), (1, False)])
def test_a_report_may_have_64_mib_and_no_more(extra: int, is_read: bool, tmp_path: Path) -> None:
    content = b'{"schema": "openrouter-preflight/1", "command": "check"}'
    (tmp_path / "large.json").write_bytes(content.ljust(64 * 1024 * 1024 + extra))
    if is_read:
        assert read_earlier_run(tmp_path / "large.json").keys == ()
    else:
        with pytest.raises(UsageError, match="is not a JSON report"):
            read_earlier_run(tmp_path / "large.json")
