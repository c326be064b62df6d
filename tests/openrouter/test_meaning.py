"""The table of API.md §3: what each status and body means."""

from __future__ import annotations

from typing import Any

import pytest

from openrouter_preflight.openrouter.meaning import Meaning, meaning_of, read_refusal, spent_interval
from openrouter_preflight.openrouter.reply import Fault, Reply


def envelope(message: str, code: int = 0, **metadata: object) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "metadata": metadata}, "user_id": "user_1"}


KEY_LIMIT = "Key limit exceeded ({} limit). Manage it using https://openrouter.ai/settings/keys"
UNAFFORDABLE = (
    "This request requires more credits, or fewer max_tokens. You requested up to 32000 tokens, "
    "but can only afford 27342."
)
BLOCKED = {"success": False, "error": "Access denied by security policy."}
OK = {"data": {"label": "sk-or-v1-0e6...c96"}}

BODIES = [
    (200, OK, Meaning.OK),
    (203, OK, Meaning.OK),
    (200, {}, Meaning.OK),
    (200, envelope("User not found.", 401), Meaning.KEY_REJECTED),
    (200, envelope("Slow down", 429), Meaning.RATE_LIMITED),
    (200, envelope("Overloaded", 503), Meaning.OUTAGE),
    (200, OK | envelope("User not found.", 401), Meaning.OK),
    (200, {"error": {"code": "bad", "message": "x"}}, Meaning.OK),
    (401, envelope("Missing Authentication header"), Meaning.KEY_REJECTED),
    (401, envelope("No auth credentials found"), Meaning.KEY_REJECTED),
    (401, envelope("No cookie auth credentials found"), Meaning.KEY_REJECTED),
    (401, envelope("User not found."), Meaning.KEY_REJECTED),
    (401, envelope("API key disabled"), Meaning.KEY_REJECTED),
    (401, {"error": {"message": "User not found.", "code": 401}}, Meaning.KEY_REJECTED),
    (401, {"error": {"code": 401}}, Meaning.UNREACHABLE),
    (401, {"error": "Unauthorized"}, Meaning.UNREACHABLE),
    (401, {"message": "Unauthorized"}, Meaning.UNREACHABLE),
    (402, envelope("x", limit_source="openrouter_key_limit"), Meaning.KEY_LIMIT_SPENT),
    (402, envelope("Insufficient credits", limit_source="openrouter_credits"), Meaning.CREDIT_EXHAUSTED),
    (402, envelope("x", limit_source="openrouter_in_flight_budget"), Meaning.RATE_LIMITED),
    (402, envelope("x", limit_source="openrouter_guardrail_budget"), Meaning.BUDGET_SPENT),
    (402, envelope("x", limit_source="openrouter_new_source"), Meaning.CREDIT_EXHAUSTED),
    (402, envelope(UNAFFORDABLE), Meaning.UNAFFORDABLE),
    (402, envelope(UNAFFORDABLE, limit_source="openrouter_credits"), Meaning.UNAFFORDABLE),
    (402, envelope("Insufficient credits. Add more using https://openrouter.ai/credits"), Meaning.CREDIT_EXHAUSTED),
    (402, envelope("Something new"), Meaning.CREDIT_EXHAUSTED),
    (402, {"detail": "Payment Required"}, Meaning.UNREACHABLE),
    *((403, envelope(KEY_LIMIT.format(kind)), Meaning.KEY_LIMIT_SPENT) for kind in ("total", "daily", "monthly")),
    (403, envelope("Key limit exceeded"), Meaning.KEY_LIMIT_SPENT),
    (403, envelope("x", limit_source="openrouter_guardrail_budget"), Meaning.BUDGET_SPENT),
    (403, envelope("x", limit_source="openrouter_workspace_budget"), Meaning.BUDGET_SPENT),
    (403, envelope("Guardrail budget exceeded"), Meaning.BUDGET_SPENT),
    (403, envelope("Only management keys can perform this operation"), Meaning.MANAGEMENT_KEY_NEEDED),
    (403, envelope("Only management keys can fetch credits for an account"), Meaning.MANAGEMENT_KEY_NEEDED),
    (403, envelope("Only provisioning keys can perform this operation"), Meaning.MANAGEMENT_KEY_NEEDED),
    (403, envelope("No permission", error_type="permission_denied"), Meaning.KEY_FORBIDDEN),
    (403, {"error": {"code": 403, "metadata": {"error_type": "permission_denied"}}}, Meaning.KEY_FORBIDDEN),
    (403, envelope("Blocked by moderation"), Meaning.KEY_FORBIDDEN),
    (403, envelope("Access denied by security policy."), Meaning.CALLER_BLOCKED),
    (403, BLOCKED, Meaning.CALLER_BLOCKED),
    (403, {}, Meaning.CALLER_BLOCKED),
    (451, BLOCKED, Meaning.CALLER_BLOCKED),
    (451, envelope("Unavailable"), Meaning.CALLER_BLOCKED),
    (400, envelope("x is not a valid model ID"), Meaning.BAD_REQUEST),
    (404, envelope("No endpoints found"), Meaning.NOT_FOUND),
    (410, envelope("Gone"), Meaning.NOT_FOUND),
    (404, {"detail": "Not Found"}, Meaning.UNREACHABLE),
    (405, envelope("Method not allowed"), Meaning.UNREACHABLE),
    (418, envelope("I'm a teapot"), Meaning.UNREACHABLE),
    (429, envelope("Rate limit exceeded"), Meaning.RATE_LIMITED),
    (408, envelope("Timeout"), Meaning.OUTAGE),
    *((status, envelope("x"), Meaning.OUTAGE) for status in (500, 502, 503, 504, 520, 524, 529, 599)),
    (500, envelope("User not found.", 401), Meaning.OUTAGE),
    (600, envelope("User not found.", 401), Meaning.UNREACHABLE),
]


