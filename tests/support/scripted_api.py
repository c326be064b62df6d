"""An API on loopback that answers each key and path by a script, for situations that the simulator has no account for.

Answers are given by path, or by the name of a key and a path where it matters who asks: `"/key"`, `"MGMT /key"`. Each
is one answer or several in order, the last of which holds for all that follow.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from support.raw_server import RawServer, raw, refusal, response, serve

if TYPE_CHECKING:
    from collections.abc import Mapping

    from support.raw_server import Behaviour, Connection, Seen

KEY = "sk-or-v1-" + "0e6f44a47a05f1dad2ad7e88c4c1d6b7" * 2
OTHER = "sk-or-v1-" + "3b81c0de9f27465aa0d1e2f3748596bc" * 2
MGMT = "sk-or-v1-" + "a1c59e3d70b24f6893d5e7f101234cde" * 2
NAMES = {KEY: "KEY", OTHER: "OTHER", MGMT: "MGMT"}

Reply = Any
"""A status and a body, or a behaviour of a raw server."""


def label_of(key: str) -> str:
    return f"{key[:12]}...{key[-3:]}"


def info(key: str = KEY, **data: object) -> tuple[int, dict[str, Any]]:
    """`GET /key` of a healthy key without a limit."""
    about = {
        "label": label_of(key),
        "limit": None,
        "limit_remaining": None,
        "limit_reset": None,
        "usage": 25.5,
        "usage_daily": 1.2,
        "usage_weekly": 8,
        "usage_monthly": 8,
        "is_free_tier": False,
        "is_management_key": key == MGMT,
        "expires_at": None,
        "organization_id": "org_A",
    }
    return 200, {"data": about | data}


def balance(total: float, used: float) -> tuple[int, dict[str, Any]]:
    return 200, {"data": {"total_credits": total, "total_usage": used}}


def refused(status: int, message: str, **metadata: object) -> tuple[int, dict[str, Any]]:
    return status, refusal(status, message, **metadata)


UNKNOWN_USER = refused(401, "User not found.")
DOWN = refused(503, "Service unavailable")
ORDINARY = refused(403, "Only management keys can perform this operation")
NO_RECORD = refused(404, "API key not found")


@dataclass
class Script:
    """Answers for a server; `asked` are the requests as they came: who, method and path."""

    replies: Mapping[str, Reply]
    asked: list[str] = field(default_factory=list)
    _given: dict[str, int] = field(default_factory=dict)

    def __call__(self, connection: Connection, seen: Seen) -> bool:
        path = seen.path.partition("?")[0].removeprefix("/api/v1")
        bearer = (seen.header("Authorization") or "").removeprefix("Bearer ")
        who = NAMES.get(bearer, "TOKEN" if bearer.startswith("eyJ") else "?")
        self.asked.append(f"{who} {seen.head.split(' ', 1)[0]} {path}")
        name = next((known for known in (f"{who} {path}", path, "*") if known in self.replies), None)
        return self._behaviour(name)(connection, seen)

    def _behaviour(self, name: str | None) -> Behaviour:
        if name is None:
            return raw(response(404, b"<html><body>Not found</body></html>", Content_Type="text/html"))
        script = self.replies[name]
        several = script if isinstance(script, list) else [script]
        number = self._given.get(name, 0)
        self._given[name] = number + 1
        given = several[min(number, len(several) - 1)]
        return raw(response(*given[:2], **dict(given[2:])), keep=True) if isinstance(given, tuple) else given


def scripted(replies: Mapping[str, Reply], **options: Any) -> tuple[RawServer, Script]:
    """A server that answers so, and the record of what it was asked."""
    script = Script(replies)
    return serve(script, **options), script
