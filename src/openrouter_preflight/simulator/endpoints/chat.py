"""`POST /chat/completions` for probes: a canned reply, and a charge."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from openrouter_preflight.simulator.account import ZERO, Spend
from openrouter_preflight.simulator.endpoints.bodies import json_object
from openrouter_preflight.simulator.endpoints.refusals import refuse_unaffordable, stop_spent_key
from openrouter_preflight.simulator.exchange import Answer, Call, Json, refuse
from openrouter_preflight.simulator.model_row import Model, find, per_token
from openrouter_preflight.simulator.spending import balance, free_requests, limit_ceiling

if TYPE_CHECKING:
    from decimal import Decimal

REPLY = "Hello from the simulator."
_REPLY_TOKENS = 6
_AUTO_ROUTES_TO = "openai/gpt-4o-mini"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """A checked request for a completion."""

    model: Model
    prompt_tokens: int
    max_tokens: int


def complete(call: Call) -> Answer:
    """A tiny completion, or the refusal that this key would get from the service."""
    if call.key.management:
        refuse(401, "User not found.")
    order = _order(call)
    if not call.account.regions:
        refuse(403, "No data region is permitted for this API key.")
    free = order.model.id.endswith(":free")
    stop_spent_key(call, free=free)
    if free:
        _count_free_request(call)
    else:
        _afford(call, order)
    answered = min(order.max_tokens, _REPLY_TOKENS)
    spend = Spend(
        day=call.now.date(),
        key=call.key.hash,
        model=order.model.id,
        usd=_cost(order, answered),
        prompt_tokens=order.prompt_tokens,
        completion_tokens=answered,
    )
    return Answer(status=200, body=_completion(call, order, spend), account=call.account.charged(spend, call.now))


def _order(call: Call) -> _Order:
    asked = json_object(call.request.body)
    if asked.get("stream"):
        refuse(400, "The simulator does not stream: leave out `stream`")
    messages = asked.get("messages")
    if not isinstance(messages, list) or not messages:
        refuse(400, 'Input required: specify "messages"')
    model = _model(call, asked.get("model"))
    limit = asked.get("max_completion_tokens") or asked.get("max_tokens") or model.max_output
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
        refuse(400, "max_tokens: expected a whole number of at least 1")
    return _Order(model=model, prompt_tokens=_tokens(messages), max_tokens=limit)


def _model(call: Call, wanted: object) -> Model:
    """Return the requested model, or refuse in the way of API.md §3."""
    if not isinstance(wanted, str) or not wanted:
        refuse(400, "No models provided")
    model = find(call.models, wanted)
    if model is not None and model.prompt is None:
        model = find(call.models, _AUTO_ROUTES_TO)
    if model is None:
        refuse(400, f"{wanted} is not a valid model ID", availability="model_not_found")
    if model.private:
        refuse(
            404,
            "No endpoints found matching your data policy. Configure: https://openrouter.ai/settings/privacy",
            availability="privacy_restricted",
        )
    if not model.listed(call.now.date()):
        refuse(404, f"No endpoints found for {wanted}.", availability=model.gone or "model_deprecated")
    if "text" not in model.outputs:
        refuse(404, f"No endpoints found that support text output for {wanted}.", availability="no_endpoints")
    return model


def _tokens(messages: list[Any]) -> int:
    """About four characters to a token, and a few for each message."""
    return sum(4 + len(str(message.get("content", ""))) // 4 for message in messages if isinstance(message, dict))


def _count_free_request(call: Call) -> None:
    used, allowed = free_requests(call.account, call.now)
    if used >= allowed:
        refuse(429, "Rate limit exceeded: free-models-per-day.", user_id=call.account.user_id)


def _afford(call: Call, order: _Order) -> None:
    """Refuse if the longest answer costs more than is left."""
    own = limit_ceiling(call.account, call.key, call.now)
    account = balance(call.account)
    left = account if own is None else min(account, own.remaining)
    if _cost(order, order.max_tokens) > left:
        for_answer, each = max(left - _cost(order, 0), ZERO), _price(order.model.completion)
        affordable = int(for_answer // each) if each else 0
        refuse_unaffordable(
            order.max_tokens, affordable, "openrouter_credits" if left == account else "openrouter_key_limit"
        )


def _cost(order: _Order, completion_tokens: int) -> Decimal:
    model = order.model
    return order.prompt_tokens * _price(model.prompt) + completion_tokens * _price(model.completion)


def _price(per_million: Decimal | None) -> Decimal:
    return per_token(per_million or ZERO)


def _completion(call: Call, order: _Order, spend: Spend) -> Json:
    cut = spend.completion_tokens < _REPLY_TOKENS
    return {
        "id": f"gen-{int(call.now.timestamp())}-{secrets.token_hex(10)}",
        "object": "chat.completion",
        "created": int(call.now.timestamp()),
        "model": order.model.id,
        "provider": order.model.provider,
        "system_fingerprint": None,
        "choices": [
            {
                "index": 0,
                "finish_reason": "length" if cut else "stop",
                "native_finish_reason": "length" if cut else "stop",
                "logprobs": None,
                "message": {
                    "role": "assistant",
                    "content": " ".join(REPLY.split()[: spend.completion_tokens]),
                    "refusal": None,
                    "reasoning": None,
                },
            }
        ],
        "usage": {
            "prompt_tokens": spend.prompt_tokens,
            "completion_tokens": spend.completion_tokens,
            "total_tokens": spend.prompt_tokens + spend.completion_tokens,
            "cost": float(spend.usd),
            "is_byok": False,
        },
    }
