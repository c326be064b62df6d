"""Situations from public reports, each a small server and the verdict that is right: the real command over real HTTP.

The rules behind them: what is requested and not known is never a pass; an outage is not a bad key; a wrong set-up is
not an outage; a cap is not money; a judgement does not depend on how a thing was named (API.md §1 to §6).
"""

from __future__ import annotations

import base64
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from support.raw_server import refusal
from support.scripted_api import (
    DOWN,
    KEY,
    MGMT,
    NO_RECORD,
    ORDINARY,
    OTHER,
    UNKNOWN_USER,
    balance,
    info,
    refused,
    scripted,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from support.command_line import CommandLine

HTML = b"<!DOCTYPE html><html><body><h1>404</h1></body></html>"
WITH_MGMT = {"OPENROUTER_MANAGEMENT_KEY": MGMT}
WITH_OTHER = {"OTHER_KEY": OTHER}
TWO = ("--key-env", "OPENROUTER_API_KEY", "--key-env", "OTHER_KEY")
FREE = "meta-llama/llama-3.3-70b-instruct:free"


def row(name: str, **fields: object) -> dict[str, Any]:
    return {
        "id": name,
        "canonical_slug": name,
        "pricing": {"prompt": "0.000001", "completion": "0.000002"},
        "architecture": {"input_modalities": ["text"], "output_modalities": ["text"]},
        "context_length": 8192,
        "top_provider": {"max_completion_tokens": 1000},
        "supported_parameters": [],
        **fields,
    }


def models(*names: str) -> tuple[int, dict[str, Any]]:
    return 200, {"data": [row(name) for name in names]}


MODELS = models("openai/gpt-4.1-mini", FREE, "openrouter/free")
NONE_LEFT: dict[str, Any] = {"free_model_daily_requests": {"used": 50, "limit": 50, "remaining": 0}}
SOME_LEFT: dict[str, Any] = {"free_model_daily_requests": {"used": 3, "limit": 50, "remaining": 47}}


@dataclass(frozen=True, kw_only=True)
class Case:
    """One situation."""

    name: str
    replies: Mapping[str, Any]
    arguments: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    code: int
    rules: tuple[str, ...]
    """Every rule but notes, in alphabetical order."""
    words: tuple[str, ...] = ()
    """Said in a message or a next step."""
    never: tuple[str, ...] = ("create a new key", "add credit", "org_A", "org_B")
    most_requests: int = 12


def case(name: str, replies: Mapping[str, Any], code: int, *rules: str, **fields: Any) -> Case:
    return Case(name=name, replies=replies, code=code, rules=tuple(sorted(rules)), **fields)


OUTAGES = [
    case(
        "a 5xx before three 401s, and the management key refused",
        {"KEY /key": [refused(500, "x"), UNKNOWN_USER], "MGMT /key": UNKNOWN_USER, "/credits": UNKNOWN_USER},
        3,
        "service-unreachable",
        "service-unreachable",
        environment=WITH_MGMT,
        words=("401", "outage", "https://status.openrouter.ai"),
    ),
    case(
        "a 5xx before three 401s, without a management key",
        {"/key": [refused(500, "x"), UNKNOWN_USER]},
        3,
        "service-unreachable",
        words=("401", "HTTP 500"),
    ),
    case(
        "a 5xx that another key was answered",
        {"KEY /key": UNKNOWN_USER, "OTHER /key": [DOWN, info(OTHER)]},
        3,
        "service-unreachable",
        arguments=TWO,
        environment=WITH_OTHER,
    ),
    case(
        "three 401s, and the management key refused",
        {"KEY /key": UNKNOWN_USER, "*": UNKNOWN_USER},
        3,
        "service-unreachable",
        "service-unreachable",
        environment=WITH_MGMT,
        words=("management key", "together"),
    ),
    case(
        "every key refused at once",
        {"*": UNKNOWN_USER},
        3,
        "service-unreachable",
        "service-unreachable",
        arguments=TWO,
        environment=WITH_OTHER,
    ),
    case(
        "every key and the management key refused at once",
        {"*": UNKNOWN_USER},
        3,
        "service-unreachable",
        "service-unreachable",
        "service-unreachable",
        arguments=TWO,
        environment=WITH_OTHER | WITH_MGMT,
    ),
    case(
        "one of two keys refused: the service is there",
        {"KEY /key": UNKNOWN_USER, "OTHER /key": info(OTHER)},
        1,
        "key-rejected",
        arguments=TWO,
        environment=WITH_OTHER,
        words=("February 2026", "https://status.openrouter.ai"),
        never=(),
    ),
    case(
        "three 401s are all there is",
        {"/key": UNKNOWN_USER},
        1,
        "key-rejected",
        words=("February 2026", "https://status.openrouter.ai"),
        never=(),
    ),
    case(
        "one key under two names is no second witness",
        {"/key": UNKNOWN_USER},
        1,
        "key-rejected",
        "key-rejected",
        arguments=TWO,
        environment={"OTHER_KEY": KEY},
        never=(),
    ),
]
RECORD = {"hash": "f" * 64, "name": "CI", "disabled": False, "created_at": "2026-01-01T00:00:00Z"}


def with_record(record: Any) -> dict[str, Any]:
    return {
        "KEY /key": UNKNOWN_USER,
        "MGMT /key": info(MGMT),
        "/credits": balance(100, 10),
        f"/keys/{FINGERPRINT}": record,
        "/keys": (200, {"data": []}),
    }


def fingerprint(key: str) -> str:
    from hashlib import sha256

    return sha256(key.encode()).hexdigest()


FINGERPRINT = fingerprint(KEY)

RECORDS = [
    case(
        "401, and its record says disabled",
        with_record((200, {"data": RECORD | {"hash": FINGERPRINT, "disabled": True}})),
        1,
        "key-disabled",
        environment=WITH_MGMT,
        words=("disabled",),
    ),
    case(
        "401, and its record says expired",
        with_record((200, {"data": RECORD | {"hash": FINGERPRINT, "expires_at": "2026-01-02T00:00:00Z"}})),
        1,
        "key-expired",
        environment=WITH_MGMT,
        words=("2026-01-02",),
        never=(),
    ),
    case(
        "401, and its record says alive",
        with_record((200, {"data": RECORD | {"hash": FINGERPRINT}})),
        3,
        "service-unreachable",
        environment=WITH_MGMT,
        words=("record", "neither disabled nor expired"),
    ),
    case(
        "401, and the account has no such key",
        with_record(NO_RECORD),
        1,
        "key-rejected",
        environment=WITH_MGMT,
        words=("does not have this key",),
        never=(),
    ),
    case(
        "401, and the record is refused too",
        with_record(UNKNOWN_USER),
        3,
        "service-unreachable",
        environment=WITH_MGMT,
    ),
]

WARN = ("--on-unreachable", "warn")
SETUPS = [
    case(
        "a base URL that answers 404 with a page",
        {"*": (404, HTML, ("Content_Type", "text/html"))},
        3,
        "base-url-wrong",
        arguments=WARN,
        words=("set by --base-url", "/api/v1", "http://127.0.0.1"),
    ),
    case(
        "a base URL whose every path is a page",
        {"*": (200, HTML, ("Content_Type", "text/html"))},
        3,
        "base-url-wrong",
        arguments=WARN,
        words=("set by --base-url",),
    ),
    case(
        "a base URL with another API", {"*": (200, {"object": "list", "data": []})}, 3, "base-url-wrong", arguments=WARN
    ),
    case("a base URL that has no /key", {"*": (404, {"detail": "Not Found"})}, 3, "base-url-wrong", arguments=WARN),
    case("a base URL of another method", {"*": (405, {"error": "method"})}, 3, "base-url-wrong", arguments=WARN),
    case(
        "a base URL that redirects",
        {"*": (301, b"", ("Location", "https://elsewhere.example/"))},
        3,
        "base-url-wrong",
        arguments=WARN,
        words=("redirect",),
    ),
    case(
        "LiteLLM refuses its own key",
        {
            "*": (
                401,
                {
                    "error": {
                        "message": "Authentication Error, invalid proxy server token passed.",
                        "type": "auth_error",
                        "param": "None",
                        "code": "401",
                    }
                },
            )
        },
        3,
        "gateway-refused",
        arguments=WARN,
        words=("set by --base-url", "http://127.0.0.1"),
    ),
    case(
        "one-api refuses",
        {"*": (401, {"error": {"message": "invalid token", "type": "one_api_error", "code": ""}})},
        3,
        "gateway-refused",
        arguments=WARN,
    ),
    case(
        "OpenAI refuses",
        {
            "*": (
                401,
                {
                    "error": {
                        "message": "Incorrect API key provided",
                        "type": "invalid_request_error",
                        "param": None,
                        "code": "invalid_api_key",
                    }
                },
            )
        },
        3,
        "gateway-refused",
        arguments=WARN,
    ),
    case(
        "Anthropic refuses",
        {"*": (401, {"type": "error", "error": {"type": "authentication_error", "message": "invalid x-api-key"}})},
        3,
        "gateway-refused",
        arguments=WARN,
    ),
    case(
        "Google refuses",
        {
            "*": (
                401,
                {"error": {"code": 401, "message": "Request had invalid credentials.", "status": "UNAUTHENTICATED"}},
            )
        },
        3,
        "gateway-refused",
        arguments=WARN,
    ),
    case("Kong refuses", {"*": (401, {"message": "Unauthorized"})}, 3, "gateway-refused", arguments=WARN),
    case(
        "Azure API management refuses",
        {"*": (401, {"statusCode": 401, "message": "Access denied due to missing subscription key."})},
        3,
        "gateway-refused",
        arguments=WARN,
    ),
    case(
        "a gateway says that its own budget is spent",
        {"*": (402, {"error": {"message": "Budget has been exceeded", "type": "budget_exceeded", "code": "402"}})},
        3,
        "gateway-refused",
        arguments=WARN,
    ),
    case(
        "a gateway forbids",
        {"*": (403, {"error": {"message": "team not allowed", "type": "auth_error", "code": "403"}})},
        3,
        "gateway-refused",
        arguments=WARN,
    ),
    case(
        "a blocked country",
        {"*": (403, {"success": False, "error": "Access denied by security policy."})},
        3,
        "caller-blocked",
        arguments=WARN,
    ),
    case(
        "an address that the account's allowlist does not hold",
        {"*": refused(403, "Requests from this IP address are not on the account's IP allowlist.")},
        3,
        "address-not-allowed",
        arguments=WARN,
        words=("this machine's address",),
    ),
    case(
        "the same in other words",
        {"*": refused(403, "Your IP is not permitted to use this API key")},
        3,
        "address-not-allowed",
        arguments=WARN,
    ),
    case(
        "the allowlist refuses the management key as well",
        {"*": refused(403, "IP address not whitelisted")},
        3,
        "address-not-allowed",
        "address-not-allowed",
        environment=WITH_MGMT,
    ),
    case(
        "a maximum lifetime (403)",
        {"*": refused(403, "This key exceeds the maximum key lifetime of your organization.")},
        1,
        "key-lifetime-exceeded",
        words=("expir", "lifetime"),
    ),
    case(
        "a maximum lifetime (401)",
        {"*": refused(401, "API keys must have an expiration date within 90 days")},
        1,
        "key-lifetime-exceeded",
        words=("expir",),
    ),
    case("an outage may be let pass", {"*": DOWN}, 0, "service-unreachable", arguments=WARN),
]

MONEY = [
    case(
        "a management key of another account",
        {
            "KEY /key": info(organization_id="org_A"),
            "MGMT /key": info(MGMT, organization_id="org_B"),
            "/credits": balance(600, 100),
            f"/keys/{FINGERPRINT}": NO_RECORD,
        },
        3,
        "balance-unknown",
        arguments=("--min-balance", "25"),
        environment=WITH_MGMT,
        words=("the management key is of another account",),
    ),
    case(
        "a management key of the same account",
        {
            "KEY /key": info(organization_id="org_A"),
            "MGMT /key": info(MGMT, organization_id="org_A"),
            "/credits": balance(600, 100),
        },
        0,
        arguments=("--min-balance", "25"),
        environment=WITH_MGMT,
    ),
    case(
        "a cap, and the balance refused to the key",
        {"/key": info(limit=30, limit_remaining=30), "/credits": ORDINARY},
        0,
        arguments=("--min-balance", "5"),
    ),
    case(
        "a free account, free models, requests left",
        {
            "KEY /key": info(is_free_tier=True, usage=0, usage_daily=0, **SOME_LEFT),
            "MGMT /key": info(MGMT),
            "/credits": balance(0, 0),
            "/models/user": MODELS,
        },
        0,
        "free-tier",
        arguments=("--require-model", FREE),
        environment=WITH_MGMT,
    ),
    case(
        "a free account in debt",
        {
            "KEY /key": info(is_free_tier=True, **SOME_LEFT),
            "MGMT /key": info(MGMT),
            "/credits": balance(5, 5.01),
            "/models/user": MODELS,
        },
        1,
        "credit-exhausted",
        "free-tier",
        arguments=("--require-model", FREE),
        environment=WITH_MGMT,
        never=(),
    ),
    case(
        "never bought, something used: grants and own provider keys are not seen",
        {"KEY /key": info(), "MGMT /key": info(MGMT), "/credits": balance(0, 0.31)},
        1,
        "credit-exhausted",
        environment=WITH_MGMT,
        words=("grant", "--on-unknown-balance"),
        never=(),
    ),
    case(
        "the same, let pass",
        {"KEY /key": info(), "MGMT /key": info(MGMT), "/credits": balance(0, 0.31)},
        0,
        "credit-exhausted",
        arguments=("--on-unknown-balance", "warn"),
        environment=WITH_MGMT,
        never=(),
    ),
    case(
        "an account that bought and spent it is not let pass",
        {"KEY /key": info(), "MGMT /key": info(MGMT), "/credits": balance(10, 10.31)},
        1,
        "credit-exhausted",
        arguments=("--on-unknown-balance", "warn"),
        environment=WITH_MGMT,
        never=(),
    ),
]

PROBE = ("--probe", "openai/gpt-4.1-mini")
KEY_AND_MODELS = {"/key": info(limit=30, limit_remaining=30), "/models/user": MODELS, "/credits": ORDINARY}


def probed(*answers: Any, **key: Any) -> dict[str, Any]:
    about = {"/key": info(limit=30, limit_remaining=30, **key)} if key else {}
    return KEY_AND_MODELS | about | {"/chat/completions": list(answers)}


def completed(**fields: object) -> tuple[int, dict[str, Any]]:
    choice = {"message": {"role": "assistant", "content": "OK"}, "finish_reason": "stop"}
    return 200, {"id": "gen", "model": "openai/gpt-4.1-mini", "choices": [choice | fields]}


HIGHER_LIMIT = (
    "Prompt tokens limit exceeded: 32 > 3. To increase, visit https://openrouter.ai/settings/keys and create a key "
    "with a higher monthly limit"
)
PROBES = [
    case("an answer", probed(completed()), 0, arguments=PROBE),
    case(
        "an error inside a 200",
        probed(completed(finish_reason="error", error={"code": 502, "message": "Provider returned error"})),
        3,
        "probe-undecided",
        arguments=PROBE,
        words=("502",),
    ),
    case(
        "an error beside the choices",
        probed((200, {"choices": [{"message": {}}], "error": {"code": 502, "message": "x"}})),
        3,
        "probe-undecided",
        arguments=PROBE,
    ),
    case(
        "an error inside a 200, without a code",
        probed(completed(finish_reason="error")),
        3,
        "probe-undecided",
        arguments=PROBE,
    ),
    case(
        "one request that outweighs the in-flight budget",
        probed(refused(402, "x", reason="weight_exceeds_budget", limit_source="openrouter_credits")),
        3,
        "probe-undecided",
        arguments=("--probe-afford", "5"),
        words=("too large",),
    ),
    case(
        "too many in flight, by its reason alone",
        probed(refused(402, "x", reason="in_flight_budget_exhausted")),
        3,
        "service-rate-limited",
        arguments=(*PROBE, "--deadline", "0.8"),
    ),
    case(
        "the key's limit is too low for one request",
        probed(refused(402, HIGHER_LIMIT)),
        1,
        "credit-exhausted",
        arguments=PROBE,
        words=("the key's own monthly limit", "https://openrouter.ai/settings/keys"),
    ),
    case(
        "the account is out of credit",
        probed(refused(402, "Insufficient credits. Add more using https://openrouter.ai/settings/credits")),
        1,
        "credit-exhausted",
        arguments=PROBE,
        words=("the account is out of credit",),
        never=(),
    ),
    case(
        "the day's free requests are used up",
        probed(refused(429, "Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000")),
        1,
        "free-requests-exhausted",
        arguments=("--probe", FREE),
        words=("00:00 UTC",),
        most_requests=4,
    ),
    case(
        "the same, known beforehand",
        probed(refused(429, "Rate limit exceeded: free-models-per-day"), **NONE_LEFT),
        1,
        "free-requests-exhausted",
        arguments=("--probe", FREE),
        most_requests=3,
    ),
    case(
        "the free router shares the quota",
        {"/key": info(limit=30, limit_remaining=30, **NONE_LEFT), "/models/user": MODELS},
        1,
        "free-requests-exhausted",
        arguments=("--require-model", "openrouter/free"),
    ),
    case(
        "a free model with a routing suffix",
        {"/key": info(limit=30, limit_remaining=30, **NONE_LEFT), "/models/user": MODELS},
        1,
        "free-requests-exhausted",
        arguments=("--require-model", f"{FREE}:online"),
    ),
    case(
        "a paid model needs none of the free requests",
        {"/key": info(limit=30, limit_remaining=30, **NONE_LEFT), "/models/user": MODELS},
        0,
        arguments=("--require-model", "openai/gpt-4.1-mini"),
    ),
]

WITHOUT_EXPIRY = info(limit=30, limit_remaining=30)
del WITHOUT_EXPIRY[1]["data"]["expires_at"]
KEY_RULES = [
    case(
        "an expiry that is not told",
        {"/key": WITHOUT_EXPIRY},
        3,
        "key-expiry-unknown",
        arguments=("--expires-within", "7d"),
    ),
    case(
        "an expiry that cannot be read",
        {"/key": info(limit=30, limit_remaining=30, expires_at="soon")},
        3,
        "key-expiry-unknown",
        arguments=("--expires-within", "7d"),
    ),
    case("an expiry that is not told and not requested", {"/key": WITHOUT_EXPIRY}, 0),
    case(
        "a key that never expires",
        {"/key": info(limit=30, limit_remaining=30)},
        0,
        arguments=("--expires-within", "7d"),
    ),
    case(
        "an expiry that only the record tells",
        {
            "KEY /key": WITHOUT_EXPIRY,
            "MGMT /key": info(MGMT),
            "/credits": balance(100, 1),
            f"/keys/{FINGERPRINT}": (200, {"data": RECORD | {"hash": FINGERPRINT, "expires_at": None}}),
        },
        0,
        arguments=("--expires-within", "7d"),
        environment=WITH_MGMT,
    ),
    case(
        "a label that is another key's",
        {"/key": info(OTHER, limit=30, limit_remaining=30, is_management_key=False)},
        0,
        "answer-for-another-key",
        words=("label",),
    ),
    case(
        "a label of four characters at its end",
        {"/key": info(limit=30, limit_remaining=30, label=f"{KEY[:12]}...{KEY[-4:]}")},
        0,
    ),
    case("a label of another form", {"/key": info(limit=30, limit_remaining=30, label="CI key")}, 0),
    case(
        "a management key that is rejected",
        {"KEY /key": info(limit=30, limit_remaining=30), "*": UNKNOWN_USER},
        0,
        "key-rejected",
        environment=WITH_MGMT,
        words=("https://openrouter.ai/settings/management-keys",),
        never=("settings/keys",),
    ),
]


def old_record(**fields: object) -> dict[str, Any]:
    """The rotation of a key, by what the old key's record says."""
    return {
        "KEY /key": info(limit=30, limit_remaining=30),
        "MGMT /key": info(MGMT),
        "/credits": balance(100, 1),
        f"/keys/{FINGERPRINT}": (200, {"data": RECORD | {"hash": FINGERPRINT, "created_at": NEW_SINCE}}),
        f"/keys/{fingerprint(OTHER)}": (200, {"data": RECORD | {"hash": fingerprint(OTHER), **fields}}),
    }


def ago(hours: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - hours * 3600))


