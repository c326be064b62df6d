"""What a finding says in full, beside the facts that it is said of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from openrouter_preflight.health.rules.evaluate import judge
from support.health_facts import NOW, facts, told

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Sentence:
    """The only finding about `known`; its next step is the rule's own where there is no `next_step`."""

    rule: str
    message: str
    next_step: str | None
    known: Mapping[str, Any]

    def assert_said(self) -> None:
        _, findings = judge(facts(**self.known), NOW)
        (finding,) = (finding for finding in findings if finding.rule.name != "models-checked")
        assert (finding.rule.name, finding.message) == (self.rule, self.message)
        assert finding.help == (self.next_step or finding.rule.fix)


def says(rule: str, message: str, *, next_step: str | None = None, **known: Any) -> Sentence:
    """The sentence about a key that was accepted, unless `answer` says otherwise."""
    return Sentence(rule, message, next_step, {"answer": told(), **known})
