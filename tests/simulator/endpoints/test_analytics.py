"""`/analytics/query`: counts over a range, by key, late and with warnings where a scenario says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from openrouter_preflight.simulator import SCENARIOS, SettableClock, Simulator
from support.loopback_client import Reply, ask, chat

if TYPE_CHECKING:
    from openrouter_preflight.keys import ApiKey

METRICS = {"metrics": ["request_count", "total_usage"]}


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def query(simulator: Simulator, **body: Any) -> Reply:
    return ask(simulator, "POST /analytics/query", simulator.keys["management"], {**METRICS, **body})


def of(key: ApiKey) -> dict[str, Any]:
    return {"filters": [{"field": "api_key_id", "operator": "eq", "value": key.fingerprint}]}


def test_a_use_of_today_is_counted_as_a_string_with_its_hour(clock: SettableClock) -> None:
    with Simulator("unused-key", clock=clock) as simulator:
        key = simulator.primary_key
        assert query(simulator, **of(key)).data["data"] == []
        chat(simulator, max_tokens=5)
        clock.advance(timedelta(minutes=1))
        (row,) = query(simulator, **of(key), granularity="hour").data["data"]
        assert (row["request_count"], row["created_at__hour"]) == ("1", "2026-11-18T12:00:00Z")
        assert row["total_usage"] > 0
        after = {"start": stamp(clock()), "end": stamp(clock() + timedelta(hours=1))}
        assert query(simulator, **of(key), time_range=after).data["data"] == []


def test_a_key_comes_back_by_its_name(clock: SettableClock) -> None:
    with Simulator("several-keys", clock=clock) as simulator:
        rows = query(simulator, dimensions=["api_key_id"]).data["data"]
        assert {row["api_key_id"] for row in rows} == {"Production", "Staging", "Nightly batch"}


def test_a_hash_that_cannot_be_resolved_is_a_warning_and_the_query_runs_over_all_keys(clock: SettableClock) -> None:
    with Simulator("several-keys", clock=clock) as simulator:
        stray = {"filters": [{"field": "api_key_id", "operator": "eq", "value": "0" * 64}]}
        answer = query(simulator, **stray).data
        assert answer["warnings"]
        assert answer["data"] == query(simulator).data["data"]
        assert "warnings" not in query(simulator).data


def test_a_scenario_can_let_usage_lag(clock: SettableClock) -> None:
    with Simulator("lagging-usage", clock=clock) as simulator:
        path = f"GET /keys/{simulator.primary_key.fingerprint}"

        def last_used() -> str | None:
            moment: str | None = ask(simulator, path, simulator.keys["management"]).data["last_used_at"]
            return moment

        clock.advance(timedelta(minutes=20))
        now = {"time_range": {"start": stamp(clock()), "end": stamp(clock() + timedelta(days=1))}}
        before = last_used()
        chat(simulator, max_tokens=5)
        used = clock()
        clock.advance(timedelta(minutes=9))
        assert (last_used(), query(simulator, **now).data["data"]) == (before, [])
        clock.advance(timedelta(minutes=1))
        assert last_used() == stamp(used)
        assert len(query(simulator, **now).data["data"]) == 1


def test_a_scenario_can_warn_with_every_answer() -> None:
    with Simulator("analytics-warning") as simulator:
        assert query(simulator).data["warnings"]


@pytest.mark.parametrize(
    "body",
    [
        {"metrics": []},
        {"metrics": ["cost"]},
        {"dimensions": ["model", "api_key_id", "workspace"]},
        {"dimensions": ["colour"]},
        {"granularity": "year"},
        {"limit": 0},
        {"limit": True},
        {"time_range": {"start": "2026-11-18", "end": "2026-11-19"}},
        {"time_range": {"start": "2026-11-19T00:00:00Z", "end": "2026-11-18T00:00:00Z"}},
        {"time_range": "today"},
        {"filters": [{"field": "model", "operator": "eq", "value": "x"}]},
        {"filters": "x"},
    ],
)
def test_a_query_that_makes_no_sense_is_refused(body: dict[str, Any]) -> None:
    with Simulator() as simulator:
        assert query(simulator, **body).status == 400


def test_an_ordinary_key_is_not_told() -> None:
    with Simulator(replace(SCENARIOS["healthy"])) as simulator:
        assert ask(simulator, "POST /analytics/query", simulator.primary_key, METRICS).status == 403
