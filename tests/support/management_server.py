"""An account of our own making behind loopback HTTP: keys, workspaces, lists that name keys, and how each can fail.

It shares nothing with the simulator. It counts requests, and a test may answer any of them in the account's place.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

PAGE = 100
DEFAULT = "11111111-0000-4000-8000-000000000001"


def new_secret() -> str:
    """A key of the real shape that opens nothing."""
    return "sk-or-v1-" + secrets.token_hex(32)


def fingerprint_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def stamp(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def ago(**span: float) -> datetime:
    """So long before now."""
    return datetime.now(UTC) - timedelta(**span)


@dataclass
class Key:
    """One key of the account; `kind` decides which endpoints know it."""

    secret: str = field(default_factory=new_secret)
    name: str | None = "CI"
    workspace: str = DEFAULT
    kind: str = "ordinary"
    """`ordinary`, or `management` or `oauth`, which no list and no look-up by hash tells of."""
    created: datetime = field(default_factory=lambda: ago(days=30))
    expires: datetime | None = None
    last_used: datetime | None = field(default_factory=lambda: ago(days=1))
    disabled: bool = False
    limit: float | None = None
    limit_reset: str | None = None
    usage: float = 1.0
    usage_monthly: float = 0.5
    byok: float = 0.0
    include_byok: bool = False
    creator: str | None = "user_1"
    requests: int = 3

    @property
    def hash(self) -> str:
        return fingerprint_of(self.secret)

    def row(self) -> dict[str, Any]:
        left = None if self.limit is None else max(0.0, self.limit - self.usage)
        return {
            "hash": self.hash,
            "name": self.name,
            "label": f"{self.secret[:12]}...{self.secret[-3:]}",
            "disabled": self.disabled,
            "limit": self.limit,
            "limit_remaining": left,
            "limit_reset": self.limit_reset,
            "include_byok_in_limit": self.include_byok,
            "usage": self.usage,
            "usage_daily": 0.0,
            "usage_weekly": self.usage_monthly / 2,
            "usage_monthly": self.usage_monthly,
            "byok_usage": self.byok,
            "byok_usage_daily": 0.0,
            "byok_usage_weekly": self.byok,
            "byok_usage_monthly": self.byok,
            "created_at": stamp(self.created),
            "updated_at": None,
            "expires_at": stamp(self.expires),
            "last_used_at": stamp(self.last_used),
            "creator_user_id": self.creator,
            "external_user": None,
            "workspace_id": self.workspace,
        }

    def own_row(self) -> dict[str, Any]:
        """`GET /key`."""
        return {
            **{name: value for name, value in self.row().items() if name not in {"hash", "name", "disabled"}},
            "is_free_tier": False,
            "is_management_key": self.kind == "management",
            "organization_id": None,
            "creator_user_id": "user_1",
            "budgets": [],
        }


@dataclass(frozen=True)
class Seen:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, str]
    fingerprint: str | None
    body: Any
    time: float
    agent: str

    @property
    def line(self) -> str:
        return f"{self.method} {self.path}"


Answer = tuple[int, Any]
Intercept = Callable[[Seen], Answer | None]


def refusal(status: int, message: str, **metadata: object) -> Answer:
    """OpenRouter's error envelope."""
    error: dict[str, Any] = {"code": status, "message": message}
    return status, {"error": {**error, "metadata": metadata} if metadata else error}


