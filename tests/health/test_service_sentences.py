"""What is said where OpenRouter refused the key or could not be asked, in full."""

from __future__ import annotations

import pytest

from openrouter_preflight.health.address import ServiceAddress
from openrouter_preflight.openrouter.reply import TransportFault
from openrouter_preflight.openrouter.reply_kind import ReplyKind
from support.health_facts import KEY, refused
from support.sentences import Sentence, says

ADD_CREDIT = "Add credit at https://openrouter.ai/settings/credits."
RAISE = "Raise the key's limit at https://openrouter.ai/settings/keys; topping up the account will not help."
RAISE_BUDGET = "Have that budget raised in the workspace's settings; topping up the account will not help."

GATEWAY = ServiceAddress(url="https://gateway.example/v1", set_by="OPENROUTER_BASE_URL")

ANSWERS: list[Sentence] = [
    says(
        "key-rejected",
        (
            "K was rejected: OpenRouter answered 401, 3 times in a row; during an outage in February 2026 good keys "
            "were answered the same: https://status.openrouter.ai."
        ),
        answer=refused(ReplyKind.KEY_REJECTED, 401),
    ),
    says(
        "key-forbidden",
        "K was refused: OpenRouter knows the key and forbids the request (HTTP 403).",
        answer=refused(ReplyKind.KEY_FORBIDDEN, 403),
    ),
    says(
        "credit-exhausted",
        "K cannot spend anything: the key's own limit is spent (HTTP 402).",
        next_step=RAISE,
        answer=refused(ReplyKind.KEY_LIMIT_SPENT, 402),
    ),
    says(
        "credit-exhausted",
        "K cannot spend anything: the key's own limit is spent, and it never resets (HTTP 403).",
        next_step=RAISE,
        answer=refused(ReplyKind.KEY_LIMIT_SPENT, 403, "Key limit exceeded (total limit)"),
    ),
    says(
        "credit-exhausted",
        "K cannot spend anything: the key's own weekly limit is spent (HTTP 403).",
        next_step=RAISE,
        answer=refused(ReplyKind.KEY_LIMIT_SPENT, 403, "Key limit exceeded (weekly limit)"),
    ),
    says(
        "credit-exhausted",
        "K cannot spend anything: a budget of its workspace or guardrail is spent (HTTP 403).",
        next_step=RAISE_BUDGET,
        answer=refused(ReplyKind.BUDGET_SPENT, 403),
    ),
    says(
        "credit-exhausted",
        (
            "K cannot spend anything: a budget of its workspace or guardrail is spent (it resets 2026-12-01 "
            "00:00 UTC) (HTTP 403)."
        ),
        next_step=RAISE_BUDGET,
        answer=refused(ReplyKind.BUDGET_SPENT, 403, "x", resets_at="2026-12-01T00:00:00Z"),
    ),
    says(
        "credit-exhausted",
        "K cannot spend anything: the account is out of credit (HTTP 402).",
        next_step=ADD_CREDIT,
        answer=refused(ReplyKind.CREDIT_EXHAUSTED, 402),
    ),
    says(
        "service-rate-limited",
        "K could not be checked: OpenRouter asks to slow down (HTTP 429).",
        answer=refused(ReplyKind.RATE_LIMITED, 429),
    ),
    says(
        "service-unreachable",
        "K could not be checked: OpenRouter is in trouble (HTTP 503, asked 3 times).",
        answer=refused(ReplyKind.OUTAGE, 503),
    ),
    says(
        "caller-blocked",
        (
            "K could not be checked: this machine's country or address is blocked, which says nothing about the key "
            "(HTTP 403)."
        ),
        answer=refused(ReplyKind.CALLER_BLOCKED, 403),
    ),
    says(
        "service-unreachable",
        (
            "K could not be checked: OpenRouter answered 401, and the deadline left no time to ask again "
            "before believing it."
        ),
        next_step="Raise --deadline and run the step again.",
        answer=refused(ReplyKind.REJECTION_UNCONFIRMED, 401),
    ),
    says(
        "answer-intercepted",
        "K could not be checked: what answered at https://openrouter.ai/api/v1 is not OpenRouter (HTTP 404).",
        answer=refused(ReplyKind.NOT_FOUND, 404),
    ),
    says(
        "service-unreachable",
        "K could not be checked: the server's name could not be resolved.",
        answer=refused(ReplyKind.UNREACHABLE, fault=TransportFault.NAME),
    ),
    says(
        "tls-failed",
        "K could not be checked: the server's TLS certificate was not accepted.",
        answer=refused(ReplyKind.TLS_FAILED, fault=TransportFault.CERTIFICATE),
    ),
    says(
        "proxy-failed",
        "K could not be checked: the proxy refused the connection.",
        answer=refused(ReplyKind.PROXY_FAILED, fault=TransportFault.PROXY),
    ),
    says(
        "answer-intercepted",
        (
            "K could not be checked: what answered at https://openrouter.ai/api/v1 is not OpenRouter (the answer was "
            "not OpenRouter's, HTTP 200)."
        ),
        answer=refused(ReplyKind.NOT_OPENROUTER, 200, fault=TransportFault.NOT_OPENROUTER),
    ),
    says(
        "service-unreachable",
        "K could not be checked: the deadline passed.",
        next_step="Raise --deadline, or look at the network of this machine.",
        answer=refused(ReplyKind.UNREACHABLE, fault=TransportFault.OVERDUE),
    ),
    says(
        "base-url-wrong",
        (
            "K could not be checked: the base URL https://gateway.example/v1, set by OPENROUTER_BASE_URL, is not an "
            "OpenRouter API (the answer was a redirect, which is never followed with a key, HTTP 302)."
        ),
        answer=refused(ReplyKind.REDIRECTED, 302, fault=TransportFault.REDIRECT),
        address=GATEWAY,
    ),
    says(
        "gateway-refused",
        (
            "K could not be checked: a gateway, proxy or firewall in front of OpenRouter refused, which says nothing "
            "about the key (HTTP 401); the base URL https://gateway.example/v1, set by OPENROUTER_BASE_URL."
        ),
        answer=refused(ReplyKind.GATEWAY_REFUSED, 401),
        address=GATEWAY,
    ),
    says("key-missing", "K is not set.", answer=None, raw=None),
    says(
        "key-missing",
        "K is empty; its check was skipped, as --on-missing skip asks.",
        answer=None,
        raw="",
        on_missing="skip",
    ),
    says(
        "key-malformed",
        "K is a masked label of a key, not the key.",
        next_step="A key is shown in full only once, when it is created: create a new one and store that.",
        answer=None,
        raw="***",
    ),
    says(
        "key-malformed",
        (
            "K is cut short: 63 hex digits after sk-or-v1-, not 64; it was asked about all the same, as "
            "--allow-any-shape asks."
        ),
        next_step=(
            "Store the key itself: sk-or-v1- and 64 hex digits, shown once when the key is created. If it is "
            "a partner's own key, pass --allow-any-shape and it will be asked about."
        ),
        raw=KEY[:-1],
        allow_any_shape=True,
    ),
    says(
        "key-whitespace",
        "K starts with a space: the program that is deployed would send that along and fail. "
        "The key itself is fine: OpenRouter accepts it.",
        raw=f" {KEY}",
    ),
]


@pytest.mark.parametrize("sentence", ANSWERS)
def test_it_is_said_why_a_key_was_not_accepted(sentence: Sentence) -> None:
    sentence.assert_said()
