"""`/models`, `/models/user` and `/model/{author}/{slug}` (API.md §5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openrouter_preflight.simulator.endpoints.bodies import page_number
from openrouter_preflight.simulator.exchange import Answer, Call, refuse
from openrouter_preflight.simulator.model_row import Model, find, row

if TYPE_CHECKING:
    from collections.abc import Iterable


def list_models(call: Call) -> Answer:
    """The public list, which answers anyone, with any key or none."""
    return _list(call, _listed(call))


def list_models_for_key(call: Call) -> Answer:
    """The models that the account's privacy and guardrail settings leave to the key."""
    return _list(call, [model for model in _listed(call) if not model.private])


def list_embedding_models(call: Call) -> Answer:
    """The embedding models."""
    return Answer(
        status=200,
        body={"data": [row(model, _names(call.models)) for model in _listed(call) if "embeddings" in model.outputs]},
    )


def show_model(call: Call) -> Answer:
    """One model; an alias or a routing suffix leads to its row."""
    wanted = f"{call.params['author']}/{call.params['slug']}"
    model = find(call.models, wanted)
    if model is None or not model.listed(call.now.date()):
        refuse(404, f"Model {wanted} not found")
    return Answer(status=200, body={"data": row(model, _names(call.models))})


def _listed(call: Call) -> list[Model]:
    today = call.now.date()
    return [model for model in call.models if model.listed(today)]


def _list(call: Call, models: list[Model]) -> Answer:
    """Return a page if requested, else all; text models unless told otherwise."""
    query, names = call.request.query, _names(call.models)
    wanted = query.get("output_modalities", "text").split(",")
    matching = [model for model in models if "all" in wanted or not set(wanted).isdisjoint(model.outputs)]
    offset = page_number(query, "offset", 0)
    limit = page_number(query, "limit", 500, least=1, most=1000)
    page = matching[offset : offset + limit] if {"offset", "limit"} & set(query) else matching
    more = offset + len(page) < len(matching)
    return Answer(
        status=200,
        body={
            "data": [row(model, names) for model in page],
            "links": {"next": f"{call.request.path}?offset={offset + limit}&limit={limit}" if more else None},
            "total_count": len(matching),
        },
    )


def _names(models: Iterable[Model]) -> dict[str, str]:
    return {model.id: model.name for model in models}