class ManagementServer:
    """A context manager: listens from `with` to its end. State may be changed while it runs."""

    def __init__(self, *keys: Key) -> None:
        self.management = Key(name="Management", kind="management")
        self.keys: list[Key] = [self.management, *keys]
        self.workspaces: dict[str, str] = {DEFAULT: "Default"}
        self.guardrails: list[dict[str, Any]] = []
        self.assignments: dict[str, str] = {}
        self.default_guardrails: dict[str, str] = {}
        self.budgets: dict[str, list[dict[str, Any]]] = {}
        self.byok: list[dict[str, Any]] = []
        self.credits = (100.0, 40.0)
        self.activity: list[dict[str, Any]] = []
        self.analytics_warnings: list[str] = []
        self.intercept: Intercept = lambda _seen: None
        """Answers in the account's place; status 0 breaks the connection off."""
        self.after: Callable[[Seen], None] = lambda _seen: None
        """Called when a request was answered, before the answer leaves."""
        self.seen: list[Seen] = []
        self.lock = threading.RLock()

    def __enter__(self) -> Self:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def handle_one(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                raw = self.rfile.read(length)
                status, body = server.respond(
                    self.command, self.path, self.headers.get("Authorization"), raw, self.headers.get("User-Agent", "")
                )
                if status == 0:
                    self.close_connection = True
                    return
                content = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = handle_one  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_: object) -> None:
                pass

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join(2)
        self._server.server_close()

    @property
    def environment(self) -> dict[str, str]:
        """What a command must be told to meet this account."""
        return {
            "OPENROUTER_BASE_URL": f"http://127.0.0.1:{self._server.server_port}/api/v1",
            "OPENROUTER_MANAGEMENT_KEY": self.management.secret,
        }

    def add(self, key: Key) -> Key:
        with self.lock:
            self.keys.append(key)
        return key

    def asked(self, line: str) -> list[Seen]:
        """The requests of that method and path, in order."""
        return [seen for seen in self.seen if seen.line == line]

    @property
    def writes(self) -> list[str]:
        """Every request that changes the account, in order."""
        reads = {"POST /analytics/query"}
        return [seen.line for seen in self.seen if seen.method != "GET" and seen.line not in reads]

    @property
    def repeated(self) -> list[tuple[str, str]]:
        """Requests that came more than once, queries and callers included."""
        counted = Counter(
            (f"{seen.line} {sorted(seen.query.items())} {seen.body}", str(seen.fingerprint)) for seen in self.seen
        )
        return [request for request, times in counted.items() if times > 1]

    def respond(self, method: str, target: str, authorization: str | None, raw: bytes, agent: str) -> Answer:
        url = urlsplit(target)
        secret = (authorization or "").removeprefix("Bearer ")
        seen = Seen(
            method=method,
            path=url.path.removeprefix("/api/v1"),
            query=dict(parse_qsl(url.query)),
            fingerprint=fingerprint_of(secret) if secret else None,
            body=json.loads(raw) if raw else None,
            time=time.monotonic(),
            agent=agent,
        )
        with self.lock:
            self.seen.append(seen)
        answer = self.intercept(seen)
        if answer is None:
            with self.lock:
                answer = self._answer(seen, secret)
        self.after(seen)
        return answer

    def _answer(self, seen: Seen, secret: str) -> Answer:
        caller = next((key for key in self.keys if key.secret == secret), None)
        expired = caller is not None and caller.expires is not None and caller.expires <= datetime.now(UTC)
        if caller is None or caller.disabled or expired:
            return refusal(401, "User not found.")
        if seen.line == "GET /key":
            return 200, {"data": caller.own_row()}
        if caller.kind != "management":
            return refusal(403, "Only management keys can perform this operation")
        name, _, rest = seen.path.strip("/").partition("/")
        handler = {
            "credits": self._credits,
            "workspaces": self._workspaces,
            "keys": self._keys,
            "guardrails": self._guardrails,
            "byok": self._byok,
            "observability": lambda *_: (200, {"data": [], "total_count": 0}),
            "activity": lambda *_: (200, {"data": self.activity}),
            "analytics": self._analytics,
        }.get(name)
        return handler(seen, rest) if handler else refusal(404, "Not Found")

    def _credits(self, _seen: Seen, _rest: str) -> Answer:
        return 200, {"data": {"total_credits": self.credits[0], "total_usage": self.credits[1]}}

    def _workspaces(self, seen: Seen, rest: str) -> Answer:
        if rest.endswith("/budgets"):
            return 200, {"data": self.budgets.get(rest.removesuffix("/budgets"), [])}
        rows = [
            {
                "id": known,
                "name": name,
                "slug": name.lower().replace(" ", "-"),
                "default_guardrail_id": self.default_guardrails.get(known, known),
            }
            for known, name in self.workspaces.items()
        ]
        return _page(seen, rows)

    def _keys(self, seen: Seen, rest: str) -> Answer:
        if not rest:
            return self._list(seen) if seen.method == "GET" else refusal(405, "Not here")
        key = next((key for key in self.keys if key.hash == rest and key.kind == "ordinary"), None)
        if key is None:
            return refusal(404, "API key not found")
        if seen.method == "DELETE":
            self.keys.remove(key)
            return 200, {"deleted": True}
        if seen.method == "PATCH":
            known = {name: value for name, value in seen.body.items() if name in {"disabled", "name", "limit"}}
            if not known:
                return refusal(400, "No update fields provided")
            for field_name, value in known.items():
                setattr(key, field_name, value)
        return 200, {"data": key.row()}

    def _list(self, seen: Seen) -> Answer:
        workspace = seen.query.get("workspace_id", DEFAULT)
        if workspace not in self.workspaces:
            return refusal(404, "Workspace not found")
        now = datetime.now(UTC)
        rows = [
            key.row()
            for key in sorted(self.keys, key=lambda key: (key.created, key.hash), reverse=True)
            if key.kind == "ordinary"
            and key.workspace == workspace
            and (seen.query.get("include_disabled") == "true" or not key.disabled)
            and (seen.query.get("include_expired") == "true" or key.expires is None or key.expires > now)
        ]
        offset = int(seen.query.get("offset", "0"))
        return 200, {"data": rows[offset : offset + PAGE]}

    def _guardrails(self, seen: Seen, rest: str) -> Answer:
        if rest == "assignments/keys":
            rows = [
                {
                    "id": f"assignment-{number}",
                    "guardrail_id": guardrail,
                    "key_hash": key_hash,
                    "key_name": "a name",
                    "key_label": "a label",
                    "assigned_by": None,
                    "created_at": stamp(ago(days=1)),
                }
                for number, (key_hash, guardrail) in enumerate(self.assignments.items())
            ]
            return _page(seen, rows)
        if rest == "assignments/members":
            return _page(seen, [])
        workspace = seen.query.get("workspace_id", DEFAULT)
        return _page(seen, [row for row in self.guardrails if row.get("workspace_id", DEFAULT) == workspace])

    def _byok(self, seen: Seen, rest: str) -> Answer:
        if not rest:
            workspace = seen.query.get("workspace_id", DEFAULT)
            return _page(seen, [row for row in self.byok if row["workspace_id"] == workspace])
        row = next(row for row in self.byok if row["id"] == rest)
        if seen.method == "PATCH":
            hashes = seen.body.get("allowed_api_key_hashes")
            live = {key.hash for key in self.keys if key.kind == "ordinary"}
            if hashes == [] or (hashes and not set(hashes) <= live):
                return refusal(400, "allowed_api_key_hashes: every hash must be a live key")
            row["allowed_api_key_hashes"] = hashes
        return 200, {"data": row}

    def _analytics(self, seen: Seen, _rest: str) -> Answer:
        wanted = [each["value"] for each in seen.body.get("filters", []) if each["field"] == "api_key_id"]
        hashes = [one for value in wanted for one in (value if isinstance(value, list) else [value])]
        chosen = [key for key in self.keys if key.hash in hashes]
        warnings = list(self.analytics_warnings)
        if len(chosen) < len(hashes):
            warnings.append("an api_key_id could not be resolved")
            chosen = self.keys
        row = {
            "request_count": str(sum(key.requests for key in chosen)),
            "total_usage": sum(key.usage_monthly for key in chosen),
        }
        data: dict[str, Any] = {
            "data": [row] if int(row["request_count"]) else [],
            "metadata": {"row_count": 1, "truncated": False, "query_time_ms": 3},
        }
        return 200, {"data": {**data, "warnings": warnings} if warnings else data}


def _page(seen: Seen, rows: list[dict[str, Any]]) -> Answer:
    offset, limit = int(seen.query.get("offset", "0")), int(seen.query.get("limit", "50"))
    return 200, {"data": rows[offset : offset + limit], "total_count": len(rows)}


def byok_credential(*hashes: str, name: str = "Anthropic", workspace: str = DEFAULT) -> dict[str, Any]:
    """A provider's credential that only the keys of those hashes may use."""
    return {
        "id": f"byok-{name}".lower(),
        "name": name,
        "provider": "anthropic",
        "workspace_id": workspace,
        "allowed_api_key_hashes": list(hashes) or None,
    }
