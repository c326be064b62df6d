"""What is said of the live probes, in full."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from openrouter_preflight.health.probe_plan import Probe, ProbePlan
from openrouter_preflight.openrouter.activity import Completion
from openrouter_preflight.openrouter.reply import TransportFault
from openrouter_preflight.openrouter.reply_kind import ReplyKind
from support.health_facts import answered, refused, told
from support.sentences import Sentence, says

PLAN = ProbePlan(model="a/b", tokens=16, price=Decimal("0.001"), longest=16, most_usd=Decimal("0.02"))
BLIND = replace(PLAN, price=None, most_usd=None)
LONG = ProbePlan(model="a/b", tokens=5_000_000, price=Decimal("0.001"), longest=4_000, most_usd=Decimal("4.1"))

ASK_FOR_BALANCE = "Ask a management key for the balance instead."

PROBES: list[Sentence] = [
    says(
        "probe-answered",
        "K: a/b answered a tiny completion; it cost $0.001.",
        answer=told(limit_remaining=9),
        probe=Probe(plan=PLAN, answer=answered(Completion(model="a/b", cost=Decimal("0.001")))),
    ),
    says(
        "probe-answered",
        "K: a/b answered a tiny completion; its cost is not told.",
        answer=told(limit_remaining=9),
        probe=Probe(plan=PLAN, answer=answered(Completion(model="a/b", cost=None))),
    ),
    says(
        "credit-exhausted",
        "K cannot pay even 16 tokens of a/b (HTTP 402).",
        answer=told(limit_remaining=9),
        probe=Probe(plan=PLAN, answer=refused(ReplyKind.UNAFFORDABLE, 402)),
    ),
    says(
        "model-unavailable",
        "K cannot use a/b: OpenRouter does not serve it to this key (HTTP 404).",
        answer=told(limit_remaining=9),
        probe=Probe(plan=PLAN, answer=refused(ReplyKind.NOT_FOUND, 404)),
    ),
    says(
        "model-unavailable",
        "K cannot use a/b: the request was refused (HTTP 400).",
        answer=told(limit_remaining=9),
        probe=Probe(plan=PLAN, answer=refused(ReplyKind.BAD_REQUEST, 400)),
    ),
    says(
        "probe-undecided",
        ("K: whether a/b answers is not known (HTTP 502); it may have been carried out, at a cost of at most $0.02."),
        answer=told(limit_remaining=9),
        probe=Probe(plan=PLAN, answer=refused(ReplyKind.OUTAGE, 502)),
    ),
    says(
        "probe-undecided",
        (
            "K: whether a/b answers is not known (the connection broke off before the answer was complete); "
            "it may have been carried out, at a cost."
        ),
        answer=told(limit_remaining=9),
        probe=Probe(plan=BLIND, answer=refused(ReplyKind.UNREACHABLE, fault=TransportFault.BROKEN)),
        on_unreachable="warn",
    ),
    says(
        "probe-undecided",
        (
            "K: whether the $5.00 of --probe-afford can be afforded is not known: no model that it may use "
            "suits the question."
        ),
        next_step=ASK_FOR_BALANCE,
        answer=told(limit_remaining=9),
        probe_afford=Decimal(5),
    ),
    says(
        "balance-low",
        (
            "K affords about $4.98, less than the $5.00 of --probe-afford (inferred from how 5,000,000 "
            "tokens of a/b were refused)."
        ),
        answer=told(limit_remaining=9),
        probe_afford=Decimal(5),
        afford=Probe(plan=LONG, answer=refused(ReplyKind.UNAFFORDABLE, 402, "can only afford 4989")),
    ),
    says(
        "account-affords",
        "K affords about $4.99 (inferred from how 5,000,000 tokens of a/b were refused).",
        answer=told(limit_remaining=9),
        probe_afford=Decimal(5),
        afford=Probe(plan=LONG, answer=refused(ReplyKind.UNAFFORDABLE, 402, "can only afford 4990")),
    ),
    says(
        "account-affords",
        "K affords $4.00 at least: a/b answered instead of being refused (it cost $0.25).",
        answer=told(limit_remaining=9),
        probe_afford=Decimal(4),
        afford=Probe(plan=LONG, answer=answered(Completion(model="a/b", cost=Decimal("0.25")))),
    ),
    says(
        "probe-undecided",
        (
            "K: whether $5.00 can be afforded is not known: a/b answered instead of being refused (its cost "
            "is not told), which shows no more than $4.00."
        ),
        next_step=ASK_FOR_BALANCE,
        answer=told(limit_remaining=9),
        probe_afford=Decimal(5),
        afford=Probe(plan=LONG, answer=answered(Completion(model="a/b", cost=None))),
    ),
    says(
        "service-rate-limited",
        "K could not be checked: OpenRouter asks to slow down (HTTP 429).",
        answer=told(limit_remaining=9),
        probe_afford=Decimal(5),
        afford=Probe(plan=LONG, answer=refused(ReplyKind.RATE_LIMITED, 429)),
    ),
    says(
        "probe-undecided",
        (
            "K: whether the $5.00 of --probe-afford can be afforded is not known (HTTP 502); it may have "
            "been carried out, at a cost of at most $4.10."
        ),
        answer=told(limit_remaining=9),
        probe_afford=Decimal(5),
        afford=Probe(plan=LONG, answer=refused(ReplyKind.OUTAGE, 502)),
    ),
]


@pytest.mark.parametrize("sentence", PROBES)
def test_it_is_said_what_a_probe_brought(sentence: Sentence) -> None:
    sentence.assert_said()
