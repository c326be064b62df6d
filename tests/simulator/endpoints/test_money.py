from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from openrouter_preflight.simulator import SettableClock, Simulator
from support.loopback_client import Reply, ask

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def simulator(clock: SettableClock) -> Iterator[Simulator]:
    with Simulator("several-keys", clock=clock) as simulator:
        yield simulator


def activity(simulator: Simulator, query: str = "") -> Reply:
    return ask(simulator, f"GET /activity{query}", simulator.keys["management"])


def spent(rows: list[dict[str, Any]]) -> float:
    return float(sum(row["usage"] for row in rows))


def test_activity_holds_the_thirty_completed_days_newest_first(simulator: Simulator) -> None:
    days = [row["date"] for row in activity(simulator).data]
    assert (days[0], days[-1], len(set(days))) == ("2026-11-17", "2026-10-19", 30)
    assert days == sorted(days, reverse=True)


def test_keys_are_summed_in_one_row_for_each_day_and_model(simulator: Simulator) -> None:
    rows = activity(simulator, "?date=2026-11-16").data
    assert [row["model"] for row in rows] == ["anthropic/claude-sonnet-4.5", "openai/gpt-4o-mini"]
    assert spent(rows) == pytest.approx(12)


def test_the_filters_narrow_to_a_day_and_a_key(simulator: Simulator) -> None:
    staging = simulator.keys["staging"].fingerprint
    whole = activity(simulator).data
    of_key = activity(simulator, f"?api_key_hash={staging}").data
    assert spent(of_key) == pytest.approx(spent(whole) / 12)
    assert {row["date"] for row in activity(simulator, "?date=2026-11-01").data} == {"2026-11-01"}


def test_rows_name_their_workspace_only_when_grouped_by_it(simulator: Simulator) -> None:
    default, other = [row["id"] for row in ask(simulator, "GET /workspaces", simulator.keys["management"]).data]
    assert "workspace_id" not in activity(simulator).data[0]
    assert {row["workspace_id"] for row in activity(simulator, "?group_by=workspace").data} == {default}
    assert activity(simulator, f"?workspace_id={other}").data == []


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("date=yesterday", 400),
        ("date=2026-11-18", 400),
        ("date=2026-10-18", 400),
        ("group_by=model", 400),
        ("api_key_hash=" + "0" * 64, 404),
        ("workspace_id=nowhere", 404),
    ],
)
def test_a_filter_that_can_match_nothing_is_refused(query: str, status: int, simulator: Simulator) -> None:
    assert activity(simulator, f"?{query}").status == status


def test_today_becomes_activity_at_midnight(simulator: Simulator, clock: SettableClock) -> None:
    key = simulator.primary_key
    body = {"model": "openai/gpt-4.1", "messages": [{"role": "user", "content": "x" * 400}], "max_tokens": 1}
    cost = ask(simulator, "POST /chat/completions", key, body).json["usage"]["cost"]
    assert ask(simulator, "GET /key", key).data["usage_daily"] == pytest.approx(2 + cost)
    clock.advance(timedelta(hours=12))
    assert ask(simulator, "GET /key", key).data["usage_daily"] == 0
    rows = activity(simulator, f"?date=2026-11-18&api_key_hash={key.fingerprint}").data
    assert {row["model"]: row["usage"] for row in rows}["openai/gpt-4.1"] == pytest.approx(cost)


def test_credits_and_the_usage_of_keys_agree(simulator: Simulator) -> None:
    manager = simulator.keys["management"]
    used = [key["usage"] for key in ask(simulator, "GET /keys", manager).data]
    data = ask(simulator, "GET /credits", manager).data
    assert data["total_usage"] == pytest.approx(sum(used))
    assert data["total_credits"] - data["total_usage"] == pytest.approx(36)