NEW_SINCE = ago(2)
ROTATED = ("--rotated-from", fingerprint(OTHER))
ROTATIONS = [
    case(
        "silent since the successor was made, though it spent today",
        old_record(last_used_at=ago(3), usage=9, usage_daily=2),
        0,
        "old-key-enabled",
        arguments=ROTATED,
        environment=WITH_MGMT,
    ),
    case(
        "used after the successor was made",
        old_record(last_used_at=ago(1), usage=9, usage_daily=2),
        1,
        "old-key-in-use",
        arguments=ROTATED,
        environment=WITH_MGMT,
    ),
    case(
        "never used",
        old_record(last_used_at=None, usage=0),
        0,
        "old-key-enabled",
        arguments=ROTATED,
        environment=WITH_MGMT,
    ),
    case(
        "a fingerprint that the account never had",
        old_record() | {f"/keys/{fingerprint(OTHER)}": NO_RECORD},
        0,
        "old-key-not-found",
        arguments=ROTATED,
        environment=WITH_MGMT,
        words=("deleted", "wrong"),
    ),
]


def token(**claims: object) -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    said = {"iss": "https://openrouter.ai", "scope": "inference", "exp": int(time.time()) + 800} | claims
    return ".".join((part({"alg": "ES256", "typ": "at+jwt"}), part(said), "c2lnbmF0dXJl" * 7))


