"""What is left to spend, as the scenarios' keys and accounts tell it over a real socket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from openrouter_preflight.simulator import SettableClock, Simulator
from support.loopback_client import ask, chat

if TYPE_CHECKING:
    from collections.abc import Callable


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
