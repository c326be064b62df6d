"""Guardrails: listed by workspace, assigned to keys, one to a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from openrouter_preflight.simulator import SettableClock, Simulator
from support.loopback_client import Reply, ask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def simulator(clock: SettableClock) -> Iterator[Simulator]:
    with Simulator("equipped-key", clock=clock) as simulator:
        yield simulator


@pytest.fixture
def manage(simulator: Simulator) -> Callable[..., Reply]:
    def manage(what: str, body: object = None) -> Reply:
        return ask(simulator, what, simulator.keys["management"], body)

    return manage


def guardrail(manage: Callable[..., Reply], name: str) -> str:
    return next(str(row["id"]) for row in manage("GET /guardrails").data if row["name"] == name)


def assigned(manage: Callable[..., Reply]) -> dict[str, str]:
    return {row["key_hash"]: row["guardrail_id"] for row in manage("GET /guardrails/assignments/keys").data}


def test_a_list_holds_one_workspace(manage: Callable[..., Reply]) -> None:
    research = manage("GET /workspaces").data[1]["id"]
    assert manage("GET /guardrails").json["total_count"] == 2
    assert manage(f"GET /guardrails?workspace_id={research}").json["total_count"] == 0
    assert manage("GET /guardrails?workspace_id=nowhere").status == 404


def test_assigning_replaces_and_removing_removes(simulator: Simulator, manage: Callable[..., Reply]) -> None:
    deploys, batch = guardrail(manage, "Deploys"), simulator.keys["batch"].fingerprint
    path = f"/guardrails/{deploys}/assignments/keys"
    assert manage(f"POST {path}", {"key_hashes": [batch]}).json == {"assigned_count": 1}
    assert assigned(manage)[batch] == deploys
    assert manage(f"POST {path}/remove", {"key_hashes": [batch]}).json == {"unassigned_count": 1}
    assert manage(f"POST {path}/remove", {"key_hashes": [batch]}).json == {"unassigned_count": 0}
    assert batch not in assigned(manage)


def test_a_deleted_key_has_no_assignment(simulator: Simulator, manage: Callable[..., Reply]) -> None:
    manage(f"DELETE /keys/{simulator.keys['inference'].fingerprint}")
    assert assigned(manage) == {}


def test_what_cannot_be_assigned(simulator: Simulator, manage: Callable[..., Reply]) -> None:
    research = manage("GET /workspaces").data[1]["id"]
    moved = simulator.keys["batch"].fingerprint
    manage(f"PATCH /keys/{moved}", {"workspace_id": research})
    deploys = f"/guardrails/{guardrail(manage, 'Deploys')}/assignments/keys"
    everyone = f"/guardrails/{guardrail(manage, 'Everyone')}/assignments/keys"
    inference = simulator.keys["inference"].fingerprint
    assert manage(f"POST {deploys}", {"key_hashes": [moved]}).status == 400
    assert manage(f"POST {deploys}", {"key_hashes": ["0" * 64]}).status == 404
    assert manage(f"POST {deploys}", {"key_hashes": []}).status == 400
    assert manage(f"POST {everyone}", {"key_hashes": [inference]}).status == 400
    assert manage("POST /guardrails/nothing/assignments/keys", {"key_hashes": [inference]}).status == 404
