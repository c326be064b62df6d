"""The table of API.md §3: what each status and body means."""

from __future__ import annotations

from typing import Any

import pytest

from openrouter_preflight.openrouter.reply import Reply, TransportFault
from openrouter_preflight.openrouter.reply_kind import ReplyKind, classify_reply, read_refusal, spent_interval


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
    (200, OK, ReplyKind.OK),
    (203, OK, ReplyKind.OK),
    (200, {}, ReplyKind.OK),
    (200, envelope("User not found.", 401), ReplyKind.KEY_REJECTED),
    (200, envelope("Slow down", 429), ReplyKind.RATE_LIMITED),
    (200, envelope("Overloaded", 503), ReplyKind.OUTAGE),
    (200, OK | envelope("User not found.", 401), ReplyKind.OK),
    (200, {"error": {"code": "bad", "message": "x"}}, ReplyKind.OK),
    (401, envelope("Missing Authentication header"), ReplyKind.KEY_REJECTED),
    (401, envelope("No auth credentials found"), ReplyKind.KEY_REJECTED),
    (401, envelope("No cookie auth credentials found"), ReplyKind.KEY_REJECTED),
    (401, envelope("User not found."), ReplyKind.KEY_REJECTED),
    (401, envelope("API key disabled"), ReplyKind.KEY_REJECTED),
    (401, {"error": {"message": "User not found.", "code": 401}}, ReplyKind.KEY_REJECTED),
    (401, {"error": {"code": 401}}, ReplyKind.UNREACHABLE),
    (401, {"error": "Unauthorized"}, ReplyKind.UNREACHABLE),
    (401, {"message": "Unauthorized"}, ReplyKind.UNREACHABLE),
    (402, envelope("x", limit_source="openrouter_key_limit"), ReplyKind.KEY_LIMIT_SPENT),
    (402, envelope("Insufficient credits", limit_source="openrouter_credits"), ReplyKind.CREDIT_EXHAUSTED),
    (402, envelope("x", limit_source="openrouter_in_flight_budget"), ReplyKind.RATE_LIMITED),
    (402, envelope("x", limit_source="openrouter_guardrail_budget"), ReplyKind.BUDGET_SPENT),
    (402, envelope("x", limit_source="openrouter_new_source"), ReplyKind.CREDIT_EXHAUSTED),
    (402, envelope(UNAFFORDABLE), ReplyKind.UNAFFORDABLE),
    (402, envelope(UNAFFORDABLE, limit_source="openrouter_credits"), ReplyKind.UNAFFORDABLE),
    (402, envelope("Insufficient credits. Add more using https://openrouter.ai/credits"), ReplyKind.CREDIT_EXHAUSTED),
    (402, envelope("Something new"), ReplyKind.CREDIT_EXHAUSTED),
    (402, {"detail": "Payment Required"}, ReplyKind.UNREACHABLE),
    *((403, envelope(KEY_LIMIT.format(kind)), ReplyKind.KEY_LIMIT_SPENT) for kind in ("total", "daily", "monthly")),
    (403, envelope("Key limit exceeded"), ReplyKind.KEY_LIMIT_SPENT),
    (403, envelope("x", limit_source="openrouter_guardrail_budget"), ReplyKind.BUDGET_SPENT),
    (403, envelope("x", limit_source="openrouter_workspace_budget"), ReplyKind.BUDGET_SPENT),
    (403, envelope("Guardrail budget exceeded"), ReplyKind.BUDGET_SPENT),
    (403, envelope("Only management keys can perform this operation"), ReplyKind.MANAGEMENT_KEY_NEEDED),
    (403, envelope("Only management keys can fetch credits for an account"), ReplyKind.MANAGEMENT_KEY_NEEDED),
    (403, envelope("Only provisioning keys can perform this operation"), ReplyKind.MANAGEMENT_KEY_NEEDED),
    (403, envelope("No permission", error_type="permission_denied"), ReplyKind.KEY_FORBIDDEN),
    (403, {"error": {"code": 403, "metadata": {"error_type": "permission_denied"}}}, ReplyKind.KEY_FORBIDDEN),
    (403, envelope("Blocked by moderation"), ReplyKind.KEY_FORBIDDEN),
    (403, envelope("Access denied by security policy."), ReplyKind.CALLER_BLOCKED),
    (403, BLOCKED, ReplyKind.CALLER_BLOCKED),
    (403, {}, ReplyKind.CALLER_BLOCKED),
    (451, BLOCKED, ReplyKind.CALLER_BLOCKED),
    (451, envelope("Unavailable"), ReplyKind.CALLER_BLOCKED),
    (400, envelope("x is not a valid model ID"), ReplyKind.BAD_REQUEST),
    (404, envelope("No endpoints found"), ReplyKind.NOT_FOUND),
    (410, envelope("Gone"), ReplyKind.NOT_FOUND),
    (404, {"detail": "Not Found"}, ReplyKind.UNREACHABLE),
    (405, envelope("Method not allowed"), ReplyKind.UNREACHABLE),
    (418, envelope("I'm a teapot"), ReplyKind.UNREACHABLE),
    (429, envelope("Rate limit exceeded"), ReplyKind.RATE_LIMITED),
    (408, envelope("Timeout"), ReplyKind.OUTAGE),
    *((status, envelope("x"), ReplyKind.OUTAGE) for status in (500, 502, 503, 504, 520, 524, 529, 599)),
    (500, envelope("User not found.", 401), ReplyKind.OUTAGE),
    (600, envelope("User not found.", 401), ReplyKind.UNREACHABLE),
]


