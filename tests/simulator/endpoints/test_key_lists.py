"""Providers' credentials and broadcast destinations name keys by hash; a list is replaced whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from openrouter_preflight.simulator import Simulator
from support.loopback_client import Reply, ask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LISTS = [("/byok", "allowed_api_key_hashes"), ("/observability/destinations", "api_key_hashes")]


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator("equipped-key") as simulator:
        yield simulator


@pytest.fixture
def manage(simulator: Simulator) -> Callable[..., Reply]:
    def manage(what: str, body: object = None) -> Reply:
        return ask(simulator, what, simulator.keys["management"], body)

    return manage


@pytest.mark.parametrize(("path", "field"), LISTS)
def test_a_list_is_replaced(path: str, field: str, simulator: Simulator, manage: Callable[..., Reply]) -> None:
    (row,) = manage(f"GET {path}").data
    batch = simulator.keys["batch"].fingerprint
    assert manage(f"PATCH {path}/{row['id']}", {field: [batch]}).data[field] == [batch]
    assert manage(f"GET {path}/{row['id']}").data[field] == [batch]
    assert manage(f"PATCH {path}/{row['id']}", {field: None}).data[field] is None


@pytest.mark.parametrize(("path", "field"), LISTS)
@pytest.mark.parametrize("hashes", [[], ["0" * 64], "all", [1]])
def test_a_list_that_is_empty_or_names_no_live_key_is_refused(
    path: str, field: str, hashes: object, manage: Callable[..., Reply]
) -> None:
    (row,) = manage(f"GET {path}").data
    assert manage(f"PATCH {path}/{row['id']}", {field: hashes}).status == 400
    assert manage(f"GET {path}").data == [row]


@pytest.mark.parametrize(("path", "field"), LISTS)
def test_a_deleted_key_stays_in_the_list_and_blocks_its_next_change(
    path: str, field: str, simulator: Simulator, manage: Callable[..., Reply]
) -> None:
    (row,) = manage(f"GET {path}").data
    manage(f"DELETE /keys/{simulator.keys['inference'].fingerprint}")
    assert manage(f"GET {path}").data == [row]
    assert manage(f"PATCH {path}/{row['id']}", {field: row[field]}).status == 400


def test_an_unknown_id_or_a_body_that_changes_nothing(manage: Callable[..., Reply]) -> None:
    (row,) = manage("GET /byok").data
    assert manage("GET /byok/nothing").status == 404
    assert manage("PATCH /byok/nothing", {"allowed_api_key_hashes": None}).status == 404
    assert manage(f"PATCH /byok/{row['id']}", {}).status == 400
