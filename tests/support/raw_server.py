"""A server on loopback that speaks raw sockets, so that it can misbehave in every way that a real one can.

A test scripts it with one behaviour for each request, the last of which holds for all that follow. A behaviour gets
the connection and the request, sends what it likes, and says whether the connection is to be kept.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    import ssl

HEALTHY = {
    "data": {
        "label": "sk-or-v1-0e6...6b7",
        "limit": 100,
        "limit_remaining": 74.5,
        "limit_reset": "monthly",
        "usage": 25.5,
        "is_free_tier": False,
        "is_management_key": False,
    }
}


def refusal(status: int, message: str, **metadata: object) -> dict[str, Any]:
    """OpenRouter's error envelope."""
    return {"error": {"code": status, "message": message, "metadata": metadata}}


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as it came."""

    head: str

    @property
    def path(self) -> str:
        return self.head.split(" ", 2)[1]

    def header(self, name: str) -> str | None:
        for line in self.head.split("\r\n")[1:]:
            known, _, value = line.partition(":")
            if known.lower() == name.lower():
                return value.strip()
        return None


class Connection:
    """One accepted connection."""

    def __init__(self, sock: socket.socket, stopping: threading.Event) -> None:
        self.sock = sock
        self._stopping = stopping

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def wait(self, seconds: float) -> None:
        """Let time pass, but no longer than the server lives."""
        if self._stopping.wait(seconds):
            raise ConnectionAbortedError

    def reset(self) -> None:
        """Close so that the client sees a reset, not an orderly end."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


_JOIN_SECONDS = 2

Behaviour = Callable[[Connection, Seen], bool]


@dataclass
class RawServer:
    """A context manager: listens from `with` to its end."""

    behaviours: tuple[Behaviour, ...]
    host: str = "127.0.0.1"
    tls: ssl.SSLContext | None = None
    on_accept: Callable[[Connection], bool] | None = None
    """Called before anything is read or any handshake; False closes the connection."""
    seen: list[Seen] = field(default_factory=list)
    by_path: dict[str, Behaviour] = field(default_factory=dict)
    """Behaviours for paths that end so, outside of the script."""

    def __post_init__(self) -> None:
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._answered = 0

    def __enter__(self) -> Self:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        self._listener = socket.create_server((self.host, 0), family=family, backlog=128)
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        # A thread that still waits at a closed socket goes on waiting, after the process was stopped and continued, at
        # whatever has that socket's number by then: the next server's connections would be answered by this one.
        _shut(self._listener)
        self._accepting.join(_JOIN_SECONDS)
        self._listener.close()
        with self._lock:
            for sock in self._open:
                _close(sock)

    @property
    def port(self) -> int:
        port: int = self._listener.getsockname()[1]
        return port

    @property
    def address(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}"

    @property
    def base_url(self) -> str:
        return f"{self.address}/api/v1"

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self._open.add(sock)
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        try:
            self._converse(sock)
        except (OSError, ValueError):
            return
        finally:
            with self._lock:
                self._open.discard(sock)
            _close(sock)

    def _converse(self, sock: socket.socket) -> None:
        if self.on_accept is not None and not self.on_accept(Connection(sock, self._stopping)):
            return
        if self.tls is not None:
            wrapped = self.tls.wrap_socket(sock, server_side=True)
            with self._lock:
                self._open.add(wrapped)
            sock = wrapped
        connection = Connection(sock, self._stopping)
        while (seen := self._read_request(sock)) is not None and self._behaviour(seen)(connection, seen):
            pass
        _close(sock)

    def _read_request(self, sock: socket.socket) -> Seen | None:
        head = b""
        while b"\r\n\r\n" not in head:
            piece = sock.recv(65536)
            if not piece:
                return None
            head += piece
        seen = Seen(head.decode("latin-1"))
        with self._lock:
            self.seen.append(seen)
        return seen

    def _behaviour(self, seen: Seen) -> Behaviour:
        for path, behaviour in self.by_path.items():
            if seen.path.endswith(path):
                return behaviour
        with self._lock:
            number = min(self._answered, len(self.behaviours) - 1)
            self._answered += 1
        return self.behaviours[number]


def serve(*behaviours: Behaviour, **options: Any) -> RawServer:
    """A server with that script."""
    return RawServer(behaviours or (answer(200, HEALTHY),), **options)


def response(status: int, body: object, /, *, reason: str = "Status", **headers: str) -> bytes:
    """A whole response. `body` is JSON unless it is bytes; header names are written with underscores."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    fields = {"Content-Type": "application/json", "Content-Length": str(len(content))}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status} {reason}\r\n{lines}\r\n".encode("latin-1") + content


def raw(data: bytes, *, keep: bool = False) -> Behaviour:
    """Send these bytes, and nothing else."""

    def behave(connection: Connection, _seen: Seen) -> bool:
        connection.send(data)
        return keep

    return behave


def answer(status: int, body: object = b"", /, **headers: str) -> Behaviour:
    """Answer properly."""
    return raw(response(status, body, **headers), keep=True)


def drip(data: bytes, *, at_once: int = 0, pause: float = 0.05) -> Behaviour:
    """Send the first `at_once` bytes, then one byte after the other."""

    def behave(connection: Connection, _seen: Seen) -> bool:
        connection.send(data[:at_once])
        for byte in data[at_once:]:
            connection.wait(pause)
            connection.send(bytes([byte]))
        return False

    return behave


def late(seconds: float, then: Behaviour) -> Behaviour:
    """Wait, then behave."""

    def behave(connection: Connection, seen: Seen) -> bool:
        connection.wait(seconds)
        return then(connection, seen)

    return behave


def reset_after(data: bytes = b"") -> Behaviour:
    """Send these bytes, then reset the connection."""

    def behave(connection: Connection, _seen: Seen) -> bool:
        if data:
            connection.send(data)
            connection.wait(0.02)
        connection.reset()
        return False

    return behave


def endless(start: bytes, piece: bytes) -> Behaviour:
    """Send `start`, then `piece` for as long as anybody listens."""

    def behave(connection: Connection, _seen: Seen) -> bool:
        connection.send(start)
        while True:
            connection.send(piece)

    return behave


def hang(_connection: Connection, _seen: Seen) -> bool:
    """Say nothing until the server ends."""
    _connection.wait(120)
    return False


def _close(sock: socket.socket) -> None:
    _shut(sock)
    sock.close()


def _shut(sock: socket.socket) -> None:
    """Wake whoever waits at it."""
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
