"""Scenarios in which the key is fine and the service or the network is not."""

from __future__ import annotations

from dataclasses import replace

from openrouter_preflight.findings import ExitCode
from openrouter_preflight.simulator.exchange import Answer, refusal
from openrouter_preflight.simulator.faults import Delivery, Fault
from openrouter_preflight.simulator.scenario import Scenario
from openrouter_preflight.simulator.scenarios.money import HEALTHY, UNCAPPED

_PORTAL = """<!DOCTYPE html>
<html><head><title>Welcome to Airport Wi-Fi</title></head>
<body><h1>Sign in to go online</h1><form method="post"><button>Accept</button></form></body></html>
"""
_DENIED = "Access denied by security policy."
_OVERSIZED = b'{"data": {"label": "' + b"x" * (1024 * 1024) + b'"}}'


def _passing(name: str, story: str, *faults: Fault) -> Scenario:
    return Scenario(name=name, story=story, exit_code=ExitCode.PASS, account=HEALTHY, faults=faults)


def _undecided(name: str, story: str, *faults: Fault) -> Scenario:
    return Scenario(name=name, story=story, exit_code=ExitCode.INCOMPLETE, account=HEALTHY, faults=faults)


def _ok(body: bytes | str, **headers: str) -> Answer:
    return Answer(status=200, body=body, headers=headers)


_DOWN = refusal(503, "Service temporarily unavailable")
_IN_FLIGHT = refusal(
    402,
    "Too many requests in flight for the credits that are left. Try again shortly.",
    headers={"Retry-After": "1"},
    limit_source="openrouter_in_flight_budget",
)

TROUBLE_SCENARIOS: tuple[Scenario, ...] = (
    _passing(
        "flapping-401",
        "A good key is answered 401 `User not found.` once, as in the outages of February 2026, then 200.",
        Fault(answer=refusal(401, "User not found."), first=1),
    ),
    _undecided(
        "blocked-country",
        "A 403 for this machine's country or address, whose `error` is a string: it says nothing about the key.",
        Fault(answer=Answer(status=403, body={"success": False, "error": _DENIED})),
    ),
    _undecided(
        "blocked-country-html",
        "The same refusal as a page of HTML.",
        Fault(answer=Answer(status=403, body=f"<html><body><h1>{_DENIED}</h1></body></html>")),
    ),
    _undecided(
        "rate-limited",
        "429 each time, without a word on when to come back.",
        Fault(answer=refusal(429, "Rate limit exceeded")),
    ),
    _passing(
        "rate-limited-retry-after",
        "429 with `Retry-After: 1` once, then 200.",
        Fault(answer=refusal(429, "Rate limit exceeded", headers={"Retry-After": "1"}), first=1),
    ),
    _undecided(
        "rate-limited-for-an-hour",
        "429 with `Retry-After: 3600`, longer than any deadline.",
        Fault(answer=refusal(429, "Rate limit exceeded", headers={"Retry-After": "3600"})),
    ),
    _undecided("outage", "503 each time.", Fault(answer=_DOWN)),
    _passing("blip", "502 once, then 200.", Fault(answer=refusal(502, "Bad gateway"), first=1)),
    _undecided("slow", "Every answer takes a minute, longer than the deadline.", Fault(delay=60)),
    _passing("sluggish", "Every answer takes a second and a half.", Fault(delay=1.5)),
    _undecided("reset-connection", "The connection is reset instead of answered.", Fault(delivery=Delivery.RESET)),
    _passing("reset-once", "The connection is reset once, then 200.", Fault(delivery=Delivery.RESET, first=1)),
    _undecided("truncated", "The answer breaks off in the middle.", Fault(delivery=Delivery.TRUNCATED)),
    _undecided("captive-portal", "200 with the sign-in page of a network in between.", Fault(answer=_ok(_PORTAL))),
    _undecided(
        "redirect",
        "302 to a sign-in page: a key is never sent after a redirect.",
        Fault(answer=Answer(status=302, body=_PORTAL, headers={"Location": "http://portal.invalid/login"})),
    ),
    _undecided("empty-body", "200 with nothing in it.", Fault(answer=_ok(b""))),
    _undecided("not-json", "200 that claims to be JSON and is not.", Fault(answer=_ok(b"upstream connect error"))),
    _undecided("not-an-object", "200 with a JSON list where an object belongs.", Fault(answer=_ok(b"[]"))),
    _undecided("no-label", "200 with JSON that is not OpenRouter's.", Fault(answer=_ok(b'{"data": {"status": "ok"}}'))),
    _undecided(
        "wrong-encoding",
        "200 that claims to be gzip and is not.",
        Fault(answer=_ok(b'{"data": {}}', **{"Content-Encoding": "gzip"})),
    ),
    _undecided("oversized", "200 with a body of more than a megabyte.", Fault(answer=_ok(_OVERSIZED))),
    replace(
        _undecided(
            "credits-outage", "/key is fine and has no limit; /credits is down.", Fault(answer=_DOWN, path="/credits")
        ),
        account=UNCAPPED,
        gates=("--min-balance", "5"),
        with_management_key=True,
    ),
    replace(
        _undecided("models-outage", "/key is fine; /models/user is down.", Fault(answer=_DOWN, path="/models/user")),
        gates=("--require-model", "openai/gpt-4.1"),
    ),
    replace(
        _passing(
            "too-many-in-flight",
            "Inference is refused once with 402 for what is in flight, which passes by itself.",
            Fault(answer=_IN_FLIGHT, path="/chat/completions", first=1),
        ),
        gates=("--probe", "openai/gpt-4o-mini"),
    ),
)