TOKENS = [
    case(
        "a workload-identity token",
        {"TOKEN /key": info(limit=30, limit_remaining=30)},
        0,
        environment={"OPENROUTER_API_KEY": token()},
    ),
    case(
        "a token that /key does not answer",
        {"*": UNKNOWN_USER},
        3,
        "token-unchecked",
        environment={"OPENROUTER_API_KEY": token()},
    ),
    case(
        "a token that has expired",
        {"*": UNKNOWN_USER},
        1,
        "key-expired",
        environment={"OPENROUTER_API_KEY": token(exp=int(time.time()) - 60)},
        words=("token",),
        most_requests=0,
        never=(),
    ),
    case(
        "another issuer's token",
        {"*": UNKNOWN_USER},
        1,
        "key-malformed",
        environment={"OPENROUTER_API_KEY": token(iss="https://token.actions.githubusercontent.com")},
        most_requests=0,
    ),
]

CASES = [*OUTAGES, *RECORDS, *SETUPS, *MONEY, *PROBES, *KEY_RULES, *ROTATIONS, *TOKENS]


@pytest.mark.parametrize("situation", CASES, ids=lambda each: each.name)
def test_a_situation_has_one_right_verdict(situation: Case, preflight: CommandLine) -> None:
    server, script = scripted(situation.replies)
    environment = {"OPENROUTER_API_KEY": KEY} | dict(situation.environment)
    arguments = ("--base-url", "URL", "--timeout", "1", "--deadline", "1.6", *situation.arguments)
    with server:
        given = [server.base_url if each == "URL" else each for each in arguments]
        run = preflight.json(*given, variables=environment)
    found = [each for each in run.report["findings"] if each["severity"] != "note"]
    assert (run.code, tuple(sorted(each["rule"] for each in found))) == (situation.code, situation.rules), run.out
    said = " ".join(f"{each['message']} {each['help']}" for each in run.report["findings"])
    for word in situation.words:
        assert word in said, (word, said)
    for word in situation.never:
        assert word.lower() not in said.lower(), (word, said)
    assert len(script.asked) <= situation.most_requests, script.asked


