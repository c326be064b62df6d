"""A plain HTTP client for tests of what listens on loopback: it retries nothing, follows nothing and hides nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from openrouter_preflight.keys import ApiKey
    from openrouter_preflight.simulator import Simulator


@dataclass(frozen=True)
class Reply:
    """One answer as it came."""

    status: int
    headers: dict[str, str]
    body: bytes = field(repr=False)

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def data(self) -> Any:
        return self.json["data"]

    @property
    def error(self) -> Any:
        return self.json["error"]


def connect(simulator: Simulator, timeout: float = 10) -> HTTPConnection:
    """A connection of its own; the caller closes it."""
    url = urlsplit(simulator.base_url)
    return HTTPConnection(str(url.hostname), url.port, timeout=timeout)


def ask(
    simulator: Simulator, what: str, key: ApiKey | None = None, body: object = None, *, timeout: float = 10
) -> Reply:
    """One request over a connection of its own: `ask(simulator, "GET /key", key)`; `body` is bytes, or sent as JSON."""
    method, _, path = what.partition(" ")
    headers = {"Authorization": f"Bearer {key.reveal()}"} if key else {}
    sent = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    connection = connect(simulator, timeout)
    try:
        connection.request(method, urlsplit(simulator.base_url).path + path, body=sent, headers=headers)
        response = connection.getresponse()
        return Reply(response.status, dict(response.headers), response.read())
    finally:
        connection.close()


def chat(simulator: Simulator, model: str = "openai/gpt-4.1", **fields: Any) -> Reply:
    """A completion asked for with the scenario's key; `fields` change the request's body."""
    body = {"model": model, "messages": [{"role": "user", "content": "Say hello."}], **fields}
    return ask(simulator, "POST /chat/completions", simulator.primary_key, body)
