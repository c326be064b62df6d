"""The wire as other people's probes meet it: raw sockets, so that nothing is put right on the way."""

from __future__ import annotations

import json
import socket
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from openrouter_preflight.simulator import Simulator
from openrouter_preflight.simulator.listener import MAX_BODY
from support.loopback_client import ask, connect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from http.client import HTTPConnection, HTTPResponse


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def connection(simulator: Simulator) -> Iterator[HTTPConnection]:
    connection = connect(simulator)
    yield connection
    connection.close()


def raw(simulator: Simulator, sent: bytes, answers: int = 1) -> list[tuple[int, bytes]]:
    """Send bytes as they are; the statuses and bodies of so many answers."""
    url = urlsplit(simulator.base_url)
    with socket.create_connection((str(url.hostname), url.port or 0), timeout=10) as stream:
        stream.sendall(sent)
        with stream.makefile("rb") as reader:
            return [_answer(reader) for _ in range(answers)]


def _answer(reader: object) -> tuple[int, bytes]:
    status, length = 0, 0
    while line := reader.readline().strip():  # type: ignore[attr-defined]  # a buffered reader
        if line.startswith(b"HTTP/"):
            status = int(line.split()[1])
        if line.lower().startswith(b"content-length:"):
            length = int(line.split()[1])
    return status, reader.read(length)  # type: ignore[attr-defined]  # a buffered reader


def test_one_connection_serves_many_requests(simulator: Simulator, connection: HTTPConnection) -> None:
    def get(path: str) -> HTTPResponse:
        connection.request(
            "GET", "/api/v1" + path, headers={"Authorization": f"Bearer {simulator.primary_key.reveal()}"}
        )
        response = connection.getresponse()
        response.read()
        return response

    get("/key")
    first = connection.sock
    assert [get(path).status for path in ("/models", "/nowhere", "/credits", "/key")] == [200, 404, 403, 200]
    assert connection.sock is first


def test_answers_do_not_wait_for_acknowledgements(simulator: Simulator, connection: HTTPConnection) -> None:
    begin = monotonic()
    for _ in range(20):
        connection.request("GET", "/api/v1/models")
        connection.getresponse().read()
    assert monotonic() - begin < 0.7  # a delayed acknowledgement would cost 40 ms each


def test_pipelined_requests_are_answered_in_order(simulator: Simulator) -> None:
    sent = b"".join(
        b"%s HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}" % line
        for line in (b"GET /api/v1/models", b"POST /api/v1/keys", b"GET /api/v1/nowhere")
    )
    assert [status for status, _ in raw(simulator, sent, answers=3)] == [200, 401, 404]


def test_head_has_the_headers_of_get_and_no_body(simulator: Simulator, connection: HTTPConnection) -> None:
    lengths = []
    for method in ("GET", "HEAD", "GET"):
        connection.request(method, "/api/v1/models")
        response = connection.getresponse()
        lengths.append((response.status, response.headers["Content-Length"], bool(response.read())))
    assert lengths[0] == lengths[2]
    assert lengths[1] == (*lengths[0][:2], False)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"POST /api/v1/keys HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 411),
        (b"POST /api/v1/keys HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n", 400),
        (b"POST /api/v1/keys HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400),
        (b"BREW /api/v1/key HTTP/1.1\r\nHost: x\r\n\r\n", 501),
        (b"GET /api/v1/key HTTP/9.9\r\nHost: x\r\n\r\n", 505),
        (b"nonsense with too many words\r\n\r\n", 400),
        (b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n", 414),
    ],
    ids=["chunked", "length-word", "length-negative", "method", "version", "garbage", "long-path"],
)
def test_what_cannot_be_read_is_refused_in_the_services_envelope(
    simulator: Simulator, sent: bytes, status: int
) -> None:
    ((seen, body),) = raw(simulator, sent)
    assert seen == status
    assert json.loads(body)["error"]["code"] == status


def test_a_body_that_is_too_large_is_refused(simulator: Simulator) -> None:
    reply = ask(simulator, "POST /keys", simulator.keys["management"], b" " * (MAX_BODY + 1))
    assert reply.status == 413
    assert simulator.requests[-1].status == 413


def test_a_client_that_waits_for_leave_to_send_gets_it(simulator: Simulator) -> None:
    head = b"POST /api/v1/keys HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    url = urlsplit(simulator.base_url)
    with socket.create_connection((str(url.hostname), url.port or 0), timeout=5) as stream:
        stream.sendall(head)
        assert b" 100 " in stream.recv(1000)
        stream.sendall(b"{}")
        assert b" 401 " in stream.recv(1000)


def test_a_client_that_goes_away_harms_nobody(simulator: Simulator, capfd: pytest.CaptureFixture[str]) -> None:
    url = urlsplit(simulator.base_url)
    for sent in (
        b"",
        b"GET /api",
        b"POST /api/v1/keys HTTP/1.1\r\nContent-Length: 99\r\n\r\n{",
        b"GET /api/v1/models HTTP/1.1\r\n\r\n",
    ):
        with socket.create_connection((str(url.hostname), url.port or 0), timeout=5) as stream:
            stream.sendall(sent)
    assert ask(simulator, "GET /key", simulator.primary_key).status == 200
    simulator.stop()
    assert capfd.readouterr().err == ""


def test_it_serves_ipv6_too() -> None:
    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    try:
        simulator = Simulator(host="::1").start()
    except OSError:
        pytest.skip("no IPv6 loopback here")
    try:
        assert simulator.base_url.startswith("http://[::1]:")
        assert ask(simulator, "GET /key", simulator.primary_key).status == 200
    finally:
        simulator.stop()