def test_a_cap_is_not_called_money(preflight: CommandLine) -> None:
    server, _ = scripted({"/key": info(limit=30, limit_remaining=30), "/credits": ORDINARY})
    with server:
        run = preflight.json("--min-balance", "5", "--base-url", server.base_url, variables={"OPENROUTER_API_KEY": KEY})
        text = preflight("check", "--base-url", server.base_url, "--min-balance", "5")
    (key,) = run.report["keys"]
    assert (run.code, key["spendable_usd"], key["spendable_is_certain"]) == (0, "30", False)
    assert "can spend at most $30.00" in text.out.replace("\n      ", " ")


def test_the_base_url_is_named_in_every_report(preflight: CommandLine) -> None:
    server, _ = scripted({"/key": info(limit=30, limit_remaining=30)})
    with server:
        for name in ("text", "json", "github", "markdown", "html", "sarif", "junit", "gitlab"):
            run = preflight("check", "--format", name, "--base-url", server.base_url, OPENROUTER_API_KEY=KEY)
            assert server.address in run.out.replace("<!-- -->", "").replace("%3A", ":"), (name, run.out)


def test_a_plain_check_says_what_is_known_of_money(preflight: CommandLine) -> None:
    server, script = scripted({"/key": info(**SOME_LEFT), "/credits": balance(250, 25.5)})
    with server:
        run = preflight("check", "--base-url", server.base_url, OPENROUTER_API_KEY=KEY)
        wide = preflight("check", "--verbose", "--base-url", server.base_url, OPENROUTER_API_KEY=KEY)
    for said in (" ".join(run.out.split()), " ".join(wide.out.split())):
        for words in ("$224.50", "$25.50 in all", "$1.20 today", "$8.00 this week", "$8.00 this month", "47"):
            assert words in said, (words, said)
    assert script.asked[:2] == ["KEY GET /key", "KEY GET /credits"]


