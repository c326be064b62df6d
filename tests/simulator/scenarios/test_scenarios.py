"""Every scenario: its name stays, its summary is one line, and it can be opened."""

from __future__ import annotations

import pytest

from openrouter_preflight.findings import ExitCode
from openrouter_preflight.simulator import SCENARIOS, Simulator, scenario_names

NAMES_THAT_STAY = frozenset(
    [
        "healthy",
        "low-balance",
        "spent-key-limit",
        "spent-key-limit-403",
        "spent-budget",
        "out-of-credit",
        "negative-balance",
        "unknown-balance",
        "management-key",
        "revoked",
        "expired",
        "expires-soon",
        "flapping-401",
        "forbidden",
        "blocked-country",
        "rate-limited",
        "rate-limited-retry-after",
        "outage",
        "slow",
        "reset-connection",
        "captive-portal",
        "truncated",
        "credits-zeros",
        "credits-forbidden",
        "free-tier",
        "old-api",
        "no-region",
        "several-budgets",
        "activity",
        "spike",
        "several-keys",
        "retired-model",
        "expiring-model",
        "budget-resets-tomorrow",
        "unused-key",
        "old-key",
        "rotated",
        "neglected-keys",
        "many-keys",
        "equipped-key",
        "oauth-key",
        "create-then-502",
        "create-then-hang",
        "lagging-usage",
        "analytics-warning",
        "address-refused",
        "key-lifetime-policy",
        "outage-401",
        "alive-but-401",
        "disabled-known",
        "expired-known",
        "wrong-base-url",
        "gateway-refuses",
        "swapped-key",
        "region-of-another-host",
        "expiry-not-told",
        "other-account",
        "never-bought",
        "free-models-only",
        "free-requests-spent",
        "error-inside-200",
        "request-too-large",
        "key-limit-too-low",
        "workload-token",
        "expired-token",
        "rotation-mistyped",
    ]
)


def test_the_names_that_people_rely_on_stay() -> None:
    assert set(scenario_names()) >= NAMES_THAT_STAY


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_summary_is_one_line_that_ends_with_the_exit_code(name: str) -> None:
    summary = SCENARIOS[name].summary
    assert "\n" not in summary
    assert summary.endswith(f"({int(SCENARIOS[name].exit_code)}).")


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_can_be_opened_and_its_gates_hold_no_gap(name: str) -> None:
    simulator = Simulator(name)
    assert {"inference", "management"} <= set(simulator.keys)
    assert not any("{" in gate for gate in simulator.gates)
    assert (simulator.management_key is not None) is simulator.scenario.with_management_key


def test_scenarios_of_each_verdict_exist() -> None:
    assert {scenario.exit_code for scenario in SCENARIOS.values()} == {
        ExitCode.PASS,
        ExitCode.FAIL,
        ExitCode.INCOMPLETE,
    }
