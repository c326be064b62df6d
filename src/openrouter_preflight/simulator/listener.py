"""HTTP on a socket: requests in, answers out, whole or broken by a fault.

It knows neither accounts nor scenarios. HTTP/1.1 with keep-alive, a thread for each connection, nothing on stderr
but this program's own faults. Imported only when a simulator starts: http.server is not cheap.
"""

from __future__ import annotations

import json
import os
import socket
import struct
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from socketserver import TCPServer, ThreadingMixIn
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from openrouter_preflight.simulator.exchange import Answer, Refused, Request, refusal, refuse
from openrouter_preflight.simulator.faults import Delivery, Reply

MAX_BODY = 1024 * 1024
_MAX_DISCARDED = 16 * MAX_BODY
_IDLE_SECONDS = 120
_JOIN_SECONDS = 2
_NOTICE_CLOSE_SECONDS = 0.005  # how soon `close` is noticed; hundreds of tests start and stop one each
_RESET_ON_CLOSE = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)

Respond = Callable[[Request, Answer | None], Reply]
"""Answers a request; where the second argument is given, that is the answer (the request could not be read)."""


class Listener:
    """A bound socket that answers until it is closed."""

    def __init__(self, host: str, port: int, respond: Respond) -> None:
        """Bind and begin to listen; raises OSError where the address is taken."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._server = _server_class(family)((host, port), respond)
        self._thread = Thread(
            target=self._server.serve_forever,
            kwargs={"poll_interval": _NOTICE_CLOSE_SECONDS},
            name="simulator",
            daemon=True,
        )
        self._thread.start()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._server.server_port

    def close(self) -> None:
        """Stop listening, close every connection, and wait for their threads to end."""
        self._server.shutdown()
        self._thread.join(_JOIN_SECONDS)
        self._server.close_connections()
        self._server.server_close()


class _Server(ThreadingMixIn, HTTPServer):
    request_queue_size = 256
    allow_reuse_address = os.name != "nt"

    def __init__(self, address: tuple[str, int], respond: Respond) -> None:
        self.respond = respond
        self._connections: dict[socket.socket, Thread] = {}
        self._lock = Lock()
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        """Bind without HTTPServer's look-up of the host's name, which can take seconds."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Give the connection a thread, and remember both."""
        thread = Thread(target=self.process_request_thread, args=(request, client_address), daemon=True)
        with self._lock:
            self._connections[request] = thread
        thread.start()

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._lock:
                del self._connections[request]

    def close_connections(self) -> None:
        """Wake idle threads, let busy ones finish, then insist."""
        for side in (socket.SHUT_RD, socket.SHUT_RDWR):
            with self._lock:
                connections = dict(self._connections)
            for connection, thread in connections.items():
                _shut(connection, side)
                thread.join(_JOIN_SECONDS)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that went away; show everything else, which is a bug here."""
        import sys

        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


def _server_class(family: socket.AddressFamily) -> type[_Server]:
    return type("_FamilyServer", (_Server,), {"address_family": family})


def _shut(connection: socket.socket, side: int) -> None:
    try:
        connection.shutdown(side)
    except OSError:  # it is closed already
        return


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "openrouter-preflight-simulator"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body leave together, so that no body waits for an acknowledgement of its head
    timeout = _IDLE_SECONDS
    server: _Server

    def exchange(self) -> None:
        """Read one request, have it answered, send the answer."""
        target = urlsplit(self.path)
        body, problem = self._body()
        request = Request(
            method=self.command,
            path=target.path,
            query=dict(parse_qsl(target.query, keep_blank_values=True)),
            authorization=self.headers.get("Authorization"),
            body=body,
        )
        reply = self.server.respond(request, problem)
        if reply.delivery is Delivery.RESET:
            self._reset()
        else:
            self._send(reply)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = exchange  # noqa: N815 - http.server's names

    def _body(self) -> tuple[bytes, Answer | None]:
        """Return the body, or the reason why it cannot be read."""
        try:
            length = self._body_length()
        except Refused as refused:
            self.close_connection = True
            return b"", refused.answer
        body = self.rfile.read(length)
        if len(body) < length:
            self.close_connection = True
            return b"", refusal(400, "The request body ended before its Content-Length")
        return body, None

    def _body_length(self) -> int:
        if "Transfer-Encoding" in self.headers:
            refuse(411, "Send the request body with a Content-Length")
        length = self.headers.get("Content-Length", "0").strip()
        if not (length.isascii() and length.isdigit()):
            refuse(400, "Content-Length is not a number")
        if len(length) > 12 or int(length) > MAX_BODY:
            self._discard(int(length))
            refuse(413, f"The request body is larger than {MAX_BODY} bytes")
        return int(length)

    def _discard(self, length: int) -> None:
        """Read the rest of the request, so that the client sees the refusal."""
        left = min(length, _MAX_DISCARDED)
        while left > 0 and (read := len(self.rfile.read(min(left, MAX_BODY)))):
            left -= read

    def handle_expect_100(self) -> bool:
        """Tell a client that waits for it to go on, at once."""
        go_on = super().handle_expect_100()
        self.wfile.flush()
        return go_on

    def _send(self, reply: Reply) -> None:
        """Write the answer; http.server flushes it."""
        body, kind = _encoded(reply.answer)
        headers = {"Content-Type": kind, **reply.answer.headers}
        truncated = reply.delivery is Delivery.TRUNCATED
        if truncated or self.close_connection:
            headers["Connection"] = "close"
        self.send_response(reply.answer.status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body[: len(body) // 2] if truncated else body)

    def _reset(self) -> None:
        """Close so that the client sees a reset, not an orderly end."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self.rfile.close()
        self.wfile.close()
        self.connection.close()
        self.wfile = BytesIO()  # http.server flushes it once more

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002 - http.server's signature
        """Refuse what http.server itself could not read, in the service's envelope."""
        self.close_connection = True
        self.command = self.command or "GET"
        self.request_version = self.protocol_version  # where the request line said nothing, it stands at 0.9
        self._send(Reply(answer=refusal(int(code), message or HTTPStatus(code).phrase)))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's signature
        """Say nothing: who wants a log asks the simulator for its requests."""


def _encoded(answer: Answer) -> tuple[bytes, str]:
    if isinstance(answer.body, bytes):
        return answer.body, "application/json"
    if isinstance(answer.body, str):
        return answer.body.encode(), "text/html; charset=utf-8"
    return json.dumps(answer.body).encode(), "application/json"
