"""What is said of how a key is kept and of those it replaced, in full."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from decimal import Decimal

import pytest

from openrouter_preflight.health.money.burn_rate import Spending
from openrouter_preflight.health.money.runway import even
from openrouter_preflight.openrouter.reply import TransportFault
from openrouter_preflight.openrouter.reply_kind import ReplyKind
from support.health_facts import KEY, NOW, answered, record, refused
from support.sentences import Sentence, says

HYGIENE: list[Sentence] = [
    says(
        "key-age-unknown",
        "K: its age is not known: only a management key is told, and none was given.",
        max_key_age=timedelta(days=90),
    ),
    says(
        "key-age-unknown",
        "K: its age is not known: the management key's account does not have this key.",
        record=refused(ReplyKind.NOT_FOUND, 404),
        max_key_age=timedelta(days=90),
    ),
    says(
        "key-age-unknown",
        "K: its age is not known: its record could not be read (HTTP 503).",
        record=refused(ReplyKind.OUTAGE, 503),
        max_key_age=timedelta(days=90),
    ),
    says(
        "key-age-unknown",
        "K: its age is not known: its record could not be read.",
        record=refused(ReplyKind.UNREACHABLE, fault=TransportFault.BROKEN),
        max_key_age=timedelta(days=90),
        on_unreachable="warn",
    ),
    says(
        "key-age-unknown",
        "K ('CI'): its age is not known: its record does not tell when it was made.",
        record=answered(record(name="CI")),
        max_key_age=timedelta(days=90),
    ),
    says(
        "key-too-old",
        ("K is 208 days 12 hours old (made on 2026-05-01 00:00 UTC), older than the 90 days of --max-key-age."),
        record=answered(record(created_at="2026-05-01T00:00:00Z")),
        max_key_age=timedelta(days=90),
    ),
    says("key-disabled", "K ('CI') was disabled by its owner.", record=answered(record(name="CI", disabled=True))),
    says(
        "hygiene-unknown",
        "K: how well it is looked after is not known: only a management key is told, and none was given.",
        hygiene=True,
    ),
    says(
        "hygiene-unknown",
        "K: how well it is looked after is not known: its record could not be read (HTTP 503).",
        record=refused(ReplyKind.OUTAGE, 503),
        hygiene=True,
    ),
    says(
        "key-unused",
        "K ('CI') was never used in the 7 days since it was made.",
        record=answered(record(name="CI", limit=5, created_at="2026-11-18T11:59:00Z")),
        hygiene=True,
    ),
    says("key-unused", "K ('CI') was never used.", record=answered(record(name="CI", limit=5)), hygiene=True),
    says("key-unnamed", "K has no name.", record=answered(record(limit=5, usage=1)), hygiene=True),
    says(
        "key-has-no-limit",
        "K ('CI') has no spending limit of its own.",
        record=answered(record(name="CI", usage=1)),
        hygiene=True,
    ),
    says(
        "key-limit-loose",
        "K ('CI') has a monthly limit of $1,300.00, 11 times what it spends.",
        record=answered(record(name="CI", limit=1300, limit_reset="monthly", usage=1)),
        spending=Spending(now=NOW, key=even(Decimal(4))),
        hygiene=True,
    ),
    says(
        "key-limit-loose",
        "K ('CI') has a limit, reckoned by the year, of $7,300.00, 20 times what it spends.",
        record=answered(record(name="CI", limit=7300, usage=1)),
        spending=Spending(now=NOW, key=even(Decimal(1))),
        hygiene=True,
    ),
    says(
        "key-limit-loose",
        "K ('CI') has a quarterly limit of $30.10, 10 times what it spends.",
        record=answered(record(name="CI", limit="30.1", limit_reset="quarterly", usage=1)),
        spending=Spending(now=NOW, key=even(Decimal("0.1"))),
        hygiene=True,
    ),
    says(
        "rotation-unknown",
        ("K: whether what it replaced is still used is not known: only a management key is told, and none was given."),
        rotated_from=("ab" * 32,),
    ),
    says(
        "rotation-unknown",
        ("K: whether the old key (abababababab…) is used is not known: its record could not be read (HTTP 503)."),
        old_records=(("ab" * 32, refused(ReplyKind.OUTAGE, 503)),),
    ),
    says(
        "old-key-in-use",
        "the key that K replaced (abababababab…, 'old') is still used: it spent $0.75 today.",
        next_step=(
            "Find what uses it: "
            "https://openrouter.ai/keys/abababababababababababababababababababababababababababababababab; "
            "move that over, then disable it."
        ),
        record=answered(record(name="CI", created_at="2026-11-01T00:00:00Z")),
        old_records=(("ab" * 32, answered(record(name="old", usage_daily="0.5", byok_usage_daily="0.25"))),),
    ),
    says(
        "old-key-in-use",
        "the key that K replaced (abababababab…) is still used: it spent $0.25 today.",
        next_step=(
            "Find what uses it: "
            "https://openrouter.ai/keys/abababababababababababababababababababababababababababababababab; "
            "move that over, then disable it."
        ),
        record=answered(record(name="CI", created_at="2026-11-01T00:00:00Z")),
        old_records=(("ab" * 32, answered(record(byok_usage_daily="0.25"))),),
    ),
    says(
        "old-key-in-use",
        (
            "the key that K replaced (abababababab…, 'old') is still used: last on 2026-11-02 03:04 UTC, "
            "after the new one was made."
        ),
        next_step=(
            "Find what uses it: "
            "https://openrouter.ai/keys/abababababababababababababababababababababababababababababababab; "
            "move that over, then disable it."
        ),
        record=answered(record(name="CI", created_at="2026-11-01T00:00:00Z")),
        old_records=(("ab" * 32, answered(record(name="old", last_used_at="2026-11-02T03:04:00Z"))),),
    ),
    says(
        "old-key-enabled",
        "the key that K replaced (abababababab…) is not used any more, and still works.",
        record=answered(record(name="CI", created_at="2026-11-01T00:00:00Z")),
        old_records=(("ab" * 32, answered(record(last_used_at="2026-11-01T00:00:00Z"))),),
    ),
    says(
        "rotation-unknown",
        "K: when it replaced the old key is not known: only a management key is told, and none was given.",
        old_records=(("ab" * 32, answered(record(last_used_at="2026-11-02T03:04:00Z"))),),
    ),
    says(
        "rotation-unknown",
        "K: when it replaced the old key is not known: its record could not be read (HTTP 503).",
        record=refused(ReplyKind.OUTAGE, 503),
        old_records=(("ab" * 32, answered(record(last_used_at="2026-11-02T03:04:00Z"))),),
    ),
    says(
        "rotation-unknown",
        "K: when it replaced the old key is not known: only a management key is told, and none was given.",
        old_records=(("ab" * 32, answered(record(usage_daily="0.25"))),),
    ),
    says(
        "old-key-enabled",
        "the key that K replaced (abababababab…) is not used any more, and still works.",
        record=answered(record(name="CI", created_at="2026-11-25T06:00:00Z")),
        old_records=(("ab" * 32, answered(record(usage_daily="0.25"))),),
    ),
    says(
        "old-key-not-found",
        "the account has no key abababababab…: it was deleted, or the fingerprint is wrong.",
        record=answered(record(name="CI", created_at="2026-11-01T00:00:00Z")),
        old_records=(("ab" * 32, refused(ReplyKind.NOT_FOUND, 404)),),
    ),
    says(
        "old-key-in-use",
        "K still holds the old key (ec54d19d8881…) itself: it was not replaced here.",
        next_step="Put the new key into this secret, and deploy it.",
        old_records=((hashlib.sha256(KEY.encode()).hexdigest(), answered(record(name="old"))),),
    ),
]


@pytest.mark.parametrize("sentence", HYGIENE)
def test_it_is_said_how_a_key_is_kept(sentence: Sentence) -> None:
    sentence.assert_said()
