"""What a release will meet: activity, shared accounts, rotation and models."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from openrouter_preflight.simulator import SCENARIOS, SettableClock, Simulator
from support.loopback_client import ask, chat


@pytest.mark.parametrize("name", ["activity", "spike", "short-runway"])
def test_activity_is_thirty_completed_days_with_quiet_weekends(name: str, clock: SettableClock) -> None:
    with Simulator(name, clock=clock) as simulator:
        assert simulator.management_key is not None
        rows = ask(simulator, "GET /activity", simulator.management_key).data
    by_day: dict[str, float] = {}
    for row in rows:
        by_day[row["date"]] = by_day.get(row["date"], 0) + row["usage"]
    assert (min(by_day), max(by_day), len(by_day)) == ("2026-10-19", "2026-11-17", 30)
    assert by_day["2026-11-15"] == pytest.approx(1)
    assert by_day["2026-11-16"] == pytest.approx(4)
    assert by_day["2026-11-09"] == pytest.approx(104 if name == "spike" else 4)


def test_several_keys_draw_on_one_account(clock: SettableClock) -> None:
    with Simulator("several-keys", clock=clock) as simulator:
        manager = simulator.keys["management"]
        used = [key["usage"] for key in ask(simulator, "GET /keys", manager).data]
        assert ask(simulator, "GET /credits", manager).data["total_usage"] == pytest.approx(sum(used))
        per_key = [
            sum(
                row["usage"]
                for row in ask(simulator, f"GET /activity?date=2026-11-16&api_key_hash={key}", manager).data
            )
            for key in (simulator.keys[name].fingerprint for name in ("inference", "staging", "batch"))
        ]
    assert per_key == pytest.approx([4, 1, 7])


@pytest.mark.parametrize(
    ("name", "age", "last_used"),
    [("unused-key", 60, None), ("old-key", 120, "2026-11-18T12:00:00Z"), ("rotated", 10, "2026-11-18T12:00:00Z")],
)
def test_the_age_of_keys(name: str, age: int, last_used: str | None, clock: SettableClock) -> None:
    with Simulator(name, clock=clock) as simulator:
        assert simulator.management_key is not None
        key = ask(simulator, f"GET /keys/{simulator.primary_key.fingerprint}", simulator.management_key).data
    assert key["created_at"] == (clock() - timedelta(days=age)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert key["last_used_at"] == last_used


@pytest.mark.parametrize(("name", "spends"), [("rotated", True), ("rotated-cleanly", False)])
def test_whether_the_old_key_still_spends_after_a_rotation(name: str, spends: bool, clock: SettableClock) -> None:
    with Simulator(name, clock=clock) as simulator:
        old = simulator.keys["old"].fingerprint
        assert simulator.gates == ("--rotated-from", old)
        rows = ask(simulator, f"GET /activity?date=2026-11-17&api_key_hash={old}", simulator.keys["management"]).data
    assert bool(rows) is spends


def test_models_that_expire_retire_or_are_private(clock: SettableClock) -> None:
    def listed(simulator: Simulator, path: str = "/models/user") -> dict[str, Any]:
        return {model["id"]: model for model in ask(simulator, f"GET {path}", simulator.primary_key).data}

    with Simulator("expiring-model", clock=clock) as simulator:
        model = SCENARIOS["expiring-model"].gates[1]
        assert listed(simulator)[model]["expiration_date"] == "2026-11-23"
        clock.advance(timedelta(days=6))
        assert model not in listed(simulator)
        assert chat(simulator, model).error["availability"]["code"] == "model_deprecated"
    with Simulator("retired-model") as simulator:
        model = SCENARIOS["retired-model"].gates[1]
        assert model not in listed(simulator, "/models")
        assert chat(simulator, model).status == 404
    with Simulator("private-model") as simulator:
        model = SCENARIOS["private-model"].gates[1]
        assert model in listed(simulator, "/models")
        assert model not in listed(simulator)
        assert chat(simulator, model).error["availability"]["code"] == "privacy_restricted"
