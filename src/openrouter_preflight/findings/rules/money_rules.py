"""The rules about money and models: what is left, for how long, and what it buys."""

from __future__ import annotations

from openrouter_preflight.findings.key_state import KeyState
from openrouter_preflight.findings.rule import Rule
from openrouter_preflight.findings.severity import Severity

_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

MONEY_RULES = (
    Rule(
        name="credit-exhausted",
        severity=_ERROR,
        asserts="the key can spend something",
        is_about_money=True,
        key_state=KeyState.EXHAUSTED,
        what="Nothing is left of what the key may spend.",
        why="Requests are refused with 402 or 403 until the limit that applies is raised or resets.",
        fix="Raise the ceiling that the message names; topping up the account cures only an empty account.",
    ),
    Rule(
        name="balance-low",
        severity=_ERROR,
        asserts="the key can spend the minimum",
        is_about_money=True,
        what="The key can spend less than the requested minimum.",
        why="The release could run out of credit soon after the deploy.",
        fix="Raise the ceiling that the message names, or lower --min-balance if that much is enough.",
    ),
    Rule(
        name="balance-unknown",
        severity=_ERROR,
        undecided=True,
        asserts="the balance is known",
        what="A balance gate was requested, and no limit of the key is known.",
        why="With no cap on the key and no management key, OpenRouter does not tell what is left; unknown is "
        "neither fine nor zero.",
        fix="Give the key a spending limit, or set OPENROUTER_MANAGEMENT_KEY for this step so that the account's "
        "balance can be read; `--on-unknown-balance warn` lets it pass.",
    ),
    Rule(
        name="runway-short",
        severity=_ERROR,
        asserts="the key lasts long enough",
        is_about_money=True,
        what="At the recent rate of spending the key runs out sooner than requested.",
        why="A balance that is enough today may not survive the week.",
        fix="Raise the ceiling that the message names, or add credit, before the day it runs out.",
    ),
    Rule(
        name="free-tier",
        severity=_WARNING,
        asserts="the account has bought credit",
        what="The account never bought credit.",
        why="Only :free models answer it, 50 requests a day for the whole account.",
        fix="Buy credit at https://openrouter.ai/settings/credits if the release uses paid models.",
    ),
)

MODEL_RULES = (
    Rule(
        name="model-unavailable",
        severity=_ERROR,
        asserts="the models are available",
        what="A model that the release needs is not available to this key.",
        why="Requests that name it are answered 400 or 404.",
        fix="Use the identifier the message suggests, or allow the model in the key's privacy and guardrail settings.",
    ),
    Rule(
        name="model-expires-soon",
        severity=_ERROR,
        asserts="no model is about to be removed",
        what="A model that the release needs is about to be removed.",
        why="After its expiration date requests that name it are answered 404.",
        fix="Move to its successor before that date.",
    ),
    Rule(
        name="model-over-price",
        severity=_ERROR,
        asserts="no model costs more than its maximum",
        what="A model costs more than the maximum set for it.",
        why="Prices change without a release; the budget was made for the old one.",
        fix="Raise the maximum if the price is acceptable, or choose another model.",
    ),
)
