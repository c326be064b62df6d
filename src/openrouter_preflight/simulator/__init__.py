"""An embedded OpenRouter with scenarios, over real HTTP on loopback.

What a scenario is stands in `scenarios`; what the service answers in `service` and `endpoints`; the state behind the
answers in `account`; the socket in `listener`. Importing this loads no server: starting a Simulator does.
"""

from openrouter_preflight.simulator.account_plan import AccountPlan, BudgetPlan, KeyPlan, SpendPattern
from openrouter_preflight.simulator.clock import SettableClock
from openrouter_preflight.simulator.scenario import Scenario
from openrouter_preflight.simulator.scenarios import SCENARIOS, find_scenario, scenario_names
from openrouter_preflight.simulator.simulator import RequestRecord, Simulator

__all__ = [
    "SCENARIOS",
    "AccountPlan",
    "BudgetPlan",
    "KeyPlan",
    "RequestRecord",
    "Scenario",
    "SettableClock",
    "Simulator",
    "SpendPattern",
    "find_scenario",
    "scenario_names",
]
