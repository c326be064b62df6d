from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from openrouter_preflight.keys import ApiKey
from openrouter_preflight.simulator import KeyPlan, SettableClock, Simulator
from support.loopback_client import Reply, ask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def simulator(clock: SettableClock) -> Iterator[Simulator]:
    with Simulator(clock=clock) as simulator:
        yield simulator


@pytest.fixture
def manage(simulator: Simulator) -> Callable[..., Reply]:
    def manage(what: str, body: object = None) -> Reply:
        return ask(simulator, what, simulator.keys["management"], body)

    return manage


def test_a_new_key_is_shown_once_and_works_at_once(simulator: Simulator, manage: Callable[..., Reply]) -> None:
    created = manage("POST /keys", {"name": "Deploy", "limit": 12.5, "limit_reset": "daily"})
    key = ApiKey(created.json["key"])
    assert created.status == 201
    assert key.is_well_formed
    assert created.data["hash"] == key.fingerprint
    assert created.data["last_used_at"] is None
    assert ask(simulator, "GET /key", key).data["limit_remaining"] == 12.5
    assert "key" not in manage(f"GET /keys/{key.fingerprint}").json


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": ""},
        {"name": " "},
        {"name": 5},
        {"name": "x", "limit": -1},
        {"name": "x", "limit": "5"},
        {"name": "x", "limit": True},
        {"name": "x", "limit_reset": "yearly"},
        {"name": "x", "limit_reset": ["daily"]},
        {"name": "x", "include_byok_in_limit": "yes"},
        {"name": "x", "expires_at": "tomorrow"},
        {"name": "x", "expires_at": 1},
        {"name": "x", "expires_at": "2027-12-31T23:59Z"},
        {"name": "x", "expires_at": "2027-12-31T23:59:59"},
        {"name": "x", "expires_at": "2027-12-31T23:59:59+02:00"},
        [],
        "x",
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"name": "x", "limit": NaN}',
        b'{"name": "x", "limit": 1e999}',
    ],
)
def test_a_body_that_makes_no_key_is_400_and_changes_nothing(
    body: object, simulator: Simulator, manage: Callable[..., Reply]
) -> None:
    before = simulator.account
    refused = manage("POST /keys", body)
    assert (refused.status, refused.error["code"]) == (400, 400)
    assert simulator.account == before


def test_a_key_in_an_unknown_workspace_is_404(manage: Callable[..., Reply]) -> None:
    assert manage("POST /keys", {"name": "x", "workspace_id": "nowhere"}).status == 404
    assert manage("POST /keys", {"name": "x", "workspace_id": ["nowhere"]}).status == 400


def test_the_list_leaves_out_other_workspaces_and_disabled_and_expired_keys(
    simulator: Simulator, manage: Callable[..., Reply]
) -> None:
    simulator.add_key("disabled", KeyPlan(name="disabled", disabled=True))
    simulator.add_key("expired", KeyPlan(name="expired", expires_in=timedelta(days=-1)))
    research = manage("GET /workspaces").data[1]["id"]
    manage("POST /keys", {"name": "elsewhere", "workspace_id": research})

    def names(query: str = "") -> list[str]:
        return [key["name"] for key in manage(f"GET /keys{query}").data]

    assert names() == ["CI key"]
    assert names("?include_disabled=true") == ["disabled", "CI key"]
    assert names("?include_expired=true") == ["expired", "CI key"]
    assert names(f"?workspace_id={research}") == ["elsewhere"]
    assert manage("GET /keys?workspace_id=nowhere").status == 404


def test_the_newest_key_comes_first(simulator: Simulator, manage: Callable[..., Reply]) -> None:
    simulator.add_key("older", KeyPlan(name="older", age=timedelta(days=100)))
    simulator.add_key("newer", KeyPlan(name="newer", age=timedelta(days=1)))
    assert [key["name"] for key in manage("GET /keys").data] == ["newer", "CI key", "older"]


def test_management_and_oauth_keys_are_in_no_list_and_have_no_record(
    simulator: Simulator, manage: Callable[..., Reply]
) -> None:
    oauth = simulator.add_key("oauth", KeyPlan(oauth=True))
    assert len(manage("GET /keys?include_disabled=true&include_expired=true").data) == 1
    for hidden in (oauth, simulator.keys["management"]):
        assert manage(f"GET /keys/{hidden.fingerprint}").status == 404
        assert manage(f"PATCH /keys/{hidden.fingerprint}", {"disabled": True}).status == 404
    assert ask(simulator, "GET /key", oauth).status == 200


