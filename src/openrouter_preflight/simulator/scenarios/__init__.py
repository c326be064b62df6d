"""Every scenario by name, in the order in which a reader would meet them."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from openrouter_preflight.simulator.scenarios.keys import KEY_SCENARIOS
from openrouter_preflight.simulator.scenarios.management import MANAGEMENT_SCENARIOS
from openrouter_preflight.simulator.scenarios.money import MONEY_SCENARIOS
from openrouter_preflight.simulator.scenarios.release import RELEASE_SCENARIOS
from openrouter_preflight.simulator.scenarios.trouble import TROUBLE_SCENARIOS
from openrouter_preflight.simulator.scenarios.verdicts import VERDICT_SCENARIOS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openrouter_preflight.simulator.scenario import Scenario

SCENARIOS: Mapping[str, Scenario] = MappingProxyType(
    {
        scenario.name: scenario
        for scenario in (
            *MONEY_SCENARIOS,
            *KEY_SCENARIOS,
            *TROUBLE_SCENARIOS,
            *VERDICT_SCENARIOS,
            *RELEASE_SCENARIOS,
            *MANAGEMENT_SCENARIOS,
        )
    }
)


def scenario_names() -> tuple[str, ...]:
    """The names, in the order of SCENARIOS."""
    return tuple(SCENARIOS)


def find_scenario(name: str) -> Scenario:
    """Return the scenario of that name. Raises ValueError, with near names."""
    from difflib import get_close_matches

    if name in SCENARIOS:
        return SCENARIOS[name]
    near = get_close_matches(name, SCENARIOS, n=3)
    hint = f"; did you mean {', '.join(near)}?" if near else ""
    raise ValueError(f"there is no scenario {name!r}{hint}")