def test_one_healthy_key_with_a_ceiling_costs_one_request(preflight: CommandLine) -> None:
    server, script = scripted({"/key": info(limit=30, limit_remaining=30)})
    with server:
        assert preflight("check", "--base-url", server.base_url, OPENROUTER_API_KEY=KEY).code == 0
    assert script.asked == ["KEY GET /key"]


def test_a_wait_that_is_too_long_is_told(preflight: CommandLine) -> None:
    slow = (429, refusal(429, "Rate limit exceeded"), ("Retry_After", "3600"))
    server, _ = scripted({"/key": slow})
    with server:
        run = preflight.json("--base-url", server.base_url, variables={"OPENROUTER_API_KEY": KEY})
    assert (run.code, run.rules) == (3, ["service-rate-limited"])
    assert "1 hour" in run.message


@pytest.mark.parametrize("name", ["OPEN_ROUTER_API_KEY", "OPENROUTER_KEY", "ANTHROPIC_AUTH_TOKEN", "MY_OWN"])
def test_a_key_under_another_name_is_pointed_at(name: str, preflight: CommandLine) -> None:
    run = preflight.json(variables={name: KEY})
    (finding,) = run.report["findings"]
    assert (run.code, finding["rule"]) == (1, "key-missing")
    assert f"--key-env {name}" in finding["message"] + finding["help"]


