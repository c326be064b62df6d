"""Which requests a check makes: as few as its gates need, and one for each different key."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from openrouter_preflight.clock import SystemClock
from openrouter_preflight.health.facts import Facts, Subject
from openrouter_preflight.health.gather import gather
from openrouter_preflight.keys.diagnosis import diagnose
from openrouter_preflight.openrouter.client import Client
from openrouter_preflight.openrouter.http import Wire
from openrouter_preflight.openrouter.meaning import Meaning
from openrouter_preflight.settings.model import Gates, Policies
from openrouter_preflight.simulator import Simulator

if TYPE_CHECKING:
    from openrouter_preflight.keys import ApiKey

FIVE = Decimal(5)


def subject(raw: str, name: str = "K", **gates: Any) -> Subject:
    return Subject(name=name, source="env", diagnosis=diagnose(raw), gates=Gates(**gates), policies=Policies())


def gathered(simulator: Simulator, *subjects: Subject, management_key: ApiKey | None = None) -> tuple[Facts, ...]:
    clock = SystemClock()
    with Wire(simulator.base_url, environ={}, clock=clock) as wire:
        client = Client(wire, clock=clock, jitter=lambda: 0.0, timeout=5.0, deadline=10.0)
        return gather(subjects, management_key=management_key, client=client, now=clock.now())


COSTS: list[tuple[str, dict[str, Any], list[str]]] = [
    ("healthy", {}, ["/key"]),
    ("healthy", {"require_limit": True}, ["/key"]),
    ("healthy", {"min_balance": Decimal(0)}, ["/key"]),
    ("healthy", {"min_balance": Decimal(1000)}, ["/key"]),
    ("healthy", {"min_balance": FIVE}, ["/key", "/credits"]),
    ("unknown-balance", {}, ["/key"]),
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
        gathered(simulator, subject(simulator.primary_key.reveal(), **gates))
        asked = [record.path.removeprefix("/api/v1") for record in simulator.requests]
    assert asked == paths


def test_a_management_key_is_asked_for_the_balance_once_for_all_keys() -> None:
    with Simulator("out-of-credit") as simulator:
        keys = [simulator.primary_key, simulator.add_key("other")]
        subjects = [subject(key.reveal(), name=str(number)) for number, key in enumerate(keys)]
        facts = gathered(simulator, *subjects, management_key=simulator.management_key)
        asked = sorted(record.path.removeprefix("/api/v1") for record in simulator.requests)
    assert asked == ["/credits", "/key", "/key"]
    assert all(each.account_is_certain and each.account and each.account.data for each in facts)


def test_names_of_one_key_cost_one_request() -> None:
    with Simulator() as simulator:
        secret = simulator.primary_key.reveal()
        facts = gathered(simulator, subject(secret, "A"), subject(f" {secret}\n", "B"), subject(secret, "C"))
        assert len(simulator.requests) == 1
    assert [each.subject.name for each in facts] == ["A", "B", "C"]
    assert all(each.key_info is not None for each in facts)


@pytest.mark.parametrize("raw", ["", "your-key-here", "sk-ant-api03-0123456789abcdef", "${{ secrets.X }}"])
def test_what_is_no_key_costs_nothing_even_where_there_is_a_management_key(raw: str) -> None:
    with Simulator("out-of-credit") as simulator:
        (facts,) = gathered(simulator, subject(raw), management_key=simulator.management_key)
        assert simulator.requests == ()
    assert facts.info is None


def test_a_revoked_key_is_asked_about_three_times() -> None:
    with Simulator("revoked") as simulator:
        (facts,) = gathered(simulator, subject(simulator.primary_key.reveal()))
        assert len(simulator.requests) == 3
    assert facts.info is not None
    assert facts.info.meaning is Meaning.KEY_REJECTED
