"""The catalogue of rules: every situation that this tool can report.

A rule's name is part of the contract and is never renamed; a new situation gets a new rule. `explain RULE` and the
reference page in docs/ are made from this table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from openrouter_preflight.findings.rules.account_rules import AUDIT_RULES, REVOKE_RULES, VERIFY_RULES
from openrouter_preflight.findings.rules.key_rules import KEY_RULES
from openrouter_preflight.findings.rules.leak_rules import LEAK_RULES
from openrouter_preflight.findings.rules.money_rules import MODEL_RULES, MONEY_RULES
from openrouter_preflight.findings.rules.release_rules import RELEASE_RULES
from openrouter_preflight.findings.rules.rotation_rules import JOB_RULES, ROTATION_RULES
from openrouter_preflight.findings.rules.service_rules import SERVICE_RULES
from openrouter_preflight.findings.rules.setup_rules import SETUP_RULES

if TYPE_CHECKING:
    from openrouter_preflight.findings.rule import Rule

RULES: Final[dict[str, Rule]] = {
    rule.name: rule
    for rule in (
        *KEY_RULES,
        *MONEY_RULES,
        *MODEL_RULES,
        *RELEASE_RULES,
        *SETUP_RULES,
        *SERVICE_RULES,
        *LEAK_RULES,
        *AUDIT_RULES,
        *REVOKE_RULES,
        *VERIFY_RULES,
        *ROTATION_RULES,
        *JOB_RULES,
    )
}


def rule(name: str) -> Rule:
    """The rule of that name. Raises KeyError, a bug, where there is none."""
    return RULES[name]
