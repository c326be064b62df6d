"""What `/key` and inference answer to the keys of the scenarios, over a real socket."""

from __future__ import annotations

import pytest

from openrouter_preflight.simulator import Simulator
from support.loopback_client import ask, chat


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
