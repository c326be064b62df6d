"""What is said of a key, in full: each sentence, and the next step where the rule's own is not enough."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from health_facts import KEY, NOW, balance, facts, refused, told
from openrouter_preflight.health.judge import judge
from openrouter_preflight.health.runway import even
from openrouter_preflight.health.spending import Spending
from openrouter_preflight.openrouter.meaning import Meaning
from openrouter_preflight.openrouter.reply import Fault

ANSWERS: list[tuple[dict[str, Any], str, str, str | None]] = [
    (
        {"answer": refused(Meaning.KEY_REJECTED, 401)},
        "key-rejected",
        "K was rejected: OpenRouter answered 401, 3 times in a row.",
        None,
    ),
    (
        {"answer": replace(refused(Meaning.KEY_REJECTED, 401), attempts=1)},
        "key-rejected",
        "K was rejected: OpenRouter answered 401, once in a row.",
        None,
    ),
    (
        {"answer": replace(refused(Meaning.KEY_REJECTED, 401), attempts=2)},
        "key-rejected",
        "K was rejected: OpenRouter answered 401, 2 times in a row.",
        None,
    ),
    (
        {"answer": refused(Meaning.KEY_FORBIDDEN, 403)},
        "key-forbidden",
        "K was refused: OpenRouter knows the key and answered 403.",
        None,
    ),
    (
        {"answer": refused(Meaning.KEY_LIMIT_SPENT, 402)},
        "credit-exhausted",
        "K cannot spend anything: the key's own limit is spent (HTTP 402).",
        ("Raise the key's limit at https://openrouter.ai/settings/keys; topping up the account will not help."),
    ),
    (
        {"answer": refused(Meaning.KEY_LIMIT_SPENT, 403, "Key limit exceeded (total limit)")},
        "credit-exhausted",
        "K cannot spend anything: the key's own limit is spent, and it never resets (HTTP 403).",
        ("Raise the key's limit at https://openrouter.ai/settings/keys; topping up the account will not help."),
    ),
    (
        {"answer": refused(Meaning.KEY_LIMIT_SPENT, 403, "Key limit exceeded (weekly limit)")},
        "credit-exhausted",
        "K cannot spend anything: the key's own weekly limit is spent (HTTP 403).",
        ("Raise the key's limit at https://openrouter.ai/settings/keys; topping up the account will not help."),
    ),
    (
        {"answer": refused(Meaning.BUDGET_SPENT, 403)},
        "credit-exhausted",
        "K cannot spend anything: a budget of its workspace or guardrail is spent (HTTP 403).",
        "Have that budget raised in the workspace's settings; topping up the account will not help.",
    ),
    (
        {"answer": refused(Meaning.BUDGET_SPENT, 403, "x", resets_at="2026-12-01T00:00:00Z")},
        "credit-exhausted",
        (
            "K cannot spend anything: a budget of its workspace or guardrail is spent (it resets "
            "2026-12-01 00:00 UTC) (HTTP 403)."
        ),
        "Have that budget raised in the workspace's settings; topping up the account will not help.",
    ),
    (
        {"answer": refused(Meaning.CREDIT_EXHAUSTED, 402)},
        "credit-exhausted",
        "K cannot spend anything: the account is out of credit (HTTP 402).",
        "Add credit at https://openrouter.ai/settings/credits.",
    ),
    (
        {"answer": refused(Meaning.RATE_LIMITED, 429)},
        "service-rate-limited",
        "K could not be checked: OpenRouter asks to slow down (HTTP 429).",
        None,
    ),
    (
        {"answer": refused(Meaning.OUTAGE, 503)},
        "service-unreachable",
        "K could not be checked: OpenRouter is in trouble (HTTP 503, asked 3 times).",
        None,
    ),
    (
        {"answer": refused(Meaning.CALLER_BLOCKED, 403)},
        "service-unreachable",
        (
            "K could not be checked: this machine's country or address is blocked (HTTP 403), which says "
            "nothing about the key."
        ),
        "Run the step from a network that OpenRouter serves, or through a proxy (HTTPS_PROXY).",
    ),
    (
        {"answer": refused(Meaning.REJECTION_UNCONFIRMED, 401)},
        "service-unreachable",
        (
            "K could not be checked: OpenRouter answered 401, and the deadline left no time to ask again "
            "before believing it."
        ),
        "Raise --deadline and run the step again.",
    ),
    (
        {"answer": refused(Meaning.NOT_FOUND, 404)},
        "service-unreachable",
        "K could not be checked: the answer says nothing about a key (HTTP 404).",
        "Look at the base URL: it must end in /api/v1.",
    ),
    (
        {"answer": refused(Meaning.UNREACHABLE, fault=Fault.NAME)},
        "service-unreachable",
        "K could not be checked: the server's name could not be resolved.",
        None,
    ),
    (
        {"answer": refused(Meaning.UNREACHABLE, fault=Fault.CERTIFICATE)},
        "service-unreachable",
        "K could not be checked: the server's TLS certificate was not accepted.",
        "Behind a proxy that inspects TLS, name its CA in SSL_CERT_FILE; else set the clock right.",
    ),
    (
        {"answer": refused(Meaning.UNREACHABLE, fault=Fault.PROXY)},
        "service-unreachable",
        "K could not be checked: the proxy refused or failed.",
        "Look at HTTPS_PROXY and NO_PROXY, and at the proxy's user name and password.",
    ),
    (
        {"answer": refused(Meaning.UNREACHABLE, fault=Fault.NOT_OPENROUTER)},
        "service-unreachable",
        ("K could not be checked: the answer was not OpenRouter's (a captive portal, a proxy, or a wrong base URL)."),
        "Look at the base URL: it must end in /api/v1.",
    ),
    (
        {"answer": refused(Meaning.UNREACHABLE, fault=Fault.OVERDUE)},
        "service-unreachable",
        "K could not be checked: the deadline passed.",
        "Raise --deadline, or look at the network of this machine.",
    ),
    (
        {"answer": refused(Meaning.UNREACHABLE, 302, fault=Fault.REDIRECT)},
        "service-unreachable",
        "K could not be checked: a redirect came instead, which is never followed with a key (HTTP 302).",
        "Look at the base URL (https, ending in /api/v1), and whether a captive portal stands in between.",
    ),
    (
        {"answer": refused(Meaning.UNREACHABLE, 200, fault=Fault.HTML)},
        "service-unreachable",
        (
            "K could not be checked: a web page came instead of JSON (a captive portal, a proxy or a "
            "firewall) (HTTP 200)."
        ),
        None,
    ),
    ({"answer": None, "raw": None}, "key-missing", "K is not set.", None),
    (
        {"answer": None, "raw": "", "on_missing": "skip"},
        "key-missing",
        "K is empty; its check was skipped, as --on-missing skip asks.",
        None,
    ),
    (
        {"answer": None, "raw": "***"},
        "key-malformed",
        "K is a masked label of a key, not the key.",
        "A key is shown in full only once, when it is created: create a new one and store that.",
    ),
    (
        {"answer": told(), "raw": KEY[:-1], "allow_any_shape": True},
        "key-malformed",
        (
            "K is cut short: 63 hex digits after sk-or-v1-, not 64; it was asked about all the same, as "
            "--allow-any-shape asks."
        ),
        (
            "Store the key itself: sk-or-v1- and 64 hex digits, shown once when the key is created. If it "
            "is a partner's own key, pass --allow-any-shape and it will be asked about."
        ),
    ),
    (
        {"answer": told(), "raw": f" {KEY}"},
        "key-whitespace",
        "K starts with a space: the program that is deployed would send that along and fail.",
        None,
    ),
]
VALIDITY: list[tuple[dict[str, Any], str, str, str | None]] = [
    (
        {"answer": told(is_management_key=True)},
        "key-is-management",
        "K is a management key, which cannot be used for inference.",
        None,
    ),
    ({"answer": told(expires_at="2026-11-24T12:00:00Z")}, "key-expired", "K expired on 2026-11-24 12:00 UTC.", None),
    (
        {"answer": told(expires_at="2026-11-27T18:00:00Z")},
        "key-expires-soon",
        "K expires in 2 days 6 hours (2026-11-27 18:00 UTC).",
        None,
    ),
    (
        {"answer": told(expires_at="2026-11-27T18:00:00Z"), "expires_within": timedelta(days=3)},
        "key-expires-soon",
        "K expires in 2 days 6 hours (2026-11-27 18:00 UTC), within the 3 days of --expires-within.",
        None,
    ),
    (
        {"answer": told(allowed_data_regions=[])},
        "key-region-blocked",
        "K may use no data region, so no request can be routed.",
        None,
    ),
    (
        {"answer": told(), "require_limit": True},
        "key-has-no-limit",
        "K has no spending limit of its own, and --require-limit asks for one.",
        None,
    ),
    ({"answer": told(is_free_tier=True)}, "free-tier", "K belongs to an account that never bought credit.", None),
]
MONEY: list[tuple[dict[str, Any], str, str, str | None]] = [
    (
        {"answer": told(limit=20, limit_remaining=0)},
        "credit-exhausted",
        "K cannot spend anything: the key's own limit has $0.00 of $20.00 left, and it never resets.",
        ("Raise the key's limit at https://openrouter.ai/settings/keys; topping up the account will not help."),
    ),
    (
        {"answer": told(limit=20, limit_remaining=0, limit_reset="daily")},
        "credit-exhausted",
        (
            "K cannot spend anything: the key's own limit has $0.00 of $20.00 left, and it resets daily "
            "(2026-11-26 00:00 UTC)."
        ),
        (
            "Raise the key's limit at https://openrouter.ai/settings/keys, or wait until it resets "
            "(2026-11-26 00:00 UTC); topping up the account will not help."
        ),
    ),
    (
        {"answer": told(budgets=[{"scope": "api_key", "remaining_usd": 0}])},
        "credit-exhausted",
        "K cannot spend anything: the key's budget has $0.00 left, and it never resets.",
        ("Raise the key's limit at https://openrouter.ai/settings/keys; topping up the account will not help."),
    ),
    (
        {
            "answer": told(
                budgets=[{"scope": "member", "remaining_usd": 0, "limit_usd": 9, "resets_at": "2026-12-01T00:00:00Z"}]
            )
        },
        "credit-exhausted",
        ("K cannot spend anything: the member's budget has $0.00 of $9.00 left, and it resets (2026-12-01 00:00 UTC)."),
        (
            "Have the member's budget raised in the workspace's settings, or wait until it resets "
            "(2026-12-01 00:00 UTC); topping up the account will not help."
        ),
    ),
    (
        {"answer": told(), "account": balance("10", "12"), "certain": True},
        "credit-exhausted",
        "K cannot spend anything: the account's balance is -$2.00.",
        "Add credit at https://openrouter.ai/settings/credits.",
    ),
    (
        {"answer": told(), "account": balance("10", "8"), "min_balance": Decimal(5)},
        "balance-low",
        (
            "K can spend $2.00, less than the minimum of $5.00: the account's balance is $2.00 (best "
            "effort: told to an ordinary key)."
        ),
        "Add credit at https://openrouter.ai/settings/credits.",
    ),
    (
        {"answer": told(limit=20, limit_remaining=1), "min_balance": Decimal(5)},
        "balance-low",
        (
            "K can spend $1.00, less than the minimum of $5.00: the key's own limit has $1.00 of $20.00 "
            "left, and it never resets."
        ),
        ("Raise the key's limit at https://openrouter.ai/settings/keys; topping up the account will not help."),
    ),
    (
        {"answer": told(), "min_balance": Decimal(5)},
        "balance-unknown",
        (
            "K: whether $5.00 can be spent is not known: the key has no limit of its own, and only a "
            "management key is told the account's balance."
        ),
        None,
    ),
    (
        {"answer": told(), "account": balance("0"), "min_balance": Decimal(5)},
        "balance-unknown",
        (
            "K: whether $5.00 can be spent is not known: the key has no limit of its own, and only a "
            "management key is told the account's balance."
        ),
        None,
    ),
    (
        {
            "answer": told(limit=20, limit_remaining=9),
            "account": refused(Meaning.KEY_REJECTED, 401),
            "certain": True,
            "min_balance": Decimal(5),
        },
        "balance-unknown",
        (
            "K: whether $5.00 can be spent is not known: the management key was rejected (401); the key's "
            "own limit has $9.00 of $20.00 left, and it never resets."
        ),
        "Look at the management key and run the step again; --on-unknown-balance warn lets it pass.",
    ),
    (
        {
            "answer": told(),
            "account": refused(Meaning.MANAGEMENT_KEY_NEEDED, 403),
            "certain": True,
            "min_balance": Decimal(5),
        },
        "balance-unknown",
        ("K: whether $5.00 can be spent is not known: what was given as the management key is an ordinary key."),
        "Look at the management key and run the step again; --on-unknown-balance warn lets it pass.",
    ),
    (
        {"answer": told(), "account": refused(Meaning.OUTAGE, 503), "certain": True, "min_balance": Decimal(5)},
        "balance-unknown",
        "K: whether $5.00 can be spent is not known: the account's balance could not be read.",
        "Look at the management key and run the step again; --on-unknown-balance warn lets it pass.",
    ),
]
RUNWAY: list[tuple[dict[str, Any], str, str, str | None]] = [
    (
        {
            "answer": told(limit=20, limit_remaining=6),
            "spending": Spending(key=even(Decimal(2)), basis="by what the key spent of late"),
            "min_runway": timedelta(days=7),
        },
        "runway-short",
        (
            "K runs out in 3 days (2026-11-28 12:00 UTC), sooner than the 7 days of --min-runway at $2.00 "
            "a day, by what the key spent of late: the key's own limit has $6.00 of $20.00 left, and it "
            "never resets."
        ),
        ("Raise the key's limit at https://openrouter.ai/settings/keys; topping up the account will not help."),
    ),
    (
        {"answer": told(), "spending": Spending(), "min_runway": timedelta(days=7)},
        "runway-unknown",
        (
            "K: whether it lasts the 7 days of --min-runway is not known: the key has no limit of its own, "
            "and only a management key is told the account's balance."
        ),
        None,
    ),
    (
        {"answer": told(limit=20, limit_remaining=6), "spending": Spending(), "min_runway": timedelta(days=7)},
        "runway-unknown",
        (
            "K: whether it lasts the 7 days of --min-runway is not known: there is too little history to "
            "tell a rate from; --expected-spend gives one."
        ),
        None,
    ),
    (
        {
            "answer": told(limit=20, limit_remaining=6),
            "account": refused(Meaning.OUTAGE, 503),
            "certain": True,
            "spending": Spending(key=even(Decimal(0))),
            "min_runway": timedelta(days=7),
        },
        "runway-unknown",
        ("K: whether it lasts the 7 days of --min-runway is not known: the account's balance could not be read."),
        None,
    ),
    (
        {
            "answer": told(limit=20, limit_remaining=6),
            "activity": refused(Meaning.OUTAGE, 503),
            "spending": Spending(key=even(Decimal(0))),
            "min_runway": timedelta(hours=12),
        },
        "runway-unknown",
        ("K: whether it lasts the 12 hours of --min-runway is not known: the account's activity could not be read."),
        None,
    ),
]


@pytest.mark.parametrize(("known", "rule", "message", "help_"), [*ANSWERS, *VALIDITY, *MONEY, *RUNWAY])
def test_a_key_is_told_what_is_wrong_and_what_to_do(
    known: dict[str, Any], rule: str, message: str, help_: str | None
) -> None:
    _, (finding,) = judge(facts(**known), NOW)
    assert (finding.rule.name, finding.message) == (rule, message)
    assert finding.help == (help_ or finding.rule.fix)