def test_a_key_moves_to_another_workspace(simulator: Simulator, manage: Callable[..., Reply]) -> None:
    research = manage("GET /workspaces").data[1]["id"]
    path = f"/keys/{simulator.keys['inference'].fingerprint}"
    assert manage(f"PATCH {path}", {"workspace_id": "nowhere"}).status == 404
    assert manage(f"PATCH {path}", {"workspace_id": research}).data["workspace_id"] == research
    assert manage("GET /keys").data == []


def test_a_body_of_fields_that_cannot_be_changed_changes_nothing(
    simulator: Simulator, manage: Callable[..., Reply]
) -> None:
    path = f"/keys/{simulator.keys['inference'].fingerprint}"
    assert manage(f"PATCH {path}", {"expires_at": "2027-01-01T00:00:00Z"}).status == 400
    changed = manage(f"PATCH {path}", {"name": "x", "expires_at": "2027-01-01T00:00:00Z"})
    assert (changed.status, changed.data["expires_at"]) == (200, None)


def test_a_key_made_without_a_creator_has_none(simulator: Simulator, manage: Callable[..., Reply]) -> None:
    assert manage("POST /keys", {"name": "x"}).data["creator_user_id"] is None
    made = manage("POST /keys", {"name": "x", "creator_user_id": "user_1"})
    assert made.data["creator_user_id"] is not None


def test_the_list_comes_in_pages_of_a_hundred(simulator: Simulator, manage: Callable[..., Reply]) -> None:
    for number in range(119):
        simulator.add_key(f"key-{number}")
    pages = [[key["hash"] for key in manage(f"GET /keys?offset={offset}").data] for offset in (0, 100, 200)]
    assert [len(page) for page in pages] == [100, 20, 0]
    assert len({*pages[0], *pages[1]}) == 120


@pytest.mark.parametrize("query", ["offset=-1", "offset=x", "offset=9999999999", "include_disabled=maybe"])
def test_a_query_that_makes_no_sense_is_400(query: str, manage: Callable[..., Reply]) -> None:
    assert manage(f"GET /keys?{query}").status == 400


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        ({"name": "Renamed"}, "name", "Renamed"),
        ({"limit": 30}, "limit_remaining", 4.5),
        ({"limit": 10}, "limit_remaining", 0),
        ({"limit": None}, "limit_remaining", None),
        ({"limit_reset": None}, "limit_reset", None),
        ({"include_byok_in_limit": True}, "include_byok_in_limit", True),
        ({"disabled": True}, "disabled", True),
    ],
)
def test_a_change_is_seen_at_once(
    change: dict[str, Any], field: str, value: object, simulator: Simulator, manage: Callable[..., Reply]
) -> None:
    path = f"/keys/{simulator.primary_key.fingerprint}"
    changed = manage(f"PATCH {path}", change)
    assert (changed.status, changed.data[field]) == (200, value)
    assert changed.data["updated_at"] == "2026-11-18T12:00:00Z"
    assert manage(f"GET {path}").data == changed.data


@pytest.mark.parametrize(
    "body", [{}, {"expires_at": "2030-01-01T00:00:00Z"}, {"name": ""}, {"disabled": "yes"}, {"limit": -1}, b"{"]
)
def test_a_change_that_changes_nothing_or_cannot_be_is_400(
    body: object, simulator: Simulator, manage: Callable[..., Reply]
) -> None:
    before = simulator.account
    assert manage(f"PATCH /keys/{simulator.primary_key.fingerprint}", body).status == 400
    assert simulator.account == before


def test_disabling_contains_a_leaked_key_and_enabling_gives_it_back(
    simulator: Simulator, manage: Callable[..., Reply]
) -> None:
    path = f"PATCH /keys/{simulator.primary_key.fingerprint}"
    for disabled, status in ((True, 401), (False, 200)):
        manage(path, {"disabled": disabled})
        assert ask(simulator, "GET /key", simulator.primary_key).status == status


def test_a_deleted_key_is_unknown_and_what_it_spent_stays_spent(
    simulator: Simulator, manage: Callable[..., Reply]
) -> None:
    spent, path = manage("GET /credits").data, f"/keys/{simulator.primary_key.fingerprint}"
    assert manage(f"DELETE {path}").json == {"deleted": True}
    assert [manage(f"{method} {path}").status for method in ("GET", "DELETE")] == [404, 404]
    assert manage(f"PATCH {path}", {"name": "x"}).status == 404
    assert ask(simulator, "GET /key", simulator.primary_key).error["message"] == "User not found."
    assert manage("GET /credits").data == spent
    assert manage(f"GET /activity?api_key_hash={simulator.primary_key.fingerprint}").data


def test_a_management_key_is_no_key_of_the_list(simulator: Simulator, manage: Callable[..., Reply]) -> None:
    own = simulator.keys["management"].fingerprint
    assert own not in {key["hash"] for key in manage("GET /keys").data}
    assert manage(f"DELETE /keys/{own}").status == 404