@pytest.mark.parametrize(("status", "body", "kind"), BODIES)
def test_a_status_and_its_body_have_one_meaning(status: int, body: dict[str, Any], kind: ReplyKind) -> None:
    assert classify_reply(Reply(status=status, body=body)) is kind


FAULTS = [
    (None, TransportFault.REFUSED, ReplyKind.UNREACHABLE),
    (200, TransportFault.HTML, ReplyKind.UNREACHABLE),
    (200, TransportFault.EMPTY, ReplyKind.UNREACHABLE),
    (302, TransportFault.REDIRECT, ReplyKind.UNREACHABLE),
    (401, TransportFault.HTML, ReplyKind.UNREACHABLE),
    (401, TransportFault.EMPTY, ReplyKind.UNREACHABLE),
    (401, TransportFault.NOT_JSON, ReplyKind.UNREACHABLE),
    (402, TransportFault.HTML, ReplyKind.UNREACHABLE),
    (403, TransportFault.HTML, ReplyKind.CALLER_BLOCKED),
    (403, TransportFault.EMPTY, ReplyKind.UNREACHABLE),
    (404, TransportFault.HTML, ReplyKind.UNREACHABLE),
    (408, TransportFault.EMPTY, ReplyKind.OUTAGE),
    (429, TransportFault.HTML, ReplyKind.RATE_LIMITED),
    (503, TransportFault.HTML, ReplyKind.OUTAGE),
    (503, TransportFault.TOO_LARGE, ReplyKind.OUTAGE),
]


@pytest.mark.parametrize(("status", "fault", "kind"), FAULTS)
def test_without_a_body_only_the_status_speaks_and_never_against_the_key(
    status: int | None, fault: TransportFault, kind: ReplyKind
) -> None:
    assert classify_reply(Reply(status=status, fault=fault)) is kind


AGAINST_THE_KEY = {
    ReplyKind.KEY_REJECTED,
    ReplyKind.KEY_LIMIT_SPENT,
    ReplyKind.BUDGET_SPENT,
    ReplyKind.CREDIT_EXHAUSTED,
    ReplyKind.UNAFFORDABLE,
    ReplyKind.KEY_FORBIDDEN,
}


@pytest.mark.parametrize("body", [None, {}, {"detail": "x"}, {"error": "x"}, {"error": {"code": 401}}, {"error": []}])
def test_nothing_but_the_envelope_speaks_against_a_key(body: dict[str, Any] | None) -> None:
    meanings = {classify_reply(Reply(status=status, body=body)) for status in range(100, 1000)}
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