@pytest.mark.parametrize("line", ["OPENROUTER_API_KEY={}", "# mine\nexport OPENROUTER_API_KEY='{}'\nOTHER=1"])
def test_a_dotenv_file_in_place_of_a_key_file_is_sent_to_its_flag(
    line: str, preflight: CommandLine, tmp_path: Path
) -> None:
    file = tmp_path / ".env"
    file.write_text(line.format(KEY) + "\n")
    server, _ = scripted({"/key": info(limit=30, limit_remaining=30)})
    with server:
        run = preflight(
            "check", "--format", "json", "--key-file", str(file), "--base-url", server.base_url, secrets=(KEY,)
        )
    (finding,) = run.report["findings"]
    assert (run.code, finding["rule"]) == (1, "key-malformed")
    assert "--env-file FILE" in finding["help"]


PLACES = [
    ({}, "--env-file"),
    ({"GITLAB_CI": "true"}, "CI/CD → Variables"),
    ({"CIRCLECI": "true"}, "Project Settings → Environment Variables"),
    ({"JENKINS_URL": "https://ci.example"}, "credentials("),
    ({"TF_BUILD": "True"}, "Pipelines → Edit → Variables"),
    ({"BITBUCKET_BUILD_NUMBER": "7"}, "Repository variables"),
    ({"GITHUB_ACTIONS": "true"}, "secrets.OPENROUTER_API_KEY"),
]


