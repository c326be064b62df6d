"""Runs a check against the simulator over real HTTP, with gates and a clock of the test's choice."""

from __future__ import annotations

import io
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from openrouter_preflight.health.check import Context, check
from openrouter_preflight.settings.model import CheckSettings, Gates, KeyTarget, Policies
from openrouter_preflight.simulator import Simulator
from openrouter_preflight.simulator.account_plan import AccountPlan, KeyPlan
from openrouter_preflight.simulator.clock import SettableClock
from openrouter_preflight.simulator.scenarios import find_scenario

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from openrouter_preflight.findings import Finding, KeyStatus, Outcome

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
"""A Wednesday."""


@dataclass(frozen=True)
class StoppedClock:
    """A check's clock: the simulator's time of day, and no waiting."""

    show: SettableClock

    def now(self) -> datetime:
        return self.show()

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        """Take no time."""


@dataclass(frozen=True)
class Checked:
    """What a check found, and what it asked."""

    outcome: Outcome
    asked: tuple[str, ...]
    """Method and path of each request, in alphabetical order."""
    told: tuple[str, ...] = ()
    """What a person was told while it ran."""
    fingerprints: Mapping[str, str] = field(default_factory=dict)

    @property
    def rules(self) -> list[str]:
        """Names of the rules, but for the note that says which models were checked."""
        return [finding.rule.name for finding in self.findings]

    @property
    def findings(self) -> list[Finding]:
        return [finding for finding in self.outcome.findings if finding.rule.name != "models-checked"]

    @property
    def finding(self) -> Finding:
        (only,) = self.findings
        return only

    @property
    def key(self) -> KeyStatus:
        return self.outcome.keys[0]


def account(*, balance: str = "250", others: Mapping[str, KeyPlan] | None = None, **key: Any) -> AccountPlan:
    """An account with one key, and others by name."""
    return AccountPlan(keys={"inference": KeyPlan(**key), **(others or {})}, balance=Decimal(balance))


def check_account(
    plan: AccountPlan | str,
    gates: Gates,
    *,
    names: tuple[str, ...] = ("inference",),
    managed: bool = False,
    now: datetime = NOON,
    policies: Policies | None = None,
    compare: Path | None = None,
    seed: int | None = None,
    each: Mapping[str, Gates] | None = None,
    **scenario: Any,
) -> Checked:
    """Check the keys `names` of an account, or of a scenario's, against `gates`, or those of `each` name.

    The same `seed` gives the same keys in every run.
    """
    story = find_scenario(plan if isinstance(plan, str) else "healthy")
    story = replace(story, **scenario) if isinstance(plan, str) else replace(story, account=plan, **scenario)
    clock = SettableClock(now)
    told: list[str] = []
    with Simulator(story, clock=clock, seed=seed) as simulator:
        environ = {name: simulator.keys[name].reveal() for name in names}
        if managed:
            environ["MANAGEMENT"] = simulator.keys["management"].reveal()
        targets = tuple(
            KeyTarget(name=name, location=name, gates=(each or {}).get(name, gates), policies=policies or Policies())
            for name in names
        )
        settings = CheckSettings(
            targets=targets,
            management_key_env="MANAGEMENT",
            base_url=simulator.base_url,
            compare=compare,
            absolute_globs=frozenset(glob for each in targets for glob in each.gates.models_from),
        )
        around = Context(
            environ=environ, stdin=io.BytesIO(), clock=StoppedClock(clock), jitter=lambda: 0.5, notify=told.append
        )
        outcome = check(settings, around)
        return Checked(
            outcome=outcome,
            asked=tuple(
                sorted(f"{record.method} {record.path.removeprefix('/api/v1')}" for record in simulator.requests)
            ),
            told=tuple(told),
            fingerprints={name: key.fingerprint for name, key in simulator.keys.items()},
        )
