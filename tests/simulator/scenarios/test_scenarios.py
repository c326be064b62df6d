"""Each scenario over a real socket: the story that its summary tells is what a client meets."""

from __future__ import annotations

from datetime import timedelta
from http.client import HTTPException, IncompleteRead
from typing import TYPE_CHECKING, Any

import pytest

from loopback_client import Reply, ask
from openrouter_preflight.findings import ExitCode
from openrouter_preflight.simulator import SCENARIOS, SettableClock, Simulator, scenario_names

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES_THAT_STAY = frozenset(
    [
        "healthy",
        "low-balance",
        "spent-key-limit",
        "spent-key-limit-403",
        "spent-budget",
        "out-of-credit",
        "negative-balance",
        "unknown-balance",
        "management-key",
        "revoked",
        "expired",
        "expires-soon",
        "flapping-401",
        "forbidden",
        "blocked-country",
        "rate-limited",
        "rate-limited-retry-after",
        "outage",
        "slow",
        "reset-connection",
        "captive-portal",
        "truncated",
        "credits-zeros",
        "credits-forbidden",
        "free-tier",
        "old-api",
        "no-region",
        "several-budgets",
        "activity",
        "spike",
        "several-keys",
        "retired-model",
        "expiring-model",
        "budget-resets-tomorrow",
        "unused-key",
        "old-key",
        "rotated",
    ]
)
CHAT = {"model": "openai/gpt-4o-mini", "messages": [{"role": "user", "content": "hi"}], "max_tokens": 1}


def chat(simulator: Simulator, model: str = "openai/gpt-4o-mini") -> Reply:
    return ask(simulator, "POST /chat/completions", simulator.primary_key, CHAT | {"model": model})


def test_the_names_that_people_rely_on_stay() -> None:
    assert set(scenario_names()) >= NAMES_THAT_STAY


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_summary_is_one_line_that_ends_with_the_exit_code(name: str) -> None:
    summary = SCENARIOS[name].summary
    assert "\n" not in summary
    assert summary.endswith(f"({int(SCENARIOS[name].exit_code)}).")


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_can_be_opened_and_its_gates_hold_no_gap(name: str) -> None:
    simulator = Simulator(name)
    assert {"inference", "management"} <= set(simulator.keys)
    assert not any("{" in gate for gate in simulator.gates)
    assert (simulator.management_key is not None) is simulator.scenario.with_management_key


@pytest.mark.parametrize(
    ("name", "key_status", "chat_status", "source"),
    [
        ("healthy", 200, 200, None),
        ("low-balance", 200, 200, None),
        ("spent-key-limit", 200, 402, "openrouter_key_limit"),
        ("spent-key-limit-403", 200, 403, None),
        ("spent-key-limit-at-key", 402, 402, "openrouter_key_limit"),
        ("spent-key-limit-403-at-key", 403, 403, None),
        ("spent-budget", 200, 403, "openrouter_workspace_budget"),
        ("spent-guardrail-budget", 200, 403, "openrouter_guardrail_budget"),
        ("out-of-credit", 200, 402, "openrouter_credits"),
        ("out-of-credit-at-key", 402, 402, "openrouter_credits"),
        ("negative-balance", 200, 402, "openrouter_credits"),
        ("free-tier", 200, 402, "openrouter_credits"),
        ("management-key", 200, 401, None),
        ("revoked", 401, 401, None),
        ("disabled", 401, 401, None),
        ("expired", 401, 401, None),
        ("forbidden", 403, 403, None),
        ("no-region", 200, 403, None),
        ("old-api", 200, 200, None),
        ("outage", 503, 503, None),
    ],
)
def test_what_the_key_and_inference_answer(name: str, key_status: int, chat_status: int, source: str | None) -> None:
    with Simulator(name) as simulator:
        assert ask(simulator, "GET /key", simulator.primary_key).status == key_status
        refused = chat(simulator)
    assert refused.status == chat_status
    if source:
        assert refused.error["metadata"]["limit_source"] == source


