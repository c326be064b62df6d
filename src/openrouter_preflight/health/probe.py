"""Live probes, the only completions that are ever sent.

**Afford** asks for an answer far longer than the amount would pay, of a cheap model. OpenRouter refuses that with 402
and says how many tokens can be afforded (API.md §3, seen), and their price is about what is left: nothing is spent. No
document says whether it first cuts the request to the model's longest answer. If it does, or if the account affords
even that much, the request is carried out: the prompt asks for one word and stops there, and the longest answer of the
model chosen bounds what it can cost. All of this is inferred, and every message says so.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING, Final

from openrouter_preflight.health import wording
from openrouter_preflight.health.models.free import is_free
from openrouter_preflight.health.models.matching import resolve
from openrouter_preflight.health.money.ceilings import free_requests
from openrouter_preflight.health.probe_plan import Probe, ProbePlan
from openrouter_preflight.openrouter.batch import Batch
from openrouter_preflight.openrouter.endpoints import completion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from openrouter_preflight.health.facts import Facts
    from openrouter_preflight.openrouter.client import Client
    from openrouter_preflight.openrouter.models import Model

_TOKENS: Final = 16
"""The least that every provider takes for the longest answer."""
_PROMPT_TOKENS: Final = 32
"""More than the prompt has in any tokenizer."""
_MOST_TOKENS: Final = 2_000_000_000
"""Fits into 31 bits."""
_FAR_ABOVE: Final = 1000
_ABOVE: Final = 2
"""An amount is asked about only if the request can cost so many times as much."""
_REASONING: Final = "reasoning"


def plan_probe(name: str, usable: Mapping[str, Model]) -> ProbePlan:
    """The one tiny completion that `name` is asked for."""
    row = resolve(name, usable)
    price = row.completion_price if row is not None else None
    most = _cost(row, _TOKENS) if row is not None else None
    return ProbePlan(model=name, tokens=_TOKENS, price=price, longest=_TOKENS, most_usd=most)


def plan_afford(amount: Decimal, models: Iterable[Model]) -> ProbePlan | None:
    """Return the cheapest request that shows whether `amount` USD is affordable."""
    plans = [plan for model in models if (plan := _afford_with(model, amount)) is not None]
    return min(plans, key=lambda plan: (plan.most_usd or Decimal(0), plan.model), default=None)


def send_probes(
    gathered: Sequence[Facts], client: Client, notify: Callable[[str], None], now: datetime
) -> tuple[Facts, ...]:
    """Return the facts with the probes' answers; costs are announced first."""
    batch = Batch(client)
    sent = [tuple(_send(batch, each, plan, notify) for plan in _plans(each, now)) for each in gathered]
    batch.run()
    return tuple(
        replace(each, probe=probe(), afford=afford()) for each, (probe, afford) in zip(gathered, sent, strict=True)
    )


def _send(
    batch: Batch, facts: Facts, plan: ProbePlan | None, notify: Callable[[str], None]
) -> Callable[[], Probe | None]:
    """Send one probe with `batch`. Once it has run, the result tells what came of it."""
    key = facts.target.key_to_ask
    if plan is None or key is None:
        return lambda: None
    notify(_announcement(facts, plan))
    pending = batch.add(completion(key, plan.payload))
    return lambda: Probe(plan=plan, answer=pending.answer)


def wants_probe(facts: Facts) -> bool:
    """Return True for a requested probe of an accepted inference key."""
    gates, info = facts.target.gates, facts.key_info
    asked = gates.probe is not None or gates.probe_afford is not None
    return asked and info is not None and not info.is_management_key


def _plans(facts: Facts, now: datetime) -> tuple[ProbePlan | None, ProbePlan | None]:
    if not wants_probe(facts):
        return None, None
    gates, usable = facts.target.gates, facts.models.usable if facts.models is not None else {}
    return (
        None if gates.probe is None or _is_hopeless(facts, usable, now) else plan_probe(gates.probe, usable),
        None if gates.probe_afford is None else plan_afford(gates.probe_afford, usable.values()),
    )


def _is_hopeless(facts: Facts, usable: Mapping[str, Model], now: datetime) -> bool:
    """True where a free model is to be probed and no free request is left today."""
    name, info = facts.target.gates.probe, facts.key_info
    free = free_requests(info, now) if info is not None else None
    return name is not None and free is not None and free.remaining <= 0 and is_free(name, usable)


def _announcement(facts: Facts, plan: ProbePlan) -> str:
    most = f"at most {wording.usd(plan.most_usd)}" if plan.most_usd is not None else "what it costs is not known before"
    what = "one tiny completion" if plan.tokens == _TOKENS else f"{plan.tokens:,} tokens, which is to be refused"
    return f"probe: asking {plan.model} for {what}, with {facts.target.name}; {most}"


def _afford_with(model: Model, amount: Decimal) -> ProbePlan | None:
    """Return the plan with this model, or None where its cost is not bounded."""
    price, longest = model.completion_price, model.max_completion_tokens or model.context_length
    if not price or model.prompt_price is None or longest is None or longest <= 0 or model.alias_target is not None:
        return None
    if _REASONING in model.supported_parameters or "text" not in model.output_modalities or ":" in model.id:
        return None
    most = _cost(model, longest)
    enough = max(amount, Decimal(1)) * _FAR_ABOVE / price
    tokens = min(int(enough.to_integral_value(ROUND_CEILING)), _MOST_TOKENS)
    if most is None or tokens * price < _ABOVE * amount:
        return None
    return ProbePlan(
        model=model.id, tokens=tokens, price=price, longest=longest, most_usd=most, stop=("O", "K", " ", "\n")
    )


def _cost(model: Model, tokens: int) -> Decimal | None:
    if model.prompt_price is None or model.completion_price is None:
        return None
    return _PROMPT_TOKENS * model.prompt_price + tokens * model.completion_price
