"""Which rules a key was held against."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from openrouter_preflight.findings import RULES
from openrouter_preflight.health.rules.rules_evaluated import rules_evaluated
from openrouter_preflight.openrouter.reply_kind import ReplyKind
from openrouter_preflight.settings.model import ModelRequirement
from support.health_facts import facts, refused, told

GATES: dict[str, Any] = {
    "balance-low": {"min_balance": Decimal(5)},
    "runway-short": {"min_runway": timedelta(days=7)},
    "key-expires-soon": {"expires_within": timedelta(days=7)},
    "key-too-old": {"max_key_age": timedelta(days=90)},
    "key-has-no-limit": {"require_limit": True},
    "model-unavailable": {"require_models": ("a/b",)},
    "old-key-in-use": {"rotated_from": ("0" * 64,)},
}


@pytest.mark.parametrize(("rule", "gate"), GATES.items())
def test_a_gate_is_judged_where_it_was_asked_for_and_the_key_answered(rule: str, gate: dict[str, Any]) -> None:
    assert rule in rules_evaluated(facts(told(), **gate))
    assert rule not in rules_evaluated(facts(told()))


def test_without_an_answer_only_the_shape_is_judged() -> None:
    unanswered = facts(refused(ReplyKind.OUTAGE, 503), min_balance=Decimal(5))
    assert rules_evaluated(unanswered) == ("key-missing", "key-malformed", "key-whitespace")


def test_every_judged_rule_is_in_the_catalogue() -> None:
    asked: dict[str, Any] = {name: value for gate in GATES.values() for name, value in gate.items()}
    assert set(rules_evaluated(facts(told(), **asked))) <= RULES.keys()


@pytest.mark.parametrize(
    "gate", [{"require_models": ("a/b",)}, {"models_wanted": (ModelRequirement(id="a/b"),)}, {"models_from": ("*.md",)}]
)
def test_models_are_judged_wherever_their_names_come_from(gate: dict[str, Any]) -> None:
    assert "model-unavailable" in rules_evaluated(facts(told(), **gate))
