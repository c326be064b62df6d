"""What goes wrong on the way, met over a real socket."""

from __future__ import annotations

from http.client import HTTPException, IncompleteRead

import pytest

from openrouter_preflight.simulator import Simulator
from support.loopback_client import ask, chat


@pytest.mark.parametrize(
    ("name", "statuses"),
    [
        ("flapping-401", [401, 200, 200]),
        ("blip", [502, 200, 200]),
        ("rate-limited-retry-after", [429, 200, 200]),
        ("rate-limited", [429, 429, 429]),
        ("outage", [503, 503, 503]),
        ("revoked", [401, 401, 401]),
        ("blocked-country", [403, 403, 403]),
    ],
)
def test_what_passes_and_what_stays(name: str, statuses: list[int]) -> None:
    with Simulator(name) as simulator:
        seen = [ask(simulator, "GET /key", simulator.primary_key).status for _ in range(3)]
        assert seen == statuses == [record.status for record in simulator.requests]


def test_a_fault_that_passes_meets_each_key_once() -> None:
    with Simulator("flapping-401") as simulator:
        other = simulator.add_key("other")
        assert [ask(simulator, "GET /key", key).status for key in (simulator.primary_key, other) * 2] == [
            401,
            401,
            200,
            200,
        ]


@pytest.mark.parametrize(
    ("name", "retry_after"),
    [("rate-limited", None), ("rate-limited-retry-after", "1"), ("rate-limited-for-an-hour", "3600")],
)
def test_when_to_come_back(name: str, retry_after: str | None) -> None:
    with Simulator(name) as simulator:
        assert ask(simulator, "GET /key", simulator.primary_key).headers.get("Retry-After") == retry_after


@pytest.mark.parametrize("name", ["reset-connection", "reset-once"])
def test_a_reset_connection_is_reset_and_not_closed(name: str) -> None:
    with Simulator(name) as simulator, pytest.raises(ConnectionResetError):
        ask(simulator, "GET /key", simulator.primary_key)


def test_a_truncated_answer_promises_more_than_it_holds() -> None:
    with Simulator("truncated") as simulator, pytest.raises(IncompleteRead):
        ask(simulator, "GET /key", simulator.primary_key)


@pytest.mark.parametrize(
    ("name", "status", "kind", "holds"),
    [
        ("captive-portal", 200, "text/html; charset=utf-8", b"Sign in"),
        ("redirect", 302, "text/html; charset=utf-8", b"Sign in"),
        ("blocked-country", 403, "application/json", b'"error": "Access denied by security policy."'),
        ("blocked-country-html", 403, "text/html; charset=utf-8", b"Access denied"),
        ("empty-body", 200, "application/json", b""),
        ("not-json", 200, "application/json", b"upstream"),
        ("not-an-object", 200, "application/json", b"[]"),
        ("no-label", 200, "application/json", b"status"),
        ("wrong-encoding", 200, "application/json", b"{"),
    ],
)
def test_what_is_not_openrouter(name: str, status: int, kind: str, holds: bytes) -> None:
    with Simulator(name) as simulator:
        reply = ask(simulator, "GET /key", simulator.primary_key)
    assert (reply.status, reply.headers["Content-Type"]) == (status, kind)
    assert holds in reply.body


def test_an_oversized_answer_is_larger_than_a_client_should_read() -> None:
    with Simulator("oversized") as simulator:
        assert len(ask(simulator, "GET /key", simulator.primary_key).body) > 1024 * 1024


@pytest.mark.parametrize(("name", "down"), [("credits-outage", "GET /credits"), ("models-outage", "GET /models/user")])
def test_an_outage_of_one_endpoint_leaves_the_key_alone(name: str, down: str) -> None:
    with Simulator(name) as simulator:
        assert [ask(simulator, what, simulator.primary_key).status for what in ("GET /key", down)] == [200, 503]


def test_too_many_requests_in_flight_pass_by_themselves() -> None:
    with Simulator("too-many-in-flight") as simulator:
        refused = chat(simulator)
        assert (refused.status, refused.headers["Retry-After"]) == (402, "1")
        assert refused.error["metadata"]["limit_source"] == "openrouter_in_flight_budget"
        assert chat(simulator).status == 200


def test_slow_answers_outlast_a_clients_patience() -> None:
    with Simulator("slow") as simulator, pytest.raises((TimeoutError, HTTPException)):
        ask(simulator, "GET /key", simulator.primary_key, timeout=0.2)
