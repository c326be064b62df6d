"""An account of our own making, stricter than the simulator's: it counts, and refuses what is not documented.

`handle` is a pure function of the account's state and one request. Two doors lead to it: `AccountTransport`, in the
test's own process, and `served`, over HTTP on loopback for processes that are really killed.
"""

from __future__ import annotations

import json
import secrets
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

Reply = tuple[int, dict[str, Any]]
ROOT = "/api/v1"
PAGE = 100


def fingerprint(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def new_key_text() -> str:
    return "sk-or-v1-" + secrets.token_hex(32)


def refusal(status: int, message: str) -> Reply:
    return status, {"error": {"code": status, "message": message}}


@dataclass
class FakeAccount:
    """Keys, workspaces, guardrails and lists of keys, in memory."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    organization: str | None = "org_1"
    workspaces: dict[str, dict[str, Any]] = field(default_factory=dict)
    keys: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By hash, the newest last."""
    assignments: dict[str, str] = field(default_factory=dict)
    """Guardrails by the key's hash."""
    byok: dict[str, list[str] | None] = field(default_factory=dict)
    broadcasts: dict[str, list[str] | None] = field(default_factory=dict)
    uses: dict[str, list[datetime]] = field(default_factory=dict)
    management: set[str] = field(default_factory=set)
    secrets: dict[str, str] = field(default_factory=dict)
    """Every key that was ever issued, by hash."""
    requests: list[tuple[str, str]] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    """What every analytics answer warns of."""
    longest_name: int = 1000
    lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        if not self.workspaces:
            self.workspaces = {"ws_1": {"id": "ws_1", "name": "Default", "slug": "default"}}
        self.management_key = self._issue("management", {}, management=True)

    # What a test arranges and looks at.

    def add_key(self, name: str = "ci-bot", **fields: Any) -> str:
        """Make an ordinary key; returns its text."""
        return self._issue(name, fields)

    def use(self, key_hash: str, cost: float = 0.01) -> None:
        """A request with that key, now."""
        record = self.keys[key_hash]
        record["last_used_at"] = self._stamp()
        record["usage"] += cost
        self.uses.setdefault(key_hash, []).append(self.now())

    def ordinary(self) -> list[dict[str, Any]]:
        return [key for key in self.keys.values() if key["hash"] not in self.management]

    def enabled(self) -> list[dict[str, Any]]:
        return [key for key in self.ordinary() if not key["disabled"]]

    # The service.

    def handle(self, method: str, path: str, query: Mapping[str, str], body: Any, bearer: str) -> Reply:
        """Carry out one request."""
        with self.lock:
            self.requests.append((method, path))
            self.bodies.append(json.dumps(body))
            caller = self.keys.get(fingerprint(bearer))
            if caller is None or caller["disabled"] or self._is_expired(caller):
                return refusal(401, "User not found.")
            if (method, path) == ("GET", "/key"):
                return 200, {"data": self._own(caller)}
            if caller["hash"] not in self.management:
                return refusal(403, "Only management keys can perform this operation")
            return self._route(method, path.strip("/").split("/"), query, body or {})

    def _route(  # noqa: C901 - a table of routes
        self, method: str, parts: list[str], query: Mapping[str, str], body: dict[str, Any]
    ) -> Reply:
        match [method, *parts]:
            case ["GET", "workspaces"]:
                return self._page(list(self.workspaces.values()), query, total=True)
            case ["GET", "keys"]:
                return self._list_keys(query)
            case ["POST", "keys"]:
                return self._create(body)
            case ["GET" | "PATCH" | "DELETE", "keys", key_hash]:
                record = self.keys.get(key_hash)
                if record is None or key_hash in self.management:
                    return refusal(404, "API key not found")
                return self._one_key(method, record, body)
            case ["GET", "guardrails", "assignments", "keys"]:
                rows: list[dict[str, Any]] = [
                    {"guardrail_id": one, "key_hash": key} for key, one in self.assignments.items()
                ]
                return self._page(rows, query, total=True)
            case ["POST", "guardrails", guardrail, "assignments", "keys"]:
                return self._assign(guardrail, body["key_hashes"])
            case ["GET", "byok"]:
                rows = [{"id": name, "name": name, "allowed_api_key_hashes": keys} for name, keys in self.byok.items()]
                return self._page(rows, query, total=True)
            case ["PATCH", "byok", name]:
                return self._change_list(self.byok, name, body["allowed_api_key_hashes"])
            case ["GET", "observability", "destinations"]:
                rows = [{"id": name, "name": name, "api_key_hashes": keys} for name, keys in self.broadcasts.items()]
                return self._page(rows, query, total=True)
            case ["PATCH", "observability", "destinations", name]:
                return self._change_list(self.broadcasts, name, body["api_key_hashes"])
            case ["POST", "analytics", "query"]:
                return self._analytics(body)
        return refusal(404, "Not Found")

    def _list_keys(self, query: Mapping[str, str]) -> Reply:
        workspace = query.get("workspace_id", "ws_1")
        if workspace not in self.workspaces:
            return refusal(404, "Workspace not found")
        rows = [
            self._shown(key)
            for key in reversed(self.ordinary())
            if key["workspace_id"] == workspace
            and (query.get("include_disabled") == "true" or not key["disabled"])
            and (query.get("include_expired") == "true" or not self._is_expired(key))
        ]
        return self._page(rows, query)

    def _create(self, body: dict[str, Any]) -> Reply:
        if body.get("workspace_id", "ws_1") not in self.workspaces:
            return refusal(404, "Workspace not found")
        fields: dict[str, Any] = {
            name: body[name] for name in ("limit", "limit_reset", "include_byok_in_limit") if name in body
        }
        for name in ("expires_at", "workspace_id", "creator_user_id"):
            if body.get(name):
                fields[name] = body[name]
        text = self._issue(body["name"], {"creator_user_id": None, **fields})
        return 201, {"data": self._shown(self.keys[fingerprint(text)]), "key": text}

    def _one_key(self, method: str, record: dict[str, Any], body: dict[str, Any]) -> Reply:
        if method == "DELETE":
            del self.keys[record["hash"]]
            self.assignments.pop(record["hash"], None)
            return 200, {"deleted": True}
        if method == "PATCH":
            known = ("disabled", "name", "limit", "limit_reset", "include_byok_in_limit", "workspace_id")
            changes = {name: body[name] for name in known if name in body}
            if not changes:
                return refusal(400, "No update fields provided")
            if len(changes.get("name", "")) > self.longest_name:
                return refusal(400, "name: too long")
            record |= {**changes, "updated_at": self._stamp()}
        return 200, {"data": self._shown(record)}

    def _assign(self, guardrail: str, hashes: list[str]) -> Reply:
        if not all(each in self.keys for each in hashes):
            return refusal(404, "API key not found")
        self.assignments |= dict.fromkeys(hashes, guardrail)
        return 200, {"assigned_count": len(hashes)}

    def _change_list(self, lists: dict[str, list[str] | None], name: str, hashes: list[str]) -> Reply:
        if name not in lists:
            return refusal(404, "Not Found")
        live = {key["hash"] for key in self.enabled()}
        if not hashes or not live.issuperset(hashes):
            return refusal(400, "every hash must be a live key")
        lists[name] = list(hashes)
        return 200, {"data": {"id": name}}

    def _analytics(self, body: dict[str, Any]) -> Reply:
        (key_hash,) = [each["value"] for each in body["filters"]]
        start, end = (datetime.fromisoformat(body["time_range"][name]) for name in ("start", "end"))
        count = sum(start <= at < end for at in self.uses.get(key_hash, []))
        rows = [{"request_count": str(count), "total_usage": count / 100}] if count else []
        data = {"data": rows, "metadata": {"row_count": len(rows), "truncated": False}}
        return 200, {"data": {**data, "warnings": self.warnings} if self.warnings else data}

    def _page(self, rows: list[dict[str, Any]], query: Mapping[str, str], *, total: bool = False) -> Reply:
        offset = int(query.get("offset", "0"))
        shown = rows[offset : offset + int(query.get("limit", str(PAGE)))]
        return 200, {"data": shown, "total_count": len(rows)} if total else {"data": shown}

    def _issue(self, name: str, fields: dict[str, Any], *, management: bool = False) -> str:
        text = new_key_text()
        key_hash = fingerprint(text)
        self.secrets[key_hash] = text
        if management:
            self.management.add(key_hash)
        self.keys[key_hash] = {
            "hash": key_hash,
            "name": name,
            "disabled": False,
            "limit": None,
            "limit_reset": None,
            "include_byok_in_limit": False,
            "usage": 0.0,
            "created_at": self._stamp(),
            "updated_at": None,
            "expires_at": None,
            "last_used_at": None,
            "creator_user_id": "user_1",
            "workspace_id": "ws_1",
            **fields,
        }
        return text

    def _shown(self, key: dict[str, Any]) -> dict[str, Any]:
        text = self.secrets[key["hash"]]
        remaining = None if key["limit"] is None else max(key["limit"] - key["usage"], 0)
        return {**key, "label": f"{text[:12]}...{text[-3:]}", "limit_remaining": remaining}

    def _own(self, key: dict[str, Any]) -> dict[str, Any]:
        shown = self._shown(key)
        told = ("label", "limit", "limit_remaining", "limit_reset", "usage", "expires_at", "workspace_id")
        is_management = key["hash"] in self.management
        return {
            **{name: shown[name] for name in told},
            "is_management_key": is_management,
            "organization_id": self.organization,
        }

    def _is_expired(self, key: dict[str, Any]) -> bool:
        return key["expires_at"] is not None and datetime.fromisoformat(key["expires_at"]) <= self.now()

    def _stamp(self) -> str:
        return self.now().isoformat().replace("+00:00", "Z")


@contextmanager
def served(account: FakeAccount, before: Callable[[str, str], None] = lambda _m, _p: None) -> Iterator[str]:
    """The account over HTTP; yields the base URL. `before` is called at each request, and may kill its sender."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def _answer(self) -> None:
            url = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            path = url.path.removeprefix(ROOT)
            before(self.command, path)
            bearer = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
            status, document = account.handle(self.command, path, dict(parse_qsl(url.query)), body, bearer)
            before(f"{self.command} done", path)
            content = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = do_DELETE = _answer  # noqa: N815 - the base class's names

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}{ROOT}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