def own_key(name: str, clock: SettableClock) -> Any:
    with Simulator(name, clock=clock) as simulator:
        return ask(simulator, "GET /key", simulator.primary_key).data


@pytest.mark.parametrize(
    ("name", "holds"),
    [
        ("healthy", lambda data: data["limit_remaining"] == 74.5),
        ("low-balance", lambda data: data["limit_remaining"] == 1.37),
        ("spent-key-limit", lambda data: (data["limit_remaining"], data["limit_reset"]) == (0, None)),
        ("spent-budget", lambda data: (data["limit"], data["effective_budget"]["remaining_usd"]) == (None, 0)),
        ("spent-guardrail-budget", lambda data: data["effective_budget"]["scope"] == "api_key"),
        ("spent-guardrail-budget", lambda data: data["limit_remaining"] == 94.8),
        ("several-budgets", lambda data: data["effective_budget"]["remaining_usd"] == 3.2),
        ("unknown-balance", lambda data: (data["limit"], data["budgets"]) == (None, [])),
        ("management-key", lambda data: data["is_management_key"] and data["is_provisioning_key"]),
        ("expires-soon", lambda data: data["expires_at"] == "2026-11-21T12:00:00Z"),
        ("expired-cached", lambda data: data["expires_at"] == "2026-11-18T11:59:00Z"),
        ("free-tier", lambda data: data["is_free_tier"] and data["free_model_daily_requests"]["limit"] == 50),
        ("no-region", lambda data: data["allowed_data_regions"] == []),
        ("old-api", lambda data: "is_management_key" not in data and len(data) == 7),
        ("budget-resets-tomorrow", lambda data: data["budgets"][0]["resets_at"] == "2026-11-19T00:00:00Z"),
    ],
)
def test_what_the_key_says_of_itself(name: str, holds: Callable[[Any], bool], clock: SettableClock) -> None:
    assert holds(own_key(name, clock))


@pytest.mark.parametrize(
    ("name", "status", "answer"),
    [
        ("credits-zeros", 200, {"total_credits": 0, "total_usage": 0}),
        ("credits-open", 200, {"total_credits": 275.5, "total_usage": 25.5}),
        ("credits-forbidden", 403, "Only management keys can fetch credits for an account"),
        ("unknown-balance", 403, "Only management keys can perform this operation"),
    ],
)
def test_the_three_answers_of_credits_to_an_ordinary_key(name: str, status: int, answer: object) -> None:
    with Simulator(name) as simulator:
        reply = ask(simulator, "GET /credits", simulator.primary_key)
    assert reply.status == status
    assert (reply.data if status == 200 else reply.error["message"]) == answer


@pytest.mark.parametrize(("name", "left"), [("out-of-credit", 0), ("negative-balance", -2.31)])
def test_a_management_key_sees_the_account_at_its_end(name: str, left: float) -> None:
    with Simulator(name) as simulator:
        assert simulator.management_key is not None
        data = ask(simulator, "GET /credits", simulator.management_key).data
    assert data["total_credits"] - data["total_usage"] == pytest.approx(left)


def test_free_models_answer_a_free_account_and_not_an_overdrawn_one() -> None:
    free = "deepseek/deepseek-chat-v3.1:free"
    for name, status in {"free-tier": 200, "out-of-credit": 200, "negative-balance": 402}.items():
        with Simulator(name) as simulator:
            assert chat(simulator, free).status == status


@pytest.mark.parametrize(
    ("name", "statuses"),
    [
        ("flapping-401", [401, 200, 200]),
        ("blip", [502, 200, 200]),
        ("rate-limited-retry-after", [429, 200, 200]),
        ("rate-limited", [429, 429, 429]),
        ("outage", [503, 503, 503]),
        ("revoked", [401, 401, 401]),
        ("blocked-country", [403, 403, 403]),
    ],
)
def test_what_passes_and_what_stays(name: str, statuses: list[int]) -> None:
    with Simulator(name) as simulator:
        seen = [ask(simulator, "GET /key", simulator.primary_key).status for _ in range(3)]
        assert seen == statuses == [record.status for record in simulator.requests]


