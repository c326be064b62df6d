"""The service without a network: from request to answer by a table of routes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import TYPE_CHECKING
from urllib.parse import unquote

from openrouter_preflight.keys import ApiKey
from openrouter_preflight.simulator.catalogue import CATALOGUE
from openrouter_preflight.simulator.endpoints.analytics import query_analytics, show_analytics_meta
from openrouter_preflight.simulator.endpoints.chat import complete
from openrouter_preflight.simulator.endpoints.guardrails import (
    assign_keys,
    list_guardrails,
    list_key_assignments,
    list_member_assignments,
    read_guardrail,
    unassign_keys,
)
from openrouter_preflight.simulator.endpoints.key import show_own_key
from openrouter_preflight.simulator.endpoints.key_lists import (
    change_byok,
    change_destination,
    list_byok,
    list_destinations,
    read_byok,
    read_destination,
)
from openrouter_preflight.simulator.endpoints.keys import change_key, create_key, delete_key, list_keys, read_key
from openrouter_preflight.simulator.endpoints.models import (
    list_embedding_models,
    list_models,
    list_models_for_key,
    show_model,
)
from openrouter_preflight.simulator.endpoints.money import list_activity, show_credits
from openrouter_preflight.simulator.endpoints.workspaces import list_workspace_budgets, list_workspaces
from openrouter_preflight.simulator.exchange import USUAL, Answer, Call, Quirks, Refused, Request, refusal, refuse

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from openrouter_preflight.simulator.account import Account, Key
    from openrouter_preflight.simulator.model_row import Model

ROOT = "/api/v1"
KEY_PREFIX = "sk-or-"


class Access(Enum):
    """Who is answered."""

    ANYONE = auto()
    ANY_KEY = auto()
    MANAGEMENT = auto()


@dataclass(frozen=True, slots=True)
class Route:
    """One endpoint: `{name}` in the path matches one segment."""

    method: str
    path: str
    access: Access
    answer: Callable[[Call], Answer]
    pattern: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        segments = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.path)
        object.__setattr__(self, "pattern", re.compile(ROOT + segments))


ROUTES: tuple[Route, ...] = (
    Route("GET", "/key", Access.ANY_KEY, show_own_key),
    Route("GET", "/credits", Access.ANY_KEY, show_credits),
    Route("GET", "/models", Access.ANYONE, list_models),
    Route("GET", "/embeddings/models", Access.ANYONE, list_embedding_models),
    Route("GET", "/models/user", Access.ANY_KEY, list_models_for_key),
    Route("GET", "/model/{author}/{slug}", Access.ANYONE, show_model),
    Route("GET", "/keys", Access.MANAGEMENT, list_keys),
    Route("POST", "/keys", Access.MANAGEMENT, create_key),
    Route("GET", "/keys/{hash}", Access.MANAGEMENT, read_key),
    Route("PATCH", "/keys/{hash}", Access.MANAGEMENT, change_key),
    Route("DELETE", "/keys/{hash}", Access.MANAGEMENT, delete_key),
    Route("GET", "/activity", Access.MANAGEMENT, list_activity),
    Route("GET", "/workspaces", Access.MANAGEMENT, list_workspaces),
    Route("GET", "/workspaces/{id}/budgets", Access.MANAGEMENT, list_workspace_budgets),
    Route("GET", "/guardrails", Access.MANAGEMENT, list_guardrails),
    Route("GET", "/guardrails/assignments/keys", Access.MANAGEMENT, list_key_assignments),
    Route("GET", "/guardrails/assignments/members", Access.MANAGEMENT, list_member_assignments),
    Route("GET", "/guardrails/{id}", Access.MANAGEMENT, read_guardrail),
    Route("GET", "/guardrails/{id}/assignments/keys", Access.MANAGEMENT, list_key_assignments),
    Route("POST", "/guardrails/{id}/assignments/keys", Access.MANAGEMENT, assign_keys),
    Route("POST", "/guardrails/{id}/assignments/keys/remove", Access.MANAGEMENT, unassign_keys),
    Route("GET", "/byok", Access.MANAGEMENT, list_byok),
    Route("GET", "/byok/{id}", Access.MANAGEMENT, read_byok),
    Route("PATCH", "/byok/{id}", Access.MANAGEMENT, change_byok),
    Route("GET", "/observability/destinations", Access.MANAGEMENT, list_destinations),
    Route("GET", "/observability/destinations/{id}", Access.MANAGEMENT, read_destination),
    Route("PATCH", "/observability/destinations/{id}", Access.MANAGEMENT, change_destination),
    Route("POST", "/analytics/query", Access.MANAGEMENT, query_analytics),
    Route("GET", "/analytics/meta", Access.MANAGEMENT, show_analytics_meta),
    Route("POST", "/chat/completions", Access.ANY_KEY, complete),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One account as its service shows it."""

    account: Account
    models: tuple[Model, ...] = CATALOGUE
    quirks: Quirks = USUAL

    def answer(self, request: Request, now: datetime) -> Answer:
        """Return the answer to `request`, with the changed account if it changed."""
        try:
            return self._answer(request, now)
        except Refused as refused:
            return refused.answer

    def _answer(self, request: Request, now: datetime) -> Answer:
        matches = [(route, route.pattern.fullmatch(request.path)) for route in ROUTES]
        here = {route.method: (route, match) for route, match in matches if match}
        if not here:
            refuse(404, "Not Found")
        method = "GET" if request.method == "HEAD" else request.method
        if method not in here:
            allowed = ", ".join(sorted(here))
            return refusal(405, f"Method not allowed; allowed: {allowed}", headers={"Allow": allowed})
        route, match = here[method]
        call = Call(
            request=request,
            account=self.account,
            models=self.models,
            quirks=self.quirks,
            now=now,
            caller=None if route.access is Access.ANYONE else self._caller(request, now),
            params={name: unquote(part) for name, part in match.groupdict().items()},
        )
        if route.access is Access.MANAGEMENT and not call.key.management:
            refuse(403, "Only management keys can perform this operation")
        return route.answer(call)

    def _caller(self, request: Request, now: datetime) -> Key:
        """Return the key that asks; another vendor's key counts as none (API.md §3)."""
        secret = bearer(request)
        key = self.account.keys.get(ApiKey(secret).fingerprint) if secret else None
        if key is None and not secret.startswith(KEY_PREFIX):
            refuse(401, "Missing Authentication header")
        if key is None or key.disabled or (key.expired(now) and not self.quirks.key_outlives_expiry):
            refuse(401, "User not found.")
        if self.quirks.refuses_address:
            refuse(403, "Requests from your IP address are not allowed for this account.")
        if key.outlives(self.account.max_lifetime):
            refuse(403, "This API key exceeds the maximum key lifetime of its account.")
        return key

    def after(self, answer: Answer) -> Service:
        """The service after it gave `answer`."""
        return self if answer.account is None else replace(self, account=answer.account)


def bearer(request: Request) -> str:
    """The secret of an `Authorization: Bearer` header; empty where there is none."""
    scheme, _, secret = (request.authorization or "").strip().partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""
