"""Scenario: an account, its service's quirks, and its faults. Data only."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from openrouter_preflight.simulator.catalogue import CATALOGUE
from openrouter_preflight.simulator.exchange import USUAL, Quirks

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, timedelta

    from openrouter_preflight.findings import ExitCode
    from openrouter_preflight.simulator.account_plan import AccountPlan
    from openrouter_preflight.simulator.faults import Fault
    from openrouter_preflight.simulator.model_row import Model


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One situation that a check can meet."""

    name: str
    story: str
    """The situation in one sentence."""
    exit_code: ExitCode
    """The expected exit code of `check` for `primary`, with the flags in `gates`."""
    account: AccountPlan
    gates: tuple[str, ...] = ()
    """Flags of `check` that the story is about; `{name}` stands for the fingerprint of that key."""
    primary: str = "inference"
    """The name of the key that the story is about."""
    with_management_key: bool = False
    """A check also gets the account's management key."""
    quirks: Quirks = USUAL
    faults: tuple[Fault, ...] = ()
    models: tuple[Model, ...] = CATALOGUE
    lifetimes: Mapping[str, timedelta] = field(default_factory=dict)
    """Models, by identifier, that expire so long after the simulator starts."""

    def opened_models(self, today: date) -> tuple[Model, ...]:
        """The catalogue of a simulator that starts today."""
        return tuple(
            replace(model, expires=today + self.lifetimes[model.id]) if model.id in self.lifetimes else model
            for model in self.models
        )

    @property
    def summary(self) -> str:
        """One line: what happens, and the verdict and exit code that a check should give."""
        command = " ".join(("check", *self.gates))
        key = " with the management key" if self.with_management_key else ""
        return f"{self.story} `{command}`{key}: {self.exit_code.name.lower()} ({int(self.exit_code)})."
