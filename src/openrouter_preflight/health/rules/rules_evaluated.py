"""Rules that a key was held against, for reports of gates that passed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from openrouter_preflight.health.facts import Facts
    from openrouter_preflight.settings.model import Gates

_SHAPE: Final = ("key-missing", "key-malformed", "key-whitespace")
_ACCEPTED: Final = ("key-rejected", "key-forbidden", "key-is-management", "key-expired", "credit-exhausted")


def rules_evaluated(facts: Facts) -> tuple[str, ...]:
    """Return the rules that were decided about the key."""
    return (*_SHAPE, *_ACCEPTED, *_asked(facts.target.gates)) if facts.key_info is not None else _SHAPE


def _asked(gates: Gates) -> tuple[str, ...]:
    asked = {
        "balance-low": gates.min_balance,
        "runway-short": gates.min_runway,
        "key-expires-soon": gates.expires_within,
        "key-too-old": gates.max_key_age,
        "key-has-no-limit": gates.require_limit,
        "model-unavailable": gates.require_models or gates.models or gates.models_from,
        "old-key-in-use": gates.rotated_from,
    }
    return tuple(name for name, gate in asked.items() if gate)
