"""A hostile OpenRouter, or something in front of it: each attack by name, what it wants, and a canary that is silent.

What merely fails is the fault matrix's; what sends the key back to be shown is searched for in `test_no_key_appears`.
"""

from __future__ import annotations

import gzip
import json
import ssl
import tracemalloc
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from openrouter_preflight.clock import SystemClock
from openrouter_preflight.keys import ApiKey
from openrouter_preflight.openrouter.transport import Transport
from support import tls
from support.raw_server import HEALTHY, Behaviour, Connection, RawServer, answer, raw, refusal, response, serve
from support.runner_log import azure_commands, github_commands

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.command_line import CommandLine, Run

MIB = 1024 * 1024
REJECTED = refusal(401, "User not found.")
GREEN = response(200, HEALTHY)


def check(preflight: CommandLine, server: RawServer, key: str, *arguments: str, **variables: str) -> Run:
    variables |= {"OPENROUTER_API_KEY": key, "OPENROUTER_BASE_URL": server.base_url}
    return preflight("check", "--deadline", "1", "--timeout", "0.5", *arguments, variables=variables)


@dataclass(frozen=True)
class Lure:
    """An answer that points somewhere else, where the next request, with the key in it, would be read."""

    name: str
    wants: str
    make: Callable[[str], Behaviour]
    """From the thief's address."""


LURES = [
    Lure("redirect", "the key at another host", lambda thief: answer(307, b"", Location=f"{thief}/key")),
    Lure("redirect without a scheme", "the same", lambda thief: answer(302, b"", Location=thief.partition(":")[2])),
    Lure("redirect of a good answer", "the same", lambda thief: answer(200, HEALTHY, Location=f"{thief}/key")),
    Lure("refresh", "the same, as browsers do", lambda thief: answer(503, b"", Refresh=f"0; url={thief}/key")),
    Lure("alternative service", "all later requests", lambda thief: answer(503, b"", Alt_Svc=f'h2="{_host(thief)}"')),
    Lure("proxy demanded", "the request through it", lambda thief: answer(305, b"", Location=thief)),
    Lure("early hint", "a preload there", lambda thief: raw(_hint(thief) + GREEN)),
    Lure("content elsewhere", "a look there", lambda thief: answer(200, HEALTHY, Content_Location=f"{thief}/key")),
    Lure("link", "the next page from there", lambda thief: answer(200, HEALTHY, Link=f'<{thief}/key>; rel="next"')),
    Lure("policy report", "a report there", lambda thief: answer(200, HEALTHY, Report_To=f'{{"url":"{thief}"}}')),
]


def _host(address: str) -> str:
    return address.rpartition("/")[2]


def _hint(thief: str) -> bytes:
    return f"HTTP/1.1 103 Early Hints\r\nLink: <{thief}/key>; rel=preload\r\n\r\n".encode()


@pytest.mark.parametrize("lure", LURES, ids=lambda lure: lure.name)
def test_nothing_leads_the_key_elsewhere(lure: Lure, preflight: CommandLine, key_text: str) -> None:
    contacts = []

    def count(connection: Connection) -> bool:
        contacts.append(connection)
        return True

    with (
        serve(answer(200, HEALTHY), on_accept=count) as thief,
        serve(lure.make(thief.address)) as server,
    ):
        check(preflight, server, key_text)
        assert {seen.path for seen in server.seen} <= {"/api/v1/key", "/api/v1/credits"}
    assert contacts == []


def test_a_cookie_is_not_carried_to_the_next_request(preflight: CommandLine, key_text: str) -> None:
    cookie = answer(503, b"", Set_Cookie="track=1; Path=/")
    with serve(cookie, answer(200, HEALTHY, Set_Cookie="track=2")) as server:
        check(preflight, server, key_text, "--deadline", "3")
        assert len(server.seen) > 1
    assert [seen.header("Cookie") for seen in server.seen if seen.header("Cookie")] == []


