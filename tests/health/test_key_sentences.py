"""What is said of a key that was accepted, in full: its validity, its money and how long that lasts."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from openrouter_preflight.health.address import ServiceAddress
from openrouter_preflight.health.money.burn_rate import Spending
from openrouter_preflight.health.money.runway import even
from openrouter_preflight.openrouter.reply_kind import ReplyKind
from support.health_facts import NOW, balance, refused, told
from support.sentences import Sentence, says

ADD_CREDIT = "Add credit at https://openrouter.ai/settings/credits."
LOOK_AT_KEY = "Look at the management key and run the step again; --on-unknown-balance warn lets it pass."
RAISE = "Raise the key's limit at https://openrouter.ai/settings/keys; topping up the account will not help."

VALIDITY: list[Sentence] = [
    says(
        "key-is-management",
        "K is a management key, which cannot be used for inference.",
        answer=told(is_management_key=True),
    ),
    says("key-expired", "K expired on 2026-11-24 12:00 UTC.", answer=told(expires_at="2026-11-24T12:00:00Z")),
    says(
        "key-expires-soon",
        "K expires in 2 days 6 hours (2026-11-27 18:00 UTC).",
        answer=told(expires_at="2026-11-27T18:00:00Z"),
    ),
    says(
        "key-expires-soon",
        "K expires in 2 days 6 hours (2026-11-27 18:00 UTC), within the 3 days of --expires-within.",
        answer=told(expires_at="2026-11-27T18:00:00Z"),
        expires_within=timedelta(days=3),
    ),
    says(
        "key-region-blocked",
        "K may use no data region, so no request can be routed.",
        answer=told(allowed_data_regions=[]),
    ),
    says(
        "key-region-blocked",
        "K may not be used at openrouter.ai: its data regions are europe.",
        next_step="Send its requests to eu.openrouter.ai (OPENROUTER_BASE_URL).",
        answer=told(allowed_data_regions=["europe"]),
    ),
    says(
        "key-region-blocked",
        "K may not be used at eu.openrouter.ai: its data regions are global, us.",
        next_step="Send its requests to openrouter.ai or us.openrouter.ai (OPENROUTER_BASE_URL).",
        answer=told(allowed_data_regions=["global", "us"]),
        address=ServiceAddress(url="https://eu.openrouter.ai/api/v1", set_by="OPENROUTER_BASE_URL"),
    ),
    says(
        "key-region-blocked",
        "K may not be used at openrouter.ai: its data regions are mars.",
        answer=told(allowed_data_regions=["mars"]),
    ),
    says(
        "key-expiry-unknown",
        "K: when it expires is not known: OpenRouter's answer does not say.",
        answer=told(),
        expires_within=timedelta(days=7),
    ),
    says(
        "answer-for-another-key",
        "K: the label in the answer is another key's; the base URL https://gateway.example/v1, set by --base-url.",
        answer=told(label="sk-or-v1-abc...def"),
        address=ServiceAddress(url="https://gateway.example/v1", set_by="--base-url"),
    ),
    says(
        "key-has-no-limit", "K has no spending limit of its own, and --require-limit asks for one.", require_limit=True
    ),
    says("free-tier", "K belongs to an account that never bought credit.", answer=told(is_free_tier=True)),
]

MONEY: list[Sentence] = [
    says(
        "credit-exhausted",
        "K cannot spend anything: the key's own limit has $0.00 of $20.00 left, and it never resets.",
        next_step=RAISE,
        answer=told(limit=20, limit_remaining=0),
    ),
    says(
        "credit-exhausted",
        (
            "K cannot spend anything: the key's own limit has $0.00 of $20.00 left, and it resets daily "
            "(2026-11-26 00:00 UTC)."
        ),
        next_step=(
            "Raise the key's limit at https://openrouter.ai/settings/keys, or wait until it resets "
            "(2026-11-26 00:00 UTC); topping up the account will not help."
        ),
        answer=told(limit=20, limit_remaining=0, limit_reset="daily"),
    ),
    says(
        "credit-exhausted",
        "K cannot spend anything: the key's budget has $0.00 left, and it never resets.",
        next_step=RAISE,
        answer=told(budgets=[{"scope": "api_key", "remaining_usd": 0}]),
    ),
    says(
        "credit-exhausted",
        ("K cannot spend anything: the member's budget has $0.00 of $9.00 left, and it resets (2026-12-01 00:00 UTC)."),
        next_step=(
            "Have the member's budget raised in the workspace's settings, or wait until it resets "
            "(2026-12-01 00:00 UTC); topping up the account will not help."
        ),
        answer=told(
            budgets=[{"scope": "member", "remaining_usd": 0, "limit_usd": 9, "resets_at": "2026-12-01T00:00:00Z"}]
        ),
    ),
    says(
        "credit-exhausted",
        "K cannot spend anything: the account's balance is -$2.00.",
        next_step=ADD_CREDIT,
        account=balance("10", "12"),
        certain=True,
    ),
    says(
        "balance-low",
        (
            "K can spend $2.00, less than the minimum of $5.00: the account's balance is $2.00 (best effort: "
            "told to an ordinary key)."
        ),
        next_step=ADD_CREDIT,
        account=balance("10", "8"),
        min_balance=Decimal(5),
    ),
    says(
        "balance-low",
        (
            "K can spend at most $1.00, less than the minimum of $5.00: the key's own limit has $1.00 of $20.00 "
            "left, and it never resets."
        ),
        next_step=RAISE,
        answer=told(limit=20, limit_remaining=1),
        min_balance=Decimal(5),
    ),
    says(
        "balance-unknown",
        (
            "K: whether $5.00 can be spent is not known: the key has no limit of its own, and only a "
            "management key is told the account's balance."
        ),
        min_balance=Decimal(5),
    ),
    says(
        "balance-unknown",
        (
            "K: whether $5.00 can be spent is not known: the key has no limit of its own, and only a "
            "management key is told the account's balance."
        ),
        account=balance("0"),
        min_balance=Decimal(5),
    ),
    says(
        "balance-unknown",
        (
            "K: whether $5.00 can be spent is not known: the management key was rejected (401); the key's "
            "own limit has $9.00 of $20.00 left, and it never resets."
        ),
        next_step=LOOK_AT_KEY,
        answer=told(limit=20, limit_remaining=9),
        account=refused(ReplyKind.KEY_REJECTED, 401),
        certain=True,
        min_balance=Decimal(5),
    ),
    says(
        "balance-unknown",
        ("K: whether $5.00 can be spent is not known: what was given as the management key is an ordinary key."),
        next_step=LOOK_AT_KEY,
        account=refused(ReplyKind.MANAGEMENT_KEY_NEEDED, 403),
        certain=True,
        min_balance=Decimal(5),
    ),
    says(
        "balance-unknown",
        "K: whether $5.00 can be spent is not known: the account's balance could not be read.",
        next_step=LOOK_AT_KEY,
        account=refused(ReplyKind.OUTAGE, 503),
        certain=True,
        min_balance=Decimal(5),
    ),
]

RUNWAY: list[Sentence] = [
    says(
        "runway-short",
        (
            "K runs out in 3 days (2026-11-28 12:00 UTC), sooner than the 7 days of --min-runway at $2.00 a "
            "day, by what the key spent of late: the key's own limit has $6.00 of $20.00 left, and it never "
            "resets."
        ),
        next_step=RAISE,
        answer=told(limit=20, limit_remaining=6),
        spending=Spending(now=NOW, key=even(Decimal(2)), basis="by what the key spent of late"),
        min_runway=timedelta(days=7),
    ),
    says(
        "runway-unknown",
        (
            "K: whether it lasts the 7 days of --min-runway is not known: the key has no limit of its own, "
            "and only a management key is told the account's balance."
        ),
        spending=Spending(now=NOW),
        min_runway=timedelta(days=7),
    ),
    says(
        "runway-unknown",
        (
            "K: whether it lasts the 7 days of --min-runway is not known: there is too little history to "
            "tell a rate from."
        ),
        next_step=(
            "Give the rate with --expected-spend, in USD a day; --on-unknown-balance warn lets it pass until there is "
            "history."
        ),
        answer=told(limit=20, limit_remaining=6),
        spending=Spending(now=NOW),
        min_runway=timedelta(days=7),
    ),
    says(
        "runway-unknown",
        ("K: whether it lasts the 7 days of --min-runway is not known: the account's balance could not be read."),
        answer=told(limit=20, limit_remaining=6),
        account=refused(ReplyKind.OUTAGE, 503),
        certain=True,
        spending=Spending(now=NOW, key=even(Decimal(0))),
        min_runway=timedelta(days=7),
    ),
    says(
        "runway-unknown",
        ("K: whether it lasts the 12 hours of --min-runway is not known: the account's activity could not be read."),
        answer=told(limit=20, limit_remaining=6),
        activity=refused(ReplyKind.OUTAGE, 503),
        spending=Spending(now=NOW, key=even(Decimal(0))),
        min_runway=timedelta(hours=12),
    ),
]


@pytest.mark.parametrize("sentence", [*VALIDITY, *MONEY, *RUNWAY])
def test_it_is_said_what_is_wrong_with_a_key_that_works(sentence: Sentence) -> None:
    sentence.assert_said()
