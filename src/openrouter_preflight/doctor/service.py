"""The way to OpenRouter: proxy, CA, base URL, speed, clocks. No key is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from openrouter_preflight.doctor.line import Line, fail, note
from openrouter_preflight.errors import UsageError
from openrouter_preflight.settings.model import DEFAULT_BASE_URL
from openrouter_preflight.settings.values.addresses import BASE_URL
from openrouter_preflight.settings.values.value_type import BadValueError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from openrouter_preflight.clock import Clock
    from openrouter_preflight.openrouter.reply import Reply

_PROXIES: Final = (
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "NO_PROXY",
    "no_proxy",
)
_CAS: Final = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_LARGEST: Final = 64 * 1024
_SKEW_TO_NOTE: Final = 60
_SKEW_TO_FAIL: Final = 300
"""Seconds; expiry dates and resets are judged by this machine's clock."""


def look_at_service(environ: Mapping[str, str], clock: Clock, *, timeout: float) -> Iterator[Line]:
    """Yield lines about the base URL of `environ`, with one request."""
    yield _named("proxy", _PROXIES, environ, "none is set")
    yield _named("CA", _CAS, environ, "the list that comes with certifi")
    try:
        url = str(BASE_URL.parse(environ.get("OPENROUTER_BASE_URL", "").strip() or DEFAULT_BASE_URL))
    except BadValueError as refusal:
        yield fail("base URL", f"OPENROUTER_BASE_URL: {refusal}")
        return
    from openrouter_preflight.openrouter.transport import Transport

    started = clock.monotonic()
    try:
        with Transport(url, environ=environ, clock=clock) as transport:
            reply = transport.exchange("/key", None, timeout=timeout, body_limit=_LARGEST)
    except UsageError as error:
        yield fail("base URL", str(error), error.hint)
        return
    yield _answer(url, reply, clock.monotonic() - started)
    if reply.date is not None:
        yield _clocks(reply.date, clock.now())


def _named(topic: str, names: tuple[str, ...], environ: Mapping[str, str], otherwise: str) -> Line:
    """Say which variables are set; their values can hold passwords."""
    found = [name for name in names if environ.get(name)]
    return Line(topic, ", ".join(found) if found else otherwise)


def _answer(url: str, reply: Reply, seconds: float) -> Line:
    if reply.fault is not None:
        return fail("base URL", f"{url}: {reply.fault}", "Look at the proxy, the CA and OPENROUTER_BASE_URL.")
    if reply.status is not None and reply.status >= 500:
        return fail("base URL", f"{url} answered {reply.status}: an outage", "Try again later.")
    if not isinstance(reply.body, dict) or not {"error", "data"} & reply.body.keys():
        return fail("base URL", f"{url} answered {reply.status}, and not as OpenRouter does", "Look at the base URL.")
    return Line("base URL", f"{url} answered in {seconds * 1000:.0f} ms")


def _clocks(theirs: datetime, ours: datetime) -> Line:
    seconds = abs((theirs - ours).total_seconds())
    text = f"{seconds:.0f} s apart from the server's"
    if seconds >= _SKEW_TO_FAIL:
        return fail("clock", text, "Set this machine's clock: expiry dates and resets are judged by it.")
    return note("clock", text) if seconds >= _SKEW_TO_NOTE else Line("clock", text)