def test_a_fault_that_passes_meets_each_key_once() -> None:
    with Simulator("flapping-401") as simulator:
        other = simulator.add_key("other")
        assert [ask(simulator, "GET /key", key).status for key in (simulator.primary_key, other) * 2] == [
            401,
            401,
            200,
            200,
        ]


@pytest.mark.parametrize(
    ("name", "retry_after"),
    [("rate-limited", None), ("rate-limited-retry-after", "1"), ("rate-limited-for-an-hour", "3600")],
)
def test_when_to_come_back(name: str, retry_after: str | None) -> None:
    with Simulator(name) as simulator:
        assert ask(simulator, "GET /key", simulator.primary_key).headers.get("Retry-After") == retry_after


@pytest.mark.parametrize("name", ["reset-connection", "reset-once"])
def test_a_reset_connection_is_reset_and_not_closed(name: str) -> None:
    with Simulator(name) as simulator, pytest.raises(ConnectionResetError):
        ask(simulator, "GET /key", simulator.primary_key)


def test_a_truncated_answer_promises_more_than_it_holds() -> None:
    with Simulator("truncated") as simulator, pytest.raises(IncompleteRead):
        ask(simulator, "GET /key", simulator.primary_key)


@pytest.mark.parametrize(
    ("name", "status", "kind", "holds"),
    [
        ("captive-portal", 200, "text/html; charset=utf-8", b"Sign in"),
        ("redirect", 302, "text/html; charset=utf-8", b"Sign in"),
        ("blocked-country", 403, "application/json", b'"error": "Access denied by security policy."'),
        ("blocked-country-html", 403, "text/html; charset=utf-8", b"Access denied"),
        ("empty-body", 200, "application/json", b""),
        ("not-json", 200, "application/json", b"upstream"),
        ("not-an-object", 200, "application/json", b"[]"),
        ("no-label", 200, "application/json", b"status"),
        ("wrong-encoding", 200, "application/json", b"{"),
    ],
)
def test_what_is_not_openrouter(name: str, status: int, kind: str, holds: bytes) -> None:
    with Simulator(name) as simulator:
        reply = ask(simulator, "GET /key", simulator.primary_key)
    assert (reply.status, reply.headers["Content-Type"]) == (status, kind)
    assert holds in reply.body


def test_an_oversized_answer_is_larger_than_a_client_should_read() -> None:
    with Simulator("oversized") as simulator:
        assert len(ask(simulator, "GET /key", simulator.primary_key).body) > 1024 * 1024


@pytest.mark.parametrize(("name", "down"), [("credits-outage", "GET /credits"), ("models-outage", "GET /models/user")])
def test_an_outage_of_one_endpoint_leaves_the_key_alone(name: str, down: str) -> None:
    with Simulator(name) as simulator:
        assert [ask(simulator, what, simulator.primary_key).status for what in ("GET /key", down)] == [200, 503]


def test_too_many_requests_in_flight_pass_by_themselves() -> None:
    with Simulator("too-many-in-flight") as simulator:
        refused = chat(simulator)
        assert (refused.status, refused.headers["Retry-After"]) == (402, "1")
        assert refused.error["metadata"]["limit_source"] == "openrouter_in_flight_budget"
        assert chat(simulator).status == 200


def test_slow_answers_outlast_a_clients_patience() -> None:
    with Simulator("slow") as simulator, pytest.raises((TimeoutError, HTTPException)):
        ask(simulator, "GET /key", simulator.primary_key, timeout=0.2)


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


def test_scenarios_of_each_verdict_exist() -> None:
    assert {scenario.exit_code for scenario in SCENARIOS.values()} == {
        ExitCode.PASS,
        ExitCode.FAIL,
        ExitCode.INCOMPLETE,
    }
