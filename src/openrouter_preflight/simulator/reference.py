"""The reference page of scenarios, made from the scenarios."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openrouter_preflight.simulator.scenarios import SCENARIOS

if TYPE_CHECKING:
    from openrouter_preflight.simulator.scenario import Scenario

_HEAD = """\
# The simulator

An embedded OpenRouter over real HTTP on loopback, for demonstrations and for tests of your own gates. It answers
`/key`, `/credits`, `/models`, `/models/user`, `/model/…`, `/keys`, `/workspaces`, `/guardrails`, `/byok`,
`/observability/destinations`, `/activity`, `/analytics/query` and a minimal `/chat/completions` in the shapes of the
current API; what is written changes its account as long as it runs. Its test keys are random, made when it starts, and
open nothing anywhere else.

    openrouter-preflight simulate low-balance            # serves until interrupted; prints its URL and keys
    openrouter-preflight check --simulate low-balance    # one check against it

## Scenarios

*Given* are the flags that the story is about; the exit code is what `check` says with them. Made from the code: do not
edit.

| scenario | what happens | given | exit code |
| --- | --- | --- | --- |
"""


def scenarios_page() -> str:
    """The whole page."""
    return _HEAD + "".join(_row(scenario) for scenario in SCENARIOS.values())


def _row(scenario: Scenario) -> str:
    given = [f"`{' '.join(scenario.gates)}`"] if scenario.gates else []
    if scenario.with_management_key:
        given.append("the management key")
    return f"| `{scenario.name}` | {scenario.story} | {', '.join(given)} | {scenario.exit_code:d} |\n"
