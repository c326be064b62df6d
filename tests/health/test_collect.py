"""Which requests a check makes: as few as its gates need, and one for each different key."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from openrouter_preflight.clock import SystemClock
from openrouter_preflight.health.collect.collect import collect_facts
from openrouter_preflight.health.facts import Facts, Target
from openrouter_preflight.keys.diagnosis import diagnose
from openrouter_preflight.openrouter.client import Client
from openrouter_preflight.openrouter.reply_kind import ReplyKind
from openrouter_preflight.openrouter.transport import Transport
from openrouter_preflight.settings.model import Gates, Policies
from openrouter_preflight.simulator import Simulator

if TYPE_CHECKING:
    from openrouter_preflight.keys import ApiKey

FIVE = Decimal(5)


def target(raw: str, name: str = "K", **gates: Any) -> Target:
    return Target(name=name, source="env", diagnosis=diagnose(raw), gates=Gates(**gates), policies=Policies())


def gathered(simulator: Simulator, *targets: Target, management_key: ApiKey | None = None) -> tuple[Facts, ...]:
    clock = SystemClock()
    with Transport(simulator.base_url, environ={}, clock=clock) as transport:
        client = Client(transport, clock=clock, jitter=lambda: 0.0, timeout=5.0, deadline=10.0)
        return collect_facts(targets, management_key=management_key, client=client, now=clock.now())


COSTS: list[tuple[str, dict[str, Any], list[str]]] = [
    ("healthy", {}, ["/key"]),
    ("healthy", {"require_limit": True}, ["/key"]),
    ("healthy", {"min_balance": Decimal(0)}, ["/key"]),
    ("healthy", {"min_balance": Decimal(1000)}, ["/key"]),
    ("healthy", {"min_balance": FIVE}, ["/key", "/credits"]),
    ("unknown-balance", {}, ["/key", "/credits"]),
    ("unknown-balance", {"min_balance": FIVE}, ["/key", "/credits"]),
    ("credits-zeros", {"min_balance": FIVE}, ["/key", "/credits"]),
    ("low-balance", {"min_balance": FIVE}, ["/key"]),
    ("spent-key-limit", {"min_balance": FIVE}, ["/key"]),
    ("management-key", {"min_balance": FIVE}, ["/key"]),
    ("forbidden", {"min_balance": FIVE}, ["/key"]),
]


@pytest.mark.parametrize(("scenario", "gates", "paths"), COSTS)
def test_a_check_costs_no_more_requests_than_its_gates_need(
    scenario: str, gates: dict[str, Any], paths: list[str]
) -> None:
    with Simulator(scenario) as simulator:
        gathered(simulator, target(simulator.primary_key.reveal(), **gates))
        asked = [record.path.removeprefix("/api/v1") for record in simulator.requests]
    assert asked == paths


def test_a_management_key_is_asked_for_the_balance_once_for_all_keys() -> None:
    with Simulator("out-of-credit") as simulator:
        keys = [simulator.primary_key, simulator.add_key("other")]
        targets = [target(key.reveal(), name=str(number)) for number, key in enumerate(keys)]
        facts = gathered(simulator, *targets, management_key=simulator.management_key)
        asked = sorted(record.path.removeprefix("/api/v1") for record in simulator.requests)
    assert asked == ["/credits", "/key", "/key", "/key"]
    assert all(each.account_is_certain and each.account and each.account.data for each in facts)


def test_names_of_one_key_cost_one_request() -> None:
    with Simulator() as simulator:
        secret = simulator.primary_key.reveal()
        facts = gathered(simulator, target(secret, "A"), target(f" {secret}\n", "B"), target(secret, "C"))
        assert len(simulator.requests) == 1
    assert [each.target.name for each in facts] == ["A", "B", "C"]
    assert all(each.key_info is not None for each in facts)


@pytest.mark.parametrize("raw", ["", "your-key-here", "sk-ant-api03-0123456789abcdef", "${{ secrets.X }}"])
def test_what_is_no_key_costs_nothing_even_where_there_is_a_management_key(raw: str) -> None:
    with Simulator("out-of-credit") as simulator:
        (facts,) = gathered(simulator, target(raw), management_key=simulator.management_key)
        assert simulator.requests == ()
    assert facts.info is None


def test_a_revoked_key_is_asked_about_three_times() -> None:
    with Simulator("revoked") as simulator:
        (facts,) = gathered(simulator, target(simulator.primary_key.reveal()))
        assert len(simulator.requests) == 3
    assert facts.info is not None
    assert facts.info.kind is ReplyKind.KEY_REJECTED
