"""The fault matrix: what can go wrong between `check` and OpenRouter, and the verdict that each must give.

No fault of the service or of the way to it is called a bad key, none is green, and none outlasts the deadline by more
than a second. Exit codes: 0 pass, 1 fail, 3 incomplete.
"""

from __future__ import annotations

import gzip
import json
import socket
import threading
import zlib
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from support import tls
from support.raw_server import (
    HEALTHY,
    Behaviour,
    Connection,
    Seen,
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

    from support.command_line import CommandLine, Run

TIMEOUT, DEADLINE = 0.6, 1.0
GOOD = response(200, HEALTHY)
HEAD_END = GOOD.index(b"\r\n\r\n") + 4
HTML = b"<!DOCTYPE html><html><body><h1>Sign in</h1></body></html>"
HEALTHY_JSON = json.dumps(HEALTHY).encode()
REJECTED = answer(401, refusal(401, "User not found."))
OK = answer(200, HEALTHY)
CHUNKS = b"%x;ext=1\r\n%s\r\n0\r\nX-Trailer: 1\r\n\r\n" % (len(HEALTHY_JSON), HEALTHY_JSON)
INFORMATIONAL = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n"
MIB = 1024 * 1024


def html(status: int) -> Behaviour:
    return answer(status, HTML, Content_Type="text/html")


def ok(body: object, /, **headers: str) -> Behaviour:
    return answer(200, body, **headers)


def chunked(body: bytes, **headers: str) -> bytes:
    fields = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n{fields}\r\n".encode() + body


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong, and what `check` must make of it."""

    name: str
    script: tuple[Behaviour, ...]
    rule: str = "service-unreachable"
    options: dict[str, Any] = field(default_factory=dict)


def fault(name: str, *script: Behaviour, rule: str = "service-unreachable", **options: Any) -> Fault:
    return Fault(name, script, rule, options)


elsewhere, gateway, blocked = (
    partial(fault, rule=rule) for rule in ("base-url-wrong", "gateway-refused", "caller-blocked")
)
"""Of what is no outage, so that no policy excuses it."""
RULES: dict[object, str] = {
    407: "proxy-failed",
    **dict.fromkeys((500, 501, 502, 503, 504, 520, 524, 529, 599), "service-unreachable"),
    (451, "in the envelope"): "caller-blocked",
    (451, "as a page"): "gateway-refused",
}


def rate_limited(name: str, **headers: str) -> Fault:
    return fault(name, answer(429, refusal(429, "Rate limit exceeded"), **headers), rule="service-rate-limited")


def _reset_on_accept(connection: Connection) -> bool:
    connection.reset()
    return False


def _close_on_accept(_connection: Connection) -> bool:
    return False


def _speak_first(connection: Connection) -> bool:
    connection.send(b"220 smtp.example ESMTP\r\n")
    return False


def _close_after_request(_connection: Connection, _seen: Seen) -> bool:
    return False


UNDECIDED = [
    # The connection
    fault("reset on accept", on_accept=_reset_on_accept),
    fault("closed on accept", on_accept=_close_on_accept),
    fault("another protocol speaks first", on_accept=_speak_first),
    fault("closed after the request", _close_after_request),
    fault("reset after the request", reset_after()),
    fault("reset within the status line", reset_after(GOOD[:7])),
    fault("reset within the headers", reset_after(GOOD[: HEAD_END - 10])),
    fault("reset before the body", reset_after(GOOD[:HEAD_END])),
    fault("reset within the body", reset_after(GOOD[:-20])),
    fault("silence", hang),
    fault("slow to begin", late(3, OK)),
    fault("slow headers", drip(GOOD)),
    fault("slow body", drip(GOOD, at_once=HEAD_END)),
    fault("endless headers", endless(b"HTTP/1.1 200 OK\r\n", b"X-More: " + b"y" * 4000 + b"\r\n")),
    fault("endless informational answers", endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n")),
    elsewhere("endless body", endless(b"HTTP/1.1 200 OK\r\n\r\n", b" " * 65536)),
    # HTTP
    fault("not HTTP", raw(b"\x16\x03\x01\x02\x00\x01garbage\r\n\r\n")),
    fault("HTTP/0.9", raw(HEALTHY_JSON)),
    fault("a status of two digits", raw(GOOD.replace(b"200", b"20"))),
    fault("a header without a colon", raw(GOOD.replace(b"Content-Type:", b"Content-Type"))),
    fault("a NUL in a header", raw(GOOD.replace(b"application/json", b"application\0json"))),
    fault("two lengths", raw(GOOD.replace(b"\r\n\r\n", b"\r\nContent-Length: 3\r\n\r\n"))),
    fault("a negative length", raw(GOOD[:HEAD_END].replace(b"Content-Length: ", b"Content-Length: -") + HEALTHY_JSON)),
    fault("a length that promises more", raw(response(200, HEALTHY, Content_Length="9999"))),
    elsewhere("a length that promises less", raw(response(200, HEALTHY, Content_Length="30"))),
    fault("chunks of garbage", raw(chunked(b"zz\r\ngarbage\r\n"))),
    fault("chunks that break off", raw(chunked(b"ffff\r\n" + HEALTHY_JSON))),
    fault("a chunk with an absurd size", raw(chunked(b"f" * 30 + b"\r\n" + HEALTHY_JSON))),
    fault("101 switching protocols", raw(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n")),
    fault("204 without a body", raw(b"HTTP/1.1 204 No Content\r\n\r\n", keep=True)),
    elsewhere("304 not modified", raw(b"HTTP/1.1 304 Not Modified\r\n\r\n", keep=True)),
    *(
        elsewhere(f"{status} redirect", answer(status, b"", Location="http://127.0.0.1:9/steal"))
        for status in (300, 301, 302, 303, 307, 308)
    ),
    # Statuses that say nothing about a key
    *(
        fault(f"{status} {kind}", behaviour, rule=RULES.get((status, kind)) or RULES.get(status, "base-url-wrong"))
        for status in (400, 404, 405, 407, 409, 410, 413, 418, 421, 451, 500, 501, 502, 503, 504, 520, 524, 529, 599)
        for kind, behaviour in (
            ("in the envelope", answer(status, refusal(status, "Something went wrong"))),
            ("as a page", html(status)),
        )
    ),
    fault("408 request time-out", answer(408, b"")),
    elsewhere("600, which does not exist", answer(600, HEALTHY)),
    elsewhere("999, which does not exist", answer(999, refusal(401, "User not found."))),
    # Refusals that are not OpenRouter's
    gateway("401 empty", answer(401, b"")),
    gateway("401 as a page", html(401)),
    gateway("401 without an envelope", answer(401, {"detail": "Unauthorized"})),
    gateway("401 with a string for an error", answer(401, {"error": "Unauthorized"})),
    gateway("401 with an envelope without words", answer(401, {"error": {"code": 401}})),
    fault("401 once, then an outage", REJECTED, answer(503, b"")),
    fault("401 twice, then silence", REJECTED, REJECTED, hang),
    gateway("402 as a page", html(402)),
    gateway("402 without an envelope", answer(402, {"detail": "Payment required"})),
    blocked("403 blocked by country", answer(403, {"success": False, "error": "Access denied by security policy."})),
    gateway("403 blocked by country, as a page", html(403)),
    blocked("403 blocked by country, in the envelope", answer(403, refusal(403, "Access denied by security policy."))),
    gateway("403 empty", answer(403, b"")),
    fault("500 that speaks of a 401", answer(500, refusal(401, "User not found."))),
    # 200 that is not OpenRouter's
    fault("200 empty", ok(b"")),
    fault("200 blank", ok(b" \r\n ")),
    elsewhere("200 as a page", html(200)),
    elsewhere("200 as a page that claims to be JSON", ok(HTML)),
    elsewhere("200 not JSON", ok(b"upstream connect error")),
    elsewhere("200 JSON that breaks off", ok(HEALTHY_JSON[:-5])),
    elsewhere("200 JSON with something behind it", ok(HEALTHY_JSON + b"}")),
    elsewhere("200 a list", ok([HEALTHY])),
    elsewhere("200 a string", ok("fine")),
    elsewhere("200 null", ok(None)),
    elsewhere("200 an empty object", ok({})),
    elsewhere("200 data empty", ok({"data": {}})),
    elsewhere("200 data null", ok({"data": None})),
    elsewhere("200 data a list", ok({"data": [HEALTHY["data"]]})),
    elsewhere("200 without a label", ok({"data": {"limit": None, "usage": 0}})),
    elsewhere("200 with an empty label", ok({"data": {"label": "", "limit": None}})),
    elsewhere("200 with a number for a label", ok({"data": {"label": 7, "limit": None}})),
    fault("200 with an outage in the envelope", ok(refusal(503, "Overloaded"))),
    elsewhere("200 with an error without a number", ok({"error": {"code": "invalid_api_key", "message": "no"}})),
    elsewhere("200 NaN", ok(HEALTHY_JSON.replace(b"74.5", b"NaN"))),
    elsewhere("200 Infinity", ok(HEALTHY_JSON.replace(b"74.5", b"Infinity"))),
    elsewhere("200 a number of ten thousand digits", ok(HEALTHY_JSON.replace(b"74.5", b"9" * 10_000))),
    elsewhere("200 an exponent beyond all", ok(HEALTHY_JSON.replace(b"74.5", b"1e99999999999999999999"))),
    elsewhere("200 deeply nested", ok(b'{"data":' + b"[" * 200_000 + b"]" * 200_000 + b"}")),
    elsewhere("200 deeply nested objects", ok(b'{"data":' * 100_000 + b"1" + b"}" * 100_000)),
    elsewhere("200 too large", ok(HEALTHY_JSON[:-1] + b" " * (MIB + MIB // 10) + b"}")),
    elsewhere("200 UTF-16", ok(json.dumps(HEALTHY).encode("utf-16"))),
    elsewhere("200 UTF-32", ok(json.dumps(HEALTHY).encode("utf-32"))),
    elsewhere(
        "200 Latin-1", ok('{"data": {"label": "clé"}}'.encode("latin-1"), Content_Type="application/json; charset=l1")
    ),
    elsewhere("200 gzip in name only", ok(HEALTHY, Content_Encoding="gzip")),
    elsewhere("200 gzip that breaks off", ok(gzip.compress(HEALTHY_JSON)[:-12], Content_Encoding="gzip")),
    elsewhere(
        "200 gzip with a wrong checksum", ok(gzip.compress(HEALTHY_JSON)[:-8] + b"\0" * 8, Content_Encoding="gzip")
    ),
    elsewhere("200 gzip bomb", ok(gzip.compress(b" " * (64 * MIB)), Content_Encoding="gzip")),
    elsewhere("200 gzip twice", ok(gzip.compress(gzip.compress(HEALTHY_JSON)), Content_Encoding="gzip, gzip")),
    elsewhere("200 brotli, unasked", ok(b"\x0b\x02\x80{}\x03", Content_Encoding="br")),
    elsewhere("200 an unknown encoding", ok(HEALTHY, Content_Encoding="rot13")),
    # Asked to wait for longer than there is
    rate_limited("429"),
    fault("429 as a page", html(429), rule="service-rate-limited"),
    fault("429 empty", answer(429, b""), rule="service-rate-limited"),
    rate_limited("429 for an hour", Retry_After="3600"),
    rate_limited("429 for ever", Retry_After="1e9"),
    rate_limited("429 for longer than a float", Retry_After="9" * 400),
    rate_limited("429 for less than nothing", Retry_After="-5"),
    rate_limited("429 until a date to come", Retry_After="Wed, 21 Oct 2099 07:28:00 GMT"),
    rate_limited("429 until a date gone by", Retry_After="Wed, 21 Oct 2015 07:28:00 GMT"),
    rate_limited("429 until no date", Retry_After="Wed, 21 Oct 2015 07:28:00 +99999999999999"),
    rate_limited("429 until gibberish", Retry_After="soon\x7f"),
    fault(
        "402 too many in flight",
        answer(402, refusal(402, "Too many in flight", limit_source="openrouter_in_flight_budget")),
        rule="service-rate-limited",
    ),
]

FINE = [
    fault("401 once", REJECTED, OK),
    fault("401 twice", REJECTED, REJECTED, OK),
    fault("503 once", answer(503, b""), OK),
    fault("a reset once", reset_after(), OK),
    fault("429 once", answer(429, b"", Retry_After="0"), OK),
    fault("408 once", answer(408, b""), OK),
    fault("closed behind the request once", _close_after_request, OK),
    fault("closed after an outage, though it was to be kept", raw(response(502, b"")), OK),
    fault("an empty 200 once", ok(b""), OK),
    fault("gzip", ok(gzip.compress(HEALTHY_JSON), Content_Encoding="gzip")),
    fault("gzip by its old name", ok(gzip.compress(HEALTHY_JSON), Content_Encoding="X-GZIP")),
    fault("deflate", ok(zlib.compress(HEALTHY_JSON), Content_Encoding="deflate")),
    fault("chunks", raw(chunked(CHUNKS))),
    fault("a body until the end", raw(b"HTTP/1.0 200 OK\r\n\r\n" + HEALTHY_JSON)),
    fault("100 and 103 first", raw(INFORMATIONAL + GOOD)),
    fault("no content type", ok(HEALTHY, Content_Type="")),
    fault("a wrong content type", ok(HEALTHY, Content_Type="text/html")),
    fault("a hundred headers", ok(HEALTHY, **{f"X-{number}": "y" * 200 for number in range(100)})),
    fault("cookies", ok(HEALTHY, Set_Cookie="a=b; Expires=never; Max-Age=99999999999999999999; Version=x")),
    fault("fields nobody knows", ok({"data": HEALTHY["data"] | {"new": {"deep": [1]}, "limit_reset": "hourly"}})),
]


def check(preflight: CommandLine, base_url: str, key: str, environment: dict[str, str] | None = None) -> Run:
    arguments = ("--timeout", str(TIMEOUT), "--deadline", str(DEADLINE), "--base-url", base_url)
    return preflight.json(*arguments, variables={"OPENROUTER_API_KEY": key} | (environment or {}))


def assert_undecided(run: Run, rule: str = "service-unreachable") -> None:
    assert (run.code, run.rules, run.state) == (3, [rule], "unreachable"), run.out + run.err
    assert run.err == ""


@pytest.mark.parametrize("case", UNDECIDED, ids=lambda case: case.name)
def test_a_fault_of_the_service_decides_nothing(case: Fault, preflight: CommandLine, key_text: str) -> None:
    with serve(*case.script, **case.options) as server:
        assert_undecided(check(preflight, server.base_url, key_text), case.rule)


@pytest.mark.parametrize("case", FINE, ids=lambda case: case.name)
def test_a_fault_that_passes_does_no_harm(case: Fault, preflight: CommandLine, key_text: str) -> None:
    with serve(*case.script, **case.options) as server:
        run = preflight.json(
            "--deadline", "3", "--base-url", server.base_url, variables={"OPENROUTER_API_KEY": key_text}
        )
    assert (run.code, run.rules, run.state) == (0, [], "valid"), run.out + run.err


def test_a_port_that_refuses(preflight: CommandLine, key_text: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert_undecided(check(preflight, f"http://127.0.0.1:{port}/api/v1", key_text))


def test_a_listener_that_never_accepts(preflight: CommandLine, key_text: str) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=1) as full:
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(("127.0.0.1", port))
        assert_undecided(check(preflight, f"http://127.0.0.1:{port}/api/v1", key_text))
        for each in waiting:
            each.close()


def test_a_name_that_is_not_known(preflight: CommandLine, key_text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    run = check(preflight, "https://openrouter.invalid/api/v1", key_text)
    assert_undecided(run, "base-url-wrong")
    assert "no server has that name" in run.message


def test_a_name_that_cannot_be_resolved_now(
    preflight: CommandLine, key_text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", failing)
    run = check(preflight, "https://openrouter.invalid/api/v1", key_text)
    assert_undecided(run)
    assert "name could not be resolved" in run.message


@pytest.fixture
def release() -> Iterator[threading.Event]:
    """Ends what a test left hanging."""
    event = threading.Event()
    yield event
    event.set()


def test_a_name_that_is_looked_up_for_ever(
    preflight: CommandLine, key_text: str, monkeypatch: pytest.MonkeyPatch, release: threading.Event
) -> None:
    def lookup(*_: object, **__: object) -> None:
        release.wait(30)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    assert_undecided(check(preflight, "https://openrouter.invalid/api/v1", key_text))


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("of_another_host", "certificate was not accepted"),
        ("expired", "certificate was not accepted"),
        ("self_signed", "certificate was not accepted"),
        ("no_tls", "TLS handshake failed"),
        ("closed", "could not be checked"),
        ("silent", "took too long"),
    ],
)
def test_tls_that_cannot_be_trusted(
    kind: str, words: str, preflight: CommandLine, key_text: str, tmp_path: Path
) -> None:
    trusted, stranger = tls.authority(tmp_path), tls.authority(_folder(tmp_path / "stranger"))
    every: dict[str, dict[str, Any]] = {
        "of_another_host": {"tls": trusted.of_another_host()},
        "expired": {"tls": trusted.expired()},
        "self_signed": {"tls": stranger.good()},
        "no_tls": {"on_accept": lambda connection: connection.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")},
        "closed": {"on_accept": _close_on_accept},
        "silent": {"on_accept": lambda connection: connection.wait(30)},
    }
    with serve(OK, **every[kind]) as server:
        address = server.base_url.replace("http://", "https://")
        run = check(preflight, address, key_text, {"SSL_CERT_FILE": str(trusted.file)})
    assert_undecided(run, "service-unreachable" if kind in ("closed", "silent") else "tls-failed")
    assert words in run.message
    assert server.seen == []


def _folder(path: Path) -> Path:
    path.mkdir()
    return path
