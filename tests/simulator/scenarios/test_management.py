"""Scenarios about managing keys, as a plain client meets them."""

from __future__ import annotations

import pytest

from openrouter_preflight.keys import ApiKey
from openrouter_preflight.simulator import Simulator
from support.loopback_client import ask


def names(simulator: Simulator, query: str = "") -> list[str]:
    listed = ask(
        simulator, f"GET /keys?include_disabled=true&include_expired=true{query}", simulator.keys["management"]
    )
    return [row["name"] for row in listed.data]


def test_many_keys_fill_more_than_one_page() -> None:
    with Simulator("many-keys") as simulator:
        assert (len(names(simulator)), len(names(simulator, "&offset=100"))) == (100, 54)
        spaces = ask(simulator, "GET /workspaces", simulator.keys["management"]).data
        assert len(names(simulator, f"&workspace_id={spaces[1]['id']}")) == 76


def test_neglected_keys_stand_in_three_workspaces() -> None:
    with Simulator("neglected-keys") as simulator:
        spaces = ask(simulator, "GET /workspaces", simulator.keys["management"]).data
        listed = {space["slug"]: names(simulator, f"&workspace_id={space['id']}") for space in spaces}
        assert listed == {
            "default": ["Production"],
            "research": ["Demo", "Demo", "Batch"],
            "events": ["Contractor", "Hackathon"],
        }


def test_a_creation_that_is_answered_502_happened_once() -> None:
    with Simulator("create-then-502") as simulator:
        manager = simulator.keys["management"]
        assert ask(simulator, "POST /keys", manager, {"name": "orphan"}).status == 502
        assert names(simulator) == ["orphan", "CI key"]
        assert ask(simulator, "POST /keys", manager, {"name": "second"}).status == 201


def test_a_creation_that_is_never_answered_happened() -> None:
    with Simulator("create-then-hang") as simulator:
        with pytest.raises(TimeoutError):
            ask(simulator, "POST /keys", simulator.keys["management"], {"name": "orphan"}, timeout=0.2)
        assert names(simulator) == ["orphan", "CI key"]


def test_a_refused_address_refuses_every_key_of_the_account_and_no_other() -> None:
    with Simulator("address-refused") as simulator:
        for key in simulator.keys.values():
            assert ask(simulator, "GET /key", key).status == 403
        stray = ApiKey("sk-or-v1-" + "0e6f44a47a05f1dad2ad7e88c4c1d6b7" * 2)
        assert ask(simulator, "GET /key", stray).status == 401


def test_a_lifetime_policy_refuses_keys_that_live_longer() -> None:
    with Simulator("key-lifetime-policy") as simulator:
        manager = simulator.keys["management"]
        assert ask(simulator, "GET /key", simulator.primary_key).status == 403
        assert ask(simulator, "GET /key", manager).status == 200
        assert ask(simulator, "POST /keys", manager, {"name": "x"}).status == 400
        late = {"name": "x", "expires_at": "2099-01-01T00:00:00Z"}
        assert ask(simulator, "POST /keys", manager, late).status == 400


def test_a_workspace_tells_its_budgets() -> None:
    with Simulator("several-budgets") as simulator:
        (budget,) = ask(simulator, "GET /workspaces/default/budgets", simulator.keys["management"]).data
        assert budget["limit_usd"] > 0
        assert ask(simulator, "GET /workspaces/nowhere/budgets", simulator.keys["management"]).status == 404
