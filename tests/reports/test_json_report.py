"""The JSON report is what scripts rely on."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from openrouter_preflight.reports import render
from support.report_samples import CONTEXT, EVERYTHING, HEALTHY, SIMULATED, TROUBLE, funded

if TYPE_CHECKING:
    from openrouter_preflight.findings import Outcome

_KEY_FIELDS = [
    *("name", "source", "fingerprint", "label", "state", "kind", "spendable_usd", "binding_ceiling"),
    *("resets_at", "expires_at", "runway_days"),
]
_FINDING_FIELDS = [
    *("rule", "severity", "message", "help", "key", "fingerprint", "path", "line", "column", "commit", "ref")
]


def _json(outcome: Outcome) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(render("json", outcome, CONTEXT))
    return document


@pytest.mark.parametrize("outcome", EVERYTHING)
def test_every_field_of_the_contract_is_there(outcome: Outcome) -> None:
    document = _json(outcome)
    assert document["schema"] == "openrouter-preflight/1"
    assert (document["version"], document["command"]) == ("1.2.3", outcome.command)
    assert (document["verdict"], document["exit_code"]) == (outcome.verdict, outcome.exit_code)
    assert document["simulated"] is (outcome.simulated is not None)
    assert all(set(_KEY_FIELDS) <= set(key) for key in document["keys"])
    assert all(set(_FINDING_FIELDS) <= set(finding) for finding in document["findings"])
    assert (document["scan"] is None) == (outcome.scan is None)


def test_a_key_reads_as_in_the_contract() -> None:
    key = _json(HEALTHY)["keys"][0]
    assert {field: key[field] for field in _KEY_FIELDS} == {
        "name": "OPENROUTER_API_KEY",
        "source": "env",
        "fingerprint": "ab" * 32,
        "label": "sk-or-v1-0e6...c96",
        "state": "valid",
        "kind": "inference",
        "spendable_usd": "12.34",
        "binding_ceiling": "key_limit",
        "resets_at": "2026-12-01T00:00:00Z",
        "expires_at": None,
        "runway_days": None,
    }
    assert key["ceilings"][0]["remaining_usd"] == "12.34"


def test_a_scan_reads_as_in_the_contract() -> None:
    assert _json(TROUBLE)["scan"] == {
        "mode": "range",
        "objects": 1200,
        "bytes": 3456789,
        "commits": 14,
        "complete": True,
        "shard": None,
        "repository": None,
        "refs": None,
    }


def test_findings_come_with_the_worst_first() -> None:
    severities = [finding["severity"] for finding in _json(TROUBLE)["findings"]]
    assert severities == ["error"] * 4 + ["warning", "note"]


def test_the_scenario_of_a_simulated_run_is_named() -> None:
    assert (_json(SIMULATED)["simulated"], _json(SIMULATED)["scenario"]) == (True, "spent-key-limit")


@pytest.mark.parametrize(
    ("amount", "digits"), [("0.0000001", "0.0000001"), ("1E+3", "1000"), ("0E-10", "0.0000000000"), ("NaN", None)]
)
def test_money_is_a_string_without_an_exponent(amount: str, digits: str | None) -> None:
    assert _json(replace(HEALTHY, keys=(funded(spendable_usd=Decimal(amount)),)))["keys"][0]["spendable_usd"] == digits


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (datetime(2026, 12, 1, tzinfo=UTC), "2026-12-01T00:00:00Z"),
        (datetime(2026, 12, 1, 2, tzinfo=timezone(timedelta(hours=2))), "2026-12-01T00:00:00Z"),
        (datetime(2026, 12, 1, 0, 0, 0, 500_000, tzinfo=UTC), "2026-12-01T00:00:00.500000Z"),
    ],
)
def test_times_are_utc_and_end_in_z(moment: datetime, said: str) -> None:
    assert _json(replace(HEALTHY, keys=(funded(expires_at=moment),)))["keys"][0]["expires_at"] == said


@pytest.mark.parametrize(("days", "said"), [(12.3, 12.3), (float("inf"), None), (float("nan"), None), (None, None)])
def test_a_runway_is_a_number_or_null_and_without_end_is_told_from_unknown(
    days: float | None, said: float | None
) -> None:
    key = _json(replace(HEALTHY, keys=(funded(runway_days=days),)))["keys"][0]
    assert (key["runway_days"], key["runway_unlimited"]) == (said, days == float("inf"))


def test_the_lowest_ceiling_is_marked() -> None:
    (ceiling,) = _json(replace(HEALTHY, keys=(funded(),)))["keys"][0]["ceilings"]
    assert ceiling["binds"] is True


def test_daily_spend_is_a_list_of_days() -> None:
    key = funded(daily_spend_usd=((date(2026, 11, 22), Decimal("0.5")),))
    assert _json(replace(HEALTHY, keys=(key,)))["keys"][0]["daily_spend_usd"] == [{"date": "2026-11-22", "usd": "0.5"}]


def test_it_is_ascii_so_that_any_stream_can_carry_it() -> None:
    assert render("json", replace(HEALTHY, keys=(funded("schlüssel"),)), CONTEXT).isascii()
