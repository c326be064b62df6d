"""The table of API.md §3: the one kind of each status and body, read from real responses of httpx."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from openrouter_preflight.clock import SystemClock
from openrouter_preflight.keys import ApiKey
from openrouter_preflight.openrouter.reply import Reply, read_refusal
from openrouter_preflight.openrouter.reply_kind import ReplyKind, classify_reply, spent_interval
from openrouter_preflight.openrouter.transport import Transport

if TYPE_CHECKING:
    import respx


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
    (401, {"error": {"code": 401}}, ReplyKind.GATEWAY_REFUSED),
    (401, {"error": "Unauthorized"}, ReplyKind.GATEWAY_REFUSED),
    (401, {"message": "Unauthorized"}, ReplyKind.GATEWAY_REFUSED),
    (402, envelope("x", limit_source="openrouter_key_limit"), ReplyKind.KEY_LIMIT_SPENT),
    (402, envelope("Insufficient credits", limit_source="openrouter_credits"), ReplyKind.CREDIT_EXHAUSTED),
    (402, envelope("x", limit_source="openrouter_in_flight_budget"), ReplyKind.RATE_LIMITED),
    (402, envelope("x", limit_source="openrouter_guardrail_budget"), ReplyKind.BUDGET_SPENT),
    (402, envelope("x", limit_source="openrouter_new_source"), ReplyKind.CREDIT_EXHAUSTED),
    (402, envelope(UNAFFORDABLE), ReplyKind.UNAFFORDABLE),
    (402, envelope(UNAFFORDABLE, limit_source="openrouter_credits"), ReplyKind.UNAFFORDABLE),
    (402, envelope("Insufficient credits. Add more using https://openrouter.ai/credits"), ReplyKind.CREDIT_EXHAUSTED),
    (402, envelope("Something new"), ReplyKind.CREDIT_EXHAUSTED),
    (402, {"detail": "Payment Required"}, ReplyKind.GATEWAY_REFUSED),
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
    (403, {}, ReplyKind.GATEWAY_REFUSED),
    (451, BLOCKED, ReplyKind.CALLER_BLOCKED),
    (451, envelope("Unavailable"), ReplyKind.CALLER_BLOCKED),
    (400, envelope("x is not a valid model ID"), ReplyKind.BAD_REQUEST),
    (404, envelope("No endpoints found"), ReplyKind.NOT_FOUND),
    (410, envelope("Gone"), ReplyKind.NOT_FOUND),
    (404, {"detail": "Not Found"}, ReplyKind.NOT_OPENROUTER),
    (405, envelope("Method not allowed"), ReplyKind.NOT_OPENROUTER),
    (418, envelope("I'm a teapot"), ReplyKind.NOT_OPENROUTER),
    (429, envelope("Rate limit exceeded"), ReplyKind.RATE_LIMITED),
    (408, envelope("Timeout"), ReplyKind.OUTAGE),
    *((status, envelope("x"), ReplyKind.OUTAGE) for status in (500, 502, 503, 504, 520, 524, 529, 599)),
    (500, envelope("User not found.", 401), ReplyKind.OUTAGE),
    (600, envelope("User not found.", 401), ReplyKind.NOT_OPENROUTER),
]


OTHER_ENVELOPES = [
    {"error": {"message": "invalid proxy server token passed", "type": "auth_error", "param": "None", "code": "401"}},
    {"error": {"message": "invalid token", "type": "one_api_error", "code": ""}},
    {"error": {"message": "Incorrect API key provided", "type": "invalid_request_error", "code": "invalid_api_key"}},
    {"type": "error", "error": {"type": "authentication_error", "message": "invalid x-api-key"}},
    {"error": {"code": 401, "message": "Request had invalid credentials.", "status": "UNAUTHENTICATED"}},
    {"success": False, "errors": [{"code": 10000, "message": "Authentication error"}]},
    {"statusCode": 401, "message": "Access denied due to missing subscription key."},
    {"error": {"message": "no code and no word of OpenRouter's"}},
]
IN_FLIGHT: dict[str, Any] = {"reason": "in_flight_budget_exhausted", "limit_source": "openrouter_in_flight_budget"}
NEW_BODIES = [
    *((status, body, ReplyKind.GATEWAY_REFUSED) for status in (401, 402, 403) for body in OTHER_ENVELOPES),
    (401, {"error": {"message": "x", "error_type": "authentication", "http_status": 401}}, ReplyKind.KEY_REJECTED),
    (
        402,
        envelope("x", reason="weight_exceeds_budget", limit_source="openrouter_credits"),
        ReplyKind.REQUEST_TOO_LARGE,
    ),
    (402, envelope("x", reason="in_flight_budget_exhausted"), ReplyKind.RATE_LIMITED),
    (402, envelope("x", **IN_FLIGHT), ReplyKind.RATE_LIMITED),
    (402, envelope("create a key with a higher monthly limit"), ReplyKind.KEY_LIMIT_TOO_LOW),
    (402, envelope("Manage it at https://openrouter.ai/settings/keys"), ReplyKind.KEY_LIMIT_TOO_LOW),
    (402, envelope("Add credits at https://openrouter.ai/settings/credits"), ReplyKind.CREDIT_EXHAUSTED),
    (403, envelope("Your IP address is not on the allowlist"), ReplyKind.ADDRESS_NOT_ALLOWED),
    (403, envelope("IP address 203.0.113.7 is not permitted"), ReplyKind.ADDRESS_NOT_ALLOWED),
    (403, envelope("Request blocked by IP allow-list"), ReplyKind.ADDRESS_NOT_ALLOWED),
    (403, envelope("Requests from your network address are refused"), ReplyKind.ADDRESS_NOT_ALLOWED),
    (403, envelope("Unsupported country"), ReplyKind.CALLER_BLOCKED),
    (403, envelope("Model is not on the allowlist of this guardrail"), ReplyKind.KEY_FORBIDDEN),
    (403, envelope("Requests to this data region are not allowed by the guardrail"), ReplyKind.REGION_REFUSED),
    *((status, envelope("Key exceeds the maximum key lifetime"), ReplyKind.KEY_LIFETIME) for status in (401, 403)),
    (401, envelope("API keys must have an expiration date"), ReplyKind.KEY_LIFETIME),
    (403, envelope("This key never expires, which the organization forbids"), ReplyKind.KEY_LIFETIME),
    (401, envelope("API key expired"), ReplyKind.KEY_REJECTED),
    (409, envelope("Conflict"), ReplyKind.CONFLICT),
    (413, envelope("Too large"), ReplyKind.BAD_REQUEST),
    (429, envelope("Rate limit exceeded: free-models-per-day"), ReplyKind.FREE_REQUESTS_SPENT),
    (429, envelope("Rate limit exceeded: free-models-per-min"), ReplyKind.RATE_LIMITED),
    (407, envelope("Proxy Authentication Required"), ReplyKind.PROXY_FAILED),
    (200, {"choices": [{}], "error": {"code": 502, "message": "Provider returned error"}}, ReplyKind.OUTAGE),
]


def answered(mock: respx.MockRouter, response: httpx.Response) -> ReplyKind:
    """The kind of a response that httpx brings, as the transport reads it."""
    mock.get("https://openrouter.ai/api/v1/key").mock(return_value=response)
    with Transport("https://openrouter.ai/api/v1", environ={}, clock=SystemClock()) as transport:
        return classify_reply(transport.exchange("/key", ApiKey("x"), timeout=5, body_limit=1024 * 1024))


@pytest.mark.parametrize(("status", "body", "kind"), [*BODIES, *NEW_BODIES])
def test_a_status_and_its_body_have_one_meaning(
    status: int, body: dict[str, Any], kind: ReplyKind, respx_mock: respx.MockRouter
) -> None:
    assert answered(respx_mock, httpx.Response(status, json=body)) is kind


PAGE, CUT = b"<html><body>Sign in</body></html>", b'{"data": {"label'
CONTENTS = [
    (200, PAGE, ReplyKind.NOT_OPENROUTER),
    (200, b"", ReplyKind.UNREACHABLE),
    (200, CUT, ReplyKind.NOT_OPENROUTER),
    (302, b"", ReplyKind.REDIRECTED),
    (401, PAGE, ReplyKind.GATEWAY_REFUSED),
    (401, b"", ReplyKind.GATEWAY_REFUSED),
    (401, CUT, ReplyKind.GATEWAY_REFUSED),
    (402, PAGE, ReplyKind.GATEWAY_REFUSED),
    (403, PAGE, ReplyKind.CALLER_BLOCKED),
    (403, b"", ReplyKind.GATEWAY_REFUSED),
    (404, PAGE, ReplyKind.NOT_OPENROUTER),
    (407, PAGE, ReplyKind.PROXY_FAILED),
    (408, b"", ReplyKind.OUTAGE),
    (429, PAGE, ReplyKind.RATE_LIMITED),
    (503, PAGE, ReplyKind.OUTAGE),
    (503, b" " * 2 * 1024 * 1024, ReplyKind.OUTAGE),
]


@pytest.mark.parametrize(("status", "content", "kind"), CONTENTS)
def test_without_a_body_only_the_status_speaks_and_never_against_the_key(
    status: int, content: bytes, kind: ReplyKind, respx_mock: respx.MockRouter
) -> None:
    assert answered(respx_mock, httpx.Response(status, content=content)) is kind


FAULTS = [
    (httpx.ConnectError("x"), ReplyKind.UNREACHABLE),
    (httpx.ConnectTimeout("x"), ReplyKind.UNREACHABLE),
    (httpx.ReadTimeout("x"), ReplyKind.UNREACHABLE),
    (httpx.PoolTimeout("x"), ReplyKind.UNREACHABLE),
    (httpx.RemoteProtocolError("x"), ReplyKind.UNREACHABLE),
    (httpx.ProxyError("407 Proxy Authentication Required"), ReplyKind.PROXY_FAILED),
    (httpx.ProxyError("403 Forbidden"), ReplyKind.PROXY_FAILED),
    (httpx.ProxyError("503 Service Unavailable"), ReplyKind.UNREACHABLE),
]


@pytest.mark.parametrize(("error", "kind"), FAULTS)
def test_a_failed_exchange_has_one_meaning(
    error: httpx.HTTPError, kind: ReplyKind, respx_mock: respx.MockRouter
) -> None:
    respx_mock.get("https://openrouter.ai/api/v1/key").mock(side_effect=error)
    with Transport("https://openrouter.ai/api/v1", environ={}, clock=SystemClock()) as transport:
        assert classify_reply(transport.exchange("/key", ApiKey("x"), timeout=5, body_limit=1024)) is kind


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
