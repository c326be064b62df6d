"""What the simulator's tests share: a clock that stands still, and a client that hides nothing of the wire."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from openrouter_preflight.simulator import SettableClock, Simulator

if TYPE_CHECKING:
    from openrouter_preflight.keys import ApiKey

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)
"""A Wednesday in the middle of a month."""


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    text: str = field(repr=False)

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def error(self) -> Any:
        return self.json["error"]


Ask = Callable[..., Reply]


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock(NOON)


@pytest.fixture
def ask() -> Ask:
    """One request over a connection of its own: `ask(simulator, "GET /key", key, body)`."""

    def ask(simulator: Simulator, what: str, key: ApiKey | None = None, body: object = None) -> Reply:
        method, _, path = what.partition(" ")
        url = urlsplit(simulator.base_url)
        connection = HTTPConnection(str(url.hostname), url.port, timeout=10)
        headers = {"Authorization": f"Bearer {key.reveal()}"} if key else {}
        raw = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        try:
            connection.request(method, url.path + path, body=raw, headers=headers)
            response = connection.getresponse()
            return Reply(response.status, dict(response.headers), response.read().decode())
        finally:
            connection.close()

    return ask