@pytest.mark.parametrize("value", [None, "$OPENROUTER_KEY"])
@pytest.mark.parametrize(("variables", "words"), PLACES, ids=str)
def test_a_missing_secret_is_advised_for_the_place(
    variables: dict[str, str], words: str, value: str | None, preflight: CommandLine
) -> None:
    run = preflight.json(variables={**variables, "OPENROUTER_API_KEY": value})
    (finding,) = run.report["findings"]
    assert (run.code, finding["rule"]) == (1, "key-malformed" if value else "key-missing")
    assert words in finding["help"], finding


NAMINGS = [
    ("app.yaml", "model: openrouter/free\n", ("--models-from", "app.yaml")),
    ("app.yaml", f"model: {FREE}\n", ("--models-from", "app.yaml")),
    ("app.yaml", f"model: openrouter/{FREE}\n", ("--models-from", "app.yaml")),
    (
        ".openrouter-preflight.yml",
        f"keys:\n  - env: OPENROUTER_API_KEY\n    models:\n      - id: {FREE}\n",
        ("--config", ".openrouter-preflight.yml"),
    ),
    (
        ".openrouter-preflight.yml",
        f"gates:\n  require-models: [{FREE}]\n",
        ("--config", ".openrouter-preflight.yml"),
    ),
]


@pytest.mark.parametrize(("name", "content", "arguments"), NAMINGS)
def test_a_free_model_needs_free_requests_however_it_is_named(
    name: str,
    content: str,
    arguments: tuple[str, ...],
    preflight: CommandLine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / name).write_text(content)
    monkeypatch.chdir(tmp_path)
    server, _ = scripted({"/key": info(limit=30, limit_remaining=30, **NONE_LEFT), "/models/user": MODELS})
    with server:
        run = preflight.json(*arguments, "--base-url", server.base_url, variables={"OPENROUTER_API_KEY": KEY})
    assert run.code == 1, run.out + run.err
    assert "free-requests-exhausted" in run.rules
