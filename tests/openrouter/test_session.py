"""A session over real HTTP: reads are sent again until they are answered, writes never, all under one deadline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from openrouter_preflight.keys import ApiKey
from openrouter_preflight.openrouter.batch import Batch
from openrouter_preflight.openrouter.endpoints import key_info, key_record
from openrouter_preflight.openrouter.reply_kind import ReplyKind
from openrouter_preflight.openrouter.request import ApiRequest, Repeat
from openrouter_preflight.openrouter.session import open_session
from support.fake_clock import FakeClock
from support.raw_server import answer, raw, refusal, reset_after, response, serve

if TYPE_CHECKING:
    from openrouter_preflight.openrouter.json_fields import Json
    from openrouter_preflight.openrouter.request import Answer
    from support.raw_server import Behaviour

KEY = ApiKey("sk-or-v1-" + "0e6f44a47a05f1dad2ad7e88c4c1d6b7" * 2)
DONE = answer(200, {"data": {"hash": "ab" * 32, "disabled": True}})
DOWN = answer(503, refusal(503, "Service unavailable"))


def read_change(body: Json) -> bool | None:
    return True if "data" in body else None


def change(method: str = "PATCH", **fields: Any) -> ApiRequest[bool]:
    payload = None if method == "DELETE" else {"disabled": True}
    return ApiRequest(path="/keys/ab", key=KEY, read=read_change, method=method, payload=payload, **fields)


def send(request: ApiRequest[Any], *script: Behaviour, deadline: float = 20.0) -> tuple[Answer[Any], int]:
    """The answer, and the number of requests that the server saw."""
    with (
        serve(*script) as server,
        open_session(
            server.base_url, environ={}, clock=FakeClock(), jitter=lambda: 0.5, timeout=0.3, deadline=deadline
        ) as client,
    ):
        return client.ask(request), len(server.seen)


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_a_write_that_is_answered_is_done(method: str) -> None:
    answered, count = send(change(method), DONE)
    assert (answered.kind, answered.data, count) == (ReplyKind.OK, True, 1)


UNCERTAIN = [
    DOWN,
    answer(500, b""),
    answer(408, refusal(408, "Timeout")),
    reset_after(),
    reset_after(response(200, {"data": {}})[:40]),
    raw(response(200, {"data": {}})[:-3]),
    answer(200, b"<html>", Content_Type="text/html"),
    answer(200, {"unexpected": 1}),
    answer(200, b""),
    answer(201, b"not JSON"),
]


@pytest.mark.parametrize("behaviour", UNCERTAIN)
def test_a_write_that_may_have_happened_says_so_and_is_not_sent_again(behaviour: Behaviour) -> None:
    answered, count = send(change(), behaviour, DONE)
    assert (answered.kind, answered.data, count) == (ReplyKind.WRITE_UNCERTAIN, None, 1)


REFUSED = [
    (400, ReplyKind.BAD_REQUEST),
    (401, ReplyKind.REJECTION_UNCONFIRMED),
    (403, ReplyKind.KEY_FORBIDDEN),
    (404, ReplyKind.NOT_FOUND),
    (409, ReplyKind.CONFLICT),
    (429, ReplyKind.RATE_LIMITED),
]


@pytest.mark.parametrize(("status", "kind"), REFUSED)
def test_a_write_that_was_refused_did_not_happen_and_is_not_sent_again(status: int, kind: ReplyKind) -> None:
    answered, count = send(change(), answer(status, refusal(status, "x")), DONE)
    assert (answered.kind, count) == (kind, 1)


def test_a_write_that_was_never_sent_did_not_happen() -> None:
    with open_session(
        "http://127.0.0.1:1/api/v1", environ={}, clock=FakeClock(), jitter=lambda: 0.5, timeout=0.3, deadline=5.0
    ) as client:
        assert client.ask(change()).kind is ReplyKind.UNREACHABLE
    answered, count = send(change(), DONE, deadline=0.0)
    assert (answered.kind, count) == (ReplyKind.UNREACHABLE, 0)


@pytest.mark.parametrize("request_", [key_record("ab" * 32, KEY), change(repeat=Repeat.ALWAYS)])
def test_a_read_is_sent_again_whatever_its_method(request_: ApiRequest[Any]) -> None:
    answered, count = send(request_, DOWN, reset_after(), DONE)
    assert (answered.kind, answered.attempts, count) == (ReplyKind.OK, 3, 3)
    assert answered.outage_status == 503


def test_a_read_and_a_write_of_one_path_are_two_requests() -> None:
    with (
        serve(DONE) as server,
        open_session(
            server.base_url, environ={}, clock=FakeClock(), jitter=lambda: 0.5, timeout=0.3, deadline=5.0
        ) as client,
    ):
        batch = Batch(client)
        for request in (change("DELETE"), change("GET"), change("GET")):
            batch.add(request)
        batch.run()
        assert sorted(seen.head.split(" ", 1)[0] for seen in server.seen) == ["DELETE", "GET"]


def test_each_wait_is_told() -> None:
    told: list[str] = []
    limited = answer(429, refusal(429, "Slow down"), Retry_After="7")
    with (
        serve(DOWN, limited, reset_after(), DONE) as server,
        open_session(
            server.base_url,
            environ={},
            clock=FakeClock(),
            jitter=lambda: 0.5,
            timeout=0.3,
            deadline=60.0,
            on_wait=told.append,
        ) as client,
    ):
        client.ask(key_info(KEY))
    assert told == [
        "OpenRouter answered 503; asking again in 1 s, second time",
        "OpenRouter answered 429; asking again in 7 s, third time",
        "no answer: the connection broke off before the answer was complete; asking again in 2 s, fourth time",
    ]
