"""The transport: one request out, one Reply back. Only it imports httpx.

It bounds every body before and after decompression, follows no redirect, and turns each of httpx's errors into a
TransportFault, so that nothing of httpx, of a proxy's password or of a response is ever shown.
"""

from __future__ import annotations

import errno
import logging
import re
import ssl
import sys
import zlib
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Final, Self, cast
from urllib.parse import urlsplit

from openrouter_preflight import __version__
from openrouter_preflight.errors import UsageError
from openrouter_preflight.loopback import is_loopback
from openrouter_preflight.openrouter.body import inflated, parsed_object
from openrouter_preflight.openrouter.reply import Reply, TransportFault
from openrouter_preflight.openrouter.retry import seconds_to_wait

# httpx also loads a command line of its own, and pygments for it where that is installed; it does without where it
# cannot. Nobody needs it here, and it costs a tenth of a whole check.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]

import httpx  # noqa: E402 - after what it is to do without

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from openrouter_preflight.clock import Clock
    from openrouter_preflight.keys import ApiKey

MOST_CONNECTIONS: Final = 16
_LOGGERS: Final = ("httpx", *(f"httpcore.{part}" for part in ("connection", "http11", "proxy")))
_CA_VARIABLES: Final = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


class Transport:
    """A pool of connections to one base URL. Safe to use from several threads at once."""

    def __init__(self, base_url: str, *, environ: Mapping[str, str], clock: Clock) -> None:
        """Prepare for `base_url`, with the proxies and CAs that `environ` names.

        A loopback address is asked directly: a proxy could not reach it and would see a key in plain http.

        Raises:
            UsageError: a proxy or CA variable cannot be used; it is named, its value is not shown.
        """
        self._base_url = base_url.rstrip("/")
        self._clock = clock
        _silence_logs()
        try:
            self._client = httpx.Client(
                verify=_tls_context(environ) if base_url.startswith("https:") else _no_trust(),
                trust_env=not is_loopback(urlsplit(base_url).hostname or ""),
                follow_redirects=False,
                limits=httpx.Limits(max_connections=MOST_CONNECTIONS),
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
                headers={
                    "User-Agent": f"openrouter-preflight/{__version__}",
                    "Accept": "application/json",
                    "Accept-Encoding": "gzip",
                },
            )
        except (ValueError, ImportError, httpx.InvalidURL):
            raise UsageError(
                "a proxy variable cannot be used as it stands",
                "HTTPS_PROXY, HTTP_PROXY or ALL_PROXY must be a URL such as http://proxy.example:3128.",
            ) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def exchange(
        self,
        path: str,
        key: ApiKey | None,
        *,
        method: str = "GET",
        timeout: float,
        body_limit: int,
        query: Mapping[str, str] | None = None,
        payload: Mapping[str, object] | None = None,
    ) -> Reply:
        """Ask once, with `key` if there is one.

        Args:
            path: Below the base URL, such as `/key`.
            key: Goes into the Authorization header and nowhere else.
            method: GET, POST, PATCH or DELETE.
            timeout: Seconds for each step of the exchange and for the whole.
            body_limit: Bytes; a larger body, also after decompression, is a fault.
            query: Parameters of the URL; never a secret.
            payload: The JSON body.
        """
        ends = self._clock.monotonic() + timeout
        while True:
            try:
                with self._client.stream(
                    method,
                    self._base_url + path,
                    params=query,
                    json=payload,
                    timeout=timeout,
                    headers={"Authorization": f"Bearer {key.reveal()}"} if key else {},
                ) as response:
                    return self._read(response, body_limit, ends)
            except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, ValueError) as error:
                if not _was_abandoned(error) or self._clock.monotonic() >= ends:
                    return Reply(fault=_fault_of(error, self._base_url))

    def _read(self, response: httpx.Response, body_limit: int, ends: float) -> Reply:
        retry_after = seconds_to_wait(response.headers.get("Retry-After"), self._clock.now())
        date = _moment(response.headers.get("Date", ""))
        if 300 <= response.status_code < 400:
            return Reply(status=response.status_code, fault=TransportFault.REDIRECT, date=date)
        content = self._read_body(response, body_limit, ends)
        if not response.is_success:
            _abandon(response)
        parsed = parsed_object(content) if isinstance(content, bytes) else content
        if isinstance(parsed, TransportFault):
            return Reply(status=response.status_code, fault=parsed, retry_after=retry_after, date=date)
        return Reply(status=response.status_code, body=parsed, retry_after=retry_after, date=date)

    def _read_body(self, response: httpx.Response, limit: int, ends: float) -> bytes | TransportFault:
        content = bytearray()
        encoding = response.headers.get("Content-Encoding", "identity")
        try:
            for piece in inflated(_raw(response), encoding, limit):
                content += piece
                if len(content) > limit:
                    return TransportFault.TOO_LARGE
                if self._clock.monotonic() > ends:
                    return TransportFault.READ_TIMEOUT
        except zlib.error:
            return TransportFault.ENCODING
        return bytes(content)