@pytest.mark.parametrize(("status", "body", "meaning"), BODIES)
def test_a_status_and_its_body_have_one_meaning(status: int, body: dict[str, Any], meaning: Meaning) -> None:
    assert meaning_of(Reply(status=status, body=body)) is meaning


FAULTS = [
    (None, Fault.REFUSED, Meaning.UNREACHABLE),
    (200, Fault.HTML, Meaning.UNREACHABLE),
    (200, Fault.EMPTY, Meaning.UNREACHABLE),
    (302, Fault.REDIRECT, Meaning.UNREACHABLE),
    (401, Fault.HTML, Meaning.UNREACHABLE),
    (401, Fault.EMPTY, Meaning.UNREACHABLE),
    (401, Fault.NOT_JSON, Meaning.UNREACHABLE),
    (402, Fault.HTML, Meaning.UNREACHABLE),
    (403, Fault.HTML, Meaning.CALLER_BLOCKED),
    (403, Fault.EMPTY, Meaning.UNREACHABLE),
    (404, Fault.HTML, Meaning.UNREACHABLE),
    (408, Fault.EMPTY, Meaning.OUTAGE),
    (429, Fault.HTML, Meaning.RATE_LIMITED),
    (503, Fault.HTML, Meaning.OUTAGE),
    (503, Fault.TOO_LARGE, Meaning.OUTAGE),
]


@pytest.mark.parametrize(("status", "fault", "meaning"), FAULTS)
def test_without_a_body_only_the_status_speaks_and_never_against_the_key(
    status: int | None, fault: Fault, meaning: Meaning
) -> None:
    assert meaning_of(Reply(status=status, fault=fault)) is meaning


AGAINST_THE_KEY = {
    Meaning.KEY_REJECTED,
    Meaning.KEY_LIMIT_SPENT,
    Meaning.BUDGET_SPENT,
    Meaning.CREDIT_EXHAUSTED,
    Meaning.UNAFFORDABLE,
    Meaning.KEY_FORBIDDEN,
}


@pytest.mark.parametrize("body", [None, {}, {"detail": "x"}, {"error": "x"}, {"error": {"code": 401}}, {"error": []}])
def test_nothing_but_the_envelope_speaks_against_a_key(body: dict[str, Any] | None) -> None:
    meanings = {meaning_of(Reply(status=status, body=body)) for status in range(100, 1000)}
    assert not meanings & AGAINST_THE_KEY


@pytest.mark.parametrize(
    ("message", "interval"),
    [
        *((KEY_LIMIT.format(kind), kind) for kind in ("total", "daily", "weekly", "monthly")),
        ("Key limit exceeded", None),
    ],
)
def test_the_message_names_the_limit_that_is_spent(message: str, interval: str | None) -> None:
    assert spent_interval(read_refusal(envelope(message))) == interval


def test_a_refusal_never_shows_its_message() -> None:
    assert "user_1" not in repr(read_refusal(envelope("User user_1 of key sk-or-v1-0e6")))
