"""The wire against a server that misbehaves: bodies bounded, no redirect followed, every fault named, no key astray."""

from __future__ import annotations

import gzip
import json
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from openrouter_preflight import __version__
from openrouter_preflight.clock import SystemClock
from openrouter_preflight.errors import UsageError
from openrouter_preflight.keys import ApiKey
from openrouter_preflight.openrouter.reply import Reply, TransportFault
from openrouter_preflight.openrouter.transport import Transport
from support import tls
from support.command_line import assert_silent_about
from support.raw_server import (
    HEALTHY,
    Behaviour,
    Connection,
    RawServer,
    answer,
    drip,
    endless,
    hang,
    late,
    raw,
    refusal,
    reset_after,
    response,
    serve,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECRET = "sk-or-v1-" + "0e6f44a47a05f1dad2ad7e88c4c1d6b7" * 2
KEY = ApiKey(SECRET)
GOOD = response(200, HEALTHY)
HEAD_END = GOOD.index(b"\r\n\r\n") + 4
LIMIT = 1024 * 1024
OUTSIDE = "https://openrouter.invalid/api/v1"


@contextmanager
def wire_to(base_url: str, **environ: str) -> Iterator[Transport]:
    with Transport(base_url, environ=environ, clock=SystemClock()) as transport:
        yield transport


def exchange(base_url: str, *, timeout: float = 5.0, environ: dict[str, str] | None = None, **how: Any) -> Reply:
    with wire_to(base_url, **(environ or {})) as transport:
        return transport.exchange("/key", KEY, timeout=timeout, body_limit=how.pop("body_limit", LIMIT), **how)


def test_the_key_goes_into_one_header_and_nowhere_else() -> None:
    with serve(answer(200, HEALTHY)) as server:
        reply = exchange(server.base_url)
    (seen,) = server.seen
    assert reply.body is not None
    assert seen.path == "/api/v1/key"
    assert seen.header("Authorization") == f"Bearer {SECRET}"
    assert seen.header("User-Agent") == f"openrouter-preflight/{__version__}"
    assert (seen.header("Accept"), seen.header("Accept-Encoding")) == ("application/json", "gzip")
    assert seen.head.count(SECRET) == 1


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_a_method_a_query_and_a_payload_are_sent(method: str) -> None:
    with serve(answer(200, HEALTHY)) as server:
        exchange(server.base_url, method=method, query={"a": "b c"}, payload={"max_tokens": 1})
    assert server.seen[0].head.startswith(f"{method} /api/v1/key?a=b+c HTTP/1.1")


def test_one_connection_serves_several_questions() -> None:
    accepted: list[Connection] = []

    def accept(connection: Connection) -> bool:
        accepted.append(connection)
        return True

    with serve(answer(200, HEALTHY), on_accept=accept) as server, wire_to(server.base_url) as transport:
        for _ in range(3):
            assert transport.exchange("/key", KEY, timeout=5, body_limit=LIMIT).body is not None
    assert (len(server.seen), len(accepted)) == (3, 1)


def test_figures_are_read_exactly() -> None:
    with serve(answer(200, b'{"data": {"limit": 0.1000000000000000055511151231257827}}')) as server:
        reply = exchange(server.base_url)
    assert str(reply.body) == "{'data': {'limit': Decimal('0.1000000000000000055511151231257827')}}"


FAULTS: list[tuple[str, Behaviour, TransportFault]] = [
    ("closed", raw(b""), TransportFault.BROKEN),
    ("reset", reset_after(), TransportFault.BROKEN),
    ("reset in the body", reset_after(GOOD[:-9]), TransportFault.BROKEN),
    ("truncated", raw(GOOD[:-9]), TransportFault.BROKEN),
    ("not HTTP", raw(b"hello\r\n\r\n"), TransportFault.BROKEN),
    ("silence", hang, TransportFault.READ_TIMEOUT),
    ("dripping body", drip(GOOD, at_once=HEAD_END), TransportFault.READ_TIMEOUT),
    ("redirect", answer(302, b"", Location="http://127.0.0.1:9/"), TransportFault.REDIRECT),
    ("redirect without a place", answer(307, b""), TransportFault.REDIRECT),
    ("empty", answer(200, b""), TransportFault.EMPTY),
    ("HTML", answer(200, b"  <html></html>"), TransportFault.HTML),
    ("text", answer(200, b"OK"), TransportFault.NOT_JSON),
    ("list", answer(200, []), TransportFault.NOT_OBJECT),
    ("NaN", answer(200, b'{"a": NaN}'), TransportFault.NOT_JSON),
    ("deep", answer(200, b"[" * 200_000), TransportFault.NOT_JSON),
    ("UTF-16", answer(200, json.dumps(HEALTHY).encode("utf-16")), TransportFault.ENCODING),
    ("Latin-1", answer(200, b'{"a": "\xe9"}'), TransportFault.ENCODING),
    ("not gzip", answer(200, HEALTHY, Content_Encoding="gzip"), TransportFault.ENCODING),
    ("gzip cut", answer(200, gzip.compress(b"{}" * 99)[:-9], Content_Encoding="gzip"), TransportFault.ENCODING),
    ("brotli", answer(200, b"\x0b\x02\x80{}\x03", Content_Encoding="br"), TransportFault.ENCODING),
    ("large", answer(200, b" " * (LIMIT + 1)), TransportFault.TOO_LARGE),
    ("endless", endless(b"HTTP/1.1 200 OK\r\n\r\n", b" " * 65536), TransportFault.TOO_LARGE),
    ("bomb", answer(200, gzip.compress(bytes(64 * LIMIT)), Content_Encoding="gzip"), TransportFault.TOO_LARGE),
]


@pytest.mark.parametrize(("behaviour", "fault"), [each[1:] for each in FAULTS], ids=[each[0] for each in FAULTS])
def test_each_fault_is_named(behaviour: Behaviour, fault: TransportFault) -> None:
    patient = fault is not TransportFault.READ_TIMEOUT
    with serve(behaviour) as server:
        reply = exchange(server.base_url, timeout=5.0 if patient else 0.3)
    assert (reply.fault, reply.body) == (fault, None)


@pytest.mark.parametrize(("size", "fault"), [(LIMIT, None), (LIMIT + 1, TransportFault.TOO_LARGE)])
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_a_body_may_be_as_large_as_the_limit_before_and_after_inflating(
    size: int, fault: TransportFault | None, encoding: str
) -> None:
    body = b"{" + b" " * (size - 2) + b"}"
    content = gzip.compress(body) if encoding == "gzip" else body
    with serve(answer(200, content, Content_Encoding=encoding)) as server:
        assert exchange(server.base_url).fault is fault


def test_a_redirect_to_another_host_never_gets_the_key() -> None:
    with serve(answer(200, HEALTHY)) as thief:
        for status in (301, 302, 303, 307, 308):
            with serve(answer(status, b"", Location=f"{thief.base_url}/key")) as server:
                assert exchange(server.base_url).fault is TransportFault.REDIRECT
    assert thief.seen == []


def test_a_connection_that_was_closed_meanwhile_is_opened_anew() -> None:
    with serve(raw(GOOD), answer(200, HEALTHY)) as server, wire_to(server.base_url) as transport:
        for _ in range(3):
            assert transport.exchange("/key", KEY, timeout=5, body_limit=LIMIT).body is not None
            time.sleep(0.05)


@pytest.mark.parametrize(("header", "seconds"), [("7", 7.0), ("soon", None)])
@pytest.mark.parametrize("body", [b"", b"<html>", b"{}"])
def test_retry_after_is_heard_whatever_the_body(header: str, seconds: float | None, body: bytes) -> None:
    with serve(answer(429, body, Retry_After=header)) as server:
        assert exchange(server.base_url).retry_after == seconds


def test_an_ipv6_loopback_is_asked() -> None:
    with serve(answer(200, HEALTHY), host="::1") as server:
        assert exchange(server.base_url).body is not None


@pytest.mark.parametrize(
    "behaviour", [late(9, raw(b"")), raw(f"HTTP/1.1 200 {SECRET}\r\nX: {SECRET}\r\n\r\n".encode())]
)
def test_the_libraries_log_nothing_since_they_quote_what_a_service_sends_back(
    behaviour: Behaviour, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), serve(answer(200, HEALTHY), behaviour) as server:
        exchange(server.base_url)
        exchange(server.base_url, timeout=0.3)
    assert_silent_about(caplog.text, SECRET)
    assert not caplog.records


@pytest.fixture
def authority(tmp_path: Path) -> tls.Authority:
    return tls.authority(tmp_path)


def test_a_ca_of_ones_own_is_trusted_where_the_usual_variable_names_it(authority: tls.Authority) -> None:
    with serve(answer(200, HEALTHY), tls=authority.good()) as server:
        assert exchange(server.base_url, environ={"SSL_CERT_FILE": str(authority.file)}).body is not None
        assert exchange(server.base_url, environ={"REQUESTS_CA_BUNDLE": str(authority.file)}).body is not None
        assert exchange(server.base_url).fault is TransportFault.CERTIFICATE
    assert len(server.seen) == 2


@pytest.mark.parametrize("kind", ["expired", "of_another_host"])
def test_a_certificate_that_does_not_fit_is_named(kind: str, authority: tls.Authority) -> None:
    with serve(answer(200, HEALTHY), tls=getattr(authority, kind)()) as server:
        reply = exchange(server.base_url, environ={"SSL_CERT_FILE": str(authority.file)})
    assert (reply.fault, server.seen) == (TransportFault.CERTIFICATE, [])


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
@pytest.mark.parametrize("content", [None, "", "not a certificate"])
def test_a_ca_file_that_cannot_be_used_is_a_usage_error(name: str, content: str | None, tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)
    with pytest.raises(UsageError, match=name):
        Transport(OUTSIDE, environ={name: str(file)}, clock=SystemClock())


@contextmanager
def proxy(monkeypatch: pytest.MonkeyPatch, *behaviours: Behaviour, **options: Any) -> Iterator[RawServer]:
    with serve(*behaviours, **options) as server:
        for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://user:hunter2@127.0.0.1:{server.port}")
        yield server


def test_a_proxy_is_asked_to_connect_and_never_sees_the_key(
    monkeypatch: pytest.MonkeyPatch, authority: tls.Authority
) -> None:
    asked: list[bytes] = []

    def connect(connection: Connection) -> bool:
        asked.append(connection.sock.recv(65536))
        connection.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
        return True

    context = authority.context("openrouter.invalid")
    with proxy(monkeypatch, answer(200, HEALTHY), on_accept=connect, tls=context) as server:
        reply = exchange(OUTSIDE, environ={"SSL_CERT_FILE": str(authority.file)})
    assert reply.body is not None
    assert asked[0].startswith(b"CONNECT openrouter.invalid:443 ")
    assert SECRET.encode() not in asked[0]
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    ("status", "fault"),
    [(403, TransportFault.PROXY), (407, TransportFault.PROXY), (502, TransportFault.PROXY_OUTAGE)],
)
def test_a_proxy_that_refuses_is_named_and_told_from_one_that_finds_no_server(
    status: int, fault: TransportFault, monkeypatch: pytest.MonkeyPatch
) -> None:
    with proxy(monkeypatch, answer(status, b"<html>proxy</html>")) as server:
        reply = exchange(OUTSIDE)
    assert reply.fault is fault
    assert SECRET not in server.seen[0].head


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_loopback_address_is_never_asked_through_a_proxy(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with proxy(monkeypatch, answer(502, b"")) as between, serve(answer(200, HEALTHY), host=host) as server:
        assert exchange(server.base_url).body is not None
    assert between.seen == []


@pytest.mark.parametrize("value", ["ftp://proxy.example", "http://proxy.example:port"])
def test_a_proxy_variable_that_cannot_be_used_is_a_usage_error(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", value)
    with pytest.raises(UsageError, match="proxy variable") as refusal:
        Transport(OUTSIDE, environ={}, clock=SystemClock())
    assert value not in str(refusal.value) + refusal.value.hint


def test_a_refusal_to_one_thread_leaves_every_other_thread_its_answer() -> None:
    """The connection that a refusal came on is not used again, nor closed under the one who has it by then."""
    with (
        serve(raw(response(401, refusal(401, "User not found.")), keep=True)) as server,
        wire_to(server.base_url) as transport,
    ):

        def ask(_: int) -> Reply:
            return transport.exchange("/key", KEY, timeout=3.0, body_limit=LIMIT)

        with ThreadPoolExecutor(32) as threads:
            replies = list(threads.map(ask, range(600)))
    assert {(reply.status, reply.fault) for reply in replies} == {(401, None)}