def _moment(text: str) -> datetime | None:
    """The time that a Date header names; None if it names none."""
    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _raw(response: httpx.Response) -> Iterator[bytes]:
    """Yield the raw body; httpx's own way would return the connection too early."""
    return iter(cast("httpx.SyncByteStream", response.stream))


def _fault_of(error: Exception, base_url: str) -> TransportFault:
    """Return the fault of a failed exchange, from the causes of httpx's error."""
    causes = tuple(_causes(error))
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return TransportFault.CERTIFICATE
    if any(isinstance(cause, ssl.SSLError) and not isinstance(cause, _TLS_ENDED) for cause in causes):
        return TransportFault.TLS
    if isinstance(error, httpx.ProxyError):
        return TransportFault.PROXY_OUTAGE if _PROXY_OUTAGE.match(str(error)) else TransportFault.PROXY
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        fault = _connection_fault(error, causes)
        # A client with a proxy connects to nothing else.
        return TransportFault.PROXY_UNREACHABLE if _uses_proxy(base_url) else fault
    if isinstance(error, httpx.TimeoutException):
        return TransportFault.READ_TIMEOUT
    if isinstance(error, httpx.NetworkError | httpx.RemoteProtocolError | httpx.StreamError):
        return TransportFault.BROKEN
    return TransportFault.UNSENDABLE


_TLS_ENDED: Final = (ssl.SSLEOFError, ssl.SSLZeroReturnError)
"""The connection ended within the handshake or later: not a fault of TLS."""
_PROXY_OUTAGE: Final = re.compile("5[0-9][0-9]\\b")
"""The proxy's answer to CONNECT, as httpx begins its message."""


def _connection_fault(error: Exception, causes: tuple[BaseException, ...]) -> TransportFault:
    import socket

    if isinstance(error, httpx.ConnectTimeout):
        return TransportFault.CONNECT_TIMEOUT
    for cause in causes:
        if isinstance(cause, socket.gaierror):
            no_such_name = cause.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))
            return TransportFault.NO_SUCH_NAME if no_such_name else TransportFault.NAME
        if isinstance(cause, UnicodeError):
            return TransportFault.NO_SUCH_NAME
    return TransportFault.REFUSED


def _uses_proxy(base_url: str) -> bool:
    """Return True where httpx reaches the URL through a proxy."""
    from urllib.request import getproxies, proxy_bypass

    parts = urlsplit(base_url)
    host, proxies = parts.hostname or "", getproxies()
    return not is_loopback(host) and bool(proxies.get(parts.scheme) or proxies.get("all")) and not proxy_bypass(host)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _abandon(response: httpx.Response) -> None:
    """Close this connection for further requests: an old answer could follow.

    Only before the pool has it back: another thread's question would hang on a connection that is closed under it.
    """
    stream = response.extensions.get("network_stream")
    if stream is not None:
        stream.close()


def _was_abandoned(error: Exception) -> bool:
    """Return True where the pool handed out an abandoned connection."""
    return any(isinstance(cause, OSError) and cause.errno == errno.EBADF for cause in _causes(error))


def _silence_logs() -> None:
    """Silence httpx and httpcore: they quote headers, which may hold a key.

    A level would not do, since whoever debugs sets it.
    """
    for name in _LOGGERS:
        logging.getLogger(name).disabled = True


def _no_trust() -> ssl.SSLContext:
    """Return a TLS context for plain http on loopback, which trusts nobody."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _tls_context(environ: Mapping[str, str]) -> ssl.SSLContext:
    """Trust the usual variables' CAs, else certifi's, as httpx does."""
    for name in _CA_VARIABLES:
        place = environ.get(name)
        if not place:
            continue
        try:
            if name == "SSL_CERT_DIR":
                return ssl.create_default_context(capath=place)
            return ssl.create_default_context(cafile=place)
        except OSError:
            raise UsageError(
                f"{name} names a file that cannot be used: {place}",
                f"It must hold CA certificates in PEM form; unset {name} to trust the usual ones.",
            ) from None
    import certifi

    return ssl.create_default_context(cafile=certifi.where())