@pytest.mark.parametrize("challenge", ["Basic realm=x", "Negotiate", "Bearer realm=x", "Digest realm=x, nonce=1"])
def test_a_challenge_gets_no_other_credential(
    challenge: str, preflight: CommandLine, key_text: str, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text("default login ada password hunter2\n", encoding="ascii")
    (tmp_path / "netrc").chmod(0o600)
    refused = answer(401, REJECTED, WWW_Authenticate=challenge)
    with serve(refused) as server:
        check(preflight, server, key_text, NETRC=str(tmp_path / "netrc"))
    assert {seen.header("Authorization") for seen in server.seen} == {f"Bearer {key_text}"}


@pytest.mark.parametrize("status", [401, 402, 403, 429, 500, 503])
def test_an_answer_smuggled_behind_another_is_never_read(status: int, preflight: CommandLine, key_text: str) -> None:
    """On a kept connection it would be taken for the answer to the next request: a green verdict out of a refusal."""
    body = refusal(status, "Insufficient credits" if status == 402 else "User not found.")
    with serve(raw(response(status, body) + GREEN, keep=True)) as server:
        run = check(preflight, server, key_text, "--format", "json")
    assert run.code in {1, 3}
    assert run.state != "valid"


def test_a_protocol_that_was_not_asked_for_is_not_spoken(preflight: CommandLine, key_text: str) -> None:
    """An upgrade to HTTP/2 or a WebSocket would repeat the request outside of every bound."""
    upgrade = raw(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n", keep=True)
    with serve(upgrade) as server:
        assert check(preflight, server, key_text).code == 3
    assert {seen.header("Upgrade") for seen in server.seen} == {None}
    assert {seen.header("HTTP2-Settings") for seen in server.seen} == {None}


INJECTIONS = (
    "\n::error::owned",
    "\r::set-output name=verdict::pass",
    "##[error]owned",
    "\n##vso[task.setvariable variable=v]pass",
    "\x1b[2J\x1b]0;owned\x07",
    "\u202ednammoc",
    "</testsuite><x>",
    "| a | b |\n|---|---|",
)


@pytest.mark.parametrize("format_", ["text", "github", "markdown", "junit", "gitlab", "sarif", "json"])
@pytest.mark.parametrize("text", INJECTIONS, ids=ascii)
def test_what_the_service_says_cannot_speak_for_us(
    text: str, format_: str, preflight: CommandLine, key_text: str
) -> None:
    budget = {"scope": text, "limit": 1, "spent": 1, "remaining": 0, "reset_interval": text, "resets_at": text}
    data: dict[str, Any] = HEALTHY["data"] | {"label": text, "limit_reset": text, "budgets": [budget]}
    data |= {"allowed_data_regions": [text], "expires_at": text, "organization_id": text}
    with serve(answer(200, {"data": data})) as server:
        server.by_path["/models/user"] = answer(200, {"data": [{"id": text, "expiration_date": text}]})
        run = check(preflight, server, key_text, "--format", format_, "--require-model", "a/b", "--verbose")
    said = run.out + run.err
    assert "\x1b" not in said
    assert "\u202e" not in said
    ours = {"group", "endgroup", "error", "warning", "notice"} if format_ == "github" else set()
    assert {command.name for command in github_commands(said)} <= ours
    assert azure_commands(said) == [] or format_ == "github"
    assert "owned" not in {command.data for command in github_commands(said)}


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(bytes(256 * MIB)),
        gzip.compress(gzip.compress(bytes(64 * MIB))),
        gzip.compress(b'{"data":' + b"[" * 50_000_000),
    ],
    ids=["zeros", "twice", "nested"],
)
def test_a_bomb_costs_no_memory(body: bytes) -> None:
    """Inflated whole, it would take the machine's memory."""
    bomb = answer(200, body, Content_Encoding="gzip")
    with serve(bomb) as server, Transport(server.base_url, environ={}, clock=SystemClock()) as transport:
        tracemalloc.start()
        try:
            reply = transport.exchange("/key", ApiKey("x"), timeout=5, body_limit=MIB)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert reply.body is None
    assert peak < 8 * MIB


def test_an_old_protocol_of_tls_is_not_spoken(tmp_path: Path, preflight: CommandLine, key_text: str) -> None:
    """What TLS 1.1 carries can be read by who records it."""
    authority = tls.authority(tmp_path)
    context = authority.good()
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with serve(answer(200, HEALTHY), tls=context) as server:
        run = check(preflight, server, key_text, "--format", "json", SSL_CERT_FILE=str(authority.file))
    assert (run.code, run.rules) == (3, ["tls-failed"])
    assert server.seen == []


def test_a_word_of_another_key_does_not_free_this_one(preflight: CommandLine, key_text: str) -> None:
    """Duplicate words and an error beside data are a parser's undecided cases: none of them may end green."""
    healthy = json.dumps(HEALTHY)[:-1]
    both = f'{healthy}, "error": {json.dumps(REJECTED["error"])}}}'
    with serve(answer(401, both.encode())) as server:
        assert check(preflight, server, key_text, "--deadline", "4").code == 1
