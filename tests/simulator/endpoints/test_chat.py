from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from openrouter_preflight.simulator import KeyPlan, SettableClock, Simulator
from support.loopback_client import ask, chat

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def simulator(clock: SettableClock) -> Iterator[Simulator]:
    with Simulator(clock=clock) as simulator:
        yield simulator


def test_a_completion_costs_its_tokens_at_the_models_price(simulator: Simulator) -> None:
    before = ask(simulator, "GET /key", simulator.primary_key).data
    usage = chat(simulator, max_tokens=3).json["usage"]
    assert usage["completion_tokens"] == 3
    assert usage["cost"] == pytest.approx(usage["prompt_tokens"] * 2e-6 + 3 * 8e-6)
    after = ask(simulator, "GET /key", simulator.primary_key).data
    for field in ("usage", "usage_daily", "usage_monthly"):
        assert after[field] - before[field] == pytest.approx(usage["cost"])
    assert before["limit_remaining"] - after["limit_remaining"] == pytest.approx(usage["cost"])


def test_an_answer_that_is_not_cut_ends_by_itself(simulator: Simulator) -> None:
    choice = chat(simulator).json["choices"][0]
    assert (choice["finish_reason"], choice["message"]["role"]) == ("stop", "assistant")


@pytest.mark.parametrize(
    ("model", "answers"),
    [
        ("openrouter/auto", "openai/gpt-4o-mini"),
        ("~anthropic/claude-sonnet-latest", "anthropic/claude-sonnet-4.5"),
        ("openai/gpt-4.1:nitro", "openai/gpt-4.1"),
    ],
)
def test_routers_aliases_and_suffixes_are_answered_by_a_row(model: str, answers: str, simulator: Simulator) -> None:
    assert chat(simulator, model=model).json["model"] == answers


@pytest.mark.parametrize(
    ("model", "status", "code", "message"),
    [
        ("openai/gpt-5000", 400, "model_not_found", "openai/gpt-5000 is not a valid model ID"),
        ("openai/gpt-4-32k", 404, "model_deprecated", "No endpoints found for openai/gpt-4-32k."),
        ("qwen/qwen3-coder:free", 404, "free_variant_ended", "No endpoints found for qwen/qwen3-coder:free."),
        ("mistralai/mistral-small-3.2-24b-instruct", 404, "privacy_restricted", "No endpoints found matching your"),
        ("openai/gpt-image-1", 404, "no_endpoints", "No endpoints found that support text output"),
    ],
)
def test_a_model_that_cannot_be_used_says_why(
    model: str, status: int, code: str, message: str, simulator: Simulator
) -> None:
    refused = chat(simulator, model=model)
    assert (refused.status, refused.error["availability"]["code"]) == (status, code)
    assert refused.error["message"].startswith(message)


@pytest.mark.parametrize(
    "fields",
    [
        {"model": None},
        {"model": ""},
        {"messages": None},
        {"messages": []},
        {"messages": "hello"},
        {"max_tokens": -1},
        {"max_tokens": "many"},
        {"max_tokens": True},
        {"stream": True},
    ],
)
def test_a_request_that_makes_no_sense_is_400_and_costs_nothing(fields: dict[str, Any], simulator: Simulator) -> None:
    before = simulator.account
    assert chat(simulator, **fields).status == 400
    assert simulator.account == before


def test_odd_messages_do_no_harm(simulator: Simulator) -> None:
    assert chat(simulator, messages=[1, None, {}, {"content": [{"type": "text", "text": "x"}]}]).status == 200


def test_a_management_key_is_401_for_inference(simulator: Simulator) -> None:
    refused = ask(simulator, "POST /chat/completions", simulator.keys["management"], {"model": "x"})
    assert (refused.status, refused.error["message"]) == (401, "User not found.")


def test_more_output_than_the_limit_affords_is_402_and_says_how_much_it_affords() -> None:
    with Simulator("low-balance") as simulator:
        refused = chat(simulator, max_tokens=200_000)
        affordable = int(refused.error["message"].partition("can only afford ")[2].split(".")[0])
        assert refused.status == 402
        assert refused.error["message"].startswith(
            "This request requires more credits, or fewer max_tokens. "
            "You requested up to 200000 tokens, but can only afford "
        )
        assert refused.error["metadata"]["limit_source"] == "openrouter_key_limit"
        assert affordable * Decimal("0.000008") == pytest.approx(Decimal("1.37"), abs=Decimal("0.0001"))
        assert chat(simulator, max_tokens=affordable + 1).status == 402
        assert chat(simulator, max_tokens=affordable).status == 200


def test_a_key_without_a_limit_tells_what_the_account_affords() -> None:
    with Simulator("unknown-balance") as simulator:
        refused = chat(simulator, max_tokens=40_000_000)
        assert refused.error["metadata"]["limit_source"] == "openrouter_credits"
        assert chat(simulator, max_tokens=31_000_000).status == 200  # $248 of the account's $250


def test_spending_runs_into_the_limit_and_the_limit_resets(simulator: Simulator, clock: SettableClock) -> None:
    plan = KeyPlan(limit=Decimal("0.0001"), limit_reset="daily")
    key = simulator.add_key("tight", plan)
    body = {"model": "openai/gpt-4.1", "messages": [{"role": "user", "content": "x" * 200}], "max_tokens": 1}

    def status() -> int:
        return ask(simulator, "POST /chat/completions", key, body).status

    assert status() == 402
    ask(simulator, f"PATCH /keys/{key.fingerprint}", simulator.keys["management"], {"limit": 0.0002})
    assert [status(), status()] == [200, 402]
    clock.set(clock().replace(day=19, hour=0))
    assert status() == 200


def test_free_requests_end_with_the_days_quota(clock: SettableClock) -> None:
    free = "deepseek/deepseek-chat-v3.1:free"
    with Simulator("free-tier", clock=clock) as simulator:
        assert [chat(simulator, model=free).status for _ in range(50)] == [200] * 50
        assert chat(simulator, model=free).status == 429
        quota = ask(simulator, "GET /key", simulator.primary_key).data["free_model_daily_requests"]
        assert quota == {"used": 50, "limit": 50, "remaining": 0}
        clock.set(clock().replace(day=19, hour=0))
        assert chat(simulator, model=free).status == 200
