"""Requests to OpenRouter's endpoints, each with its reader (API.md §1 to §6)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from openrouter_preflight.openrouter import answers, models
from openrouter_preflight.openrouter.request import LARGE_BODY, ApiRequest, Repeat

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openrouter_preflight.keys import ApiKey
    from openrouter_preflight.openrouter.activity import ActivityDay, Completion


def key_info(key: ApiKey) -> ApiRequest[answers.KeyInfo]:
    """`GET /key`, the probe: works with every kind of key (API.md §1)."""
    return ApiRequest(path="/key", key=key, read=answers.read_key_info)


def credits_of(key: ApiKey, *, is_best_effort: bool) -> ApiRequest[answers.Credits]:
    """`GET /credits`: certain with a management key, else a guess (API.md §2)."""
    return ApiRequest(path="/credits", key=key, read=answers.read_credits, is_best_effort=is_best_effort)


def models_for(key: ApiKey) -> ApiRequest[tuple[models.Model, ...]]:
    """`GET /models/user`: the models that this very key may use (API.md §5)."""
    return ApiRequest(path="/models/user", key=key, read=models.read_models, body_limit=LARGE_BODY)


def all_models_for(key: ApiKey) -> ApiRequest[tuple[models.Model, ...]]:
    """`GET /models/user` with models of every modality (API.md §5)."""
    return ApiRequest(
        path="/models/user",
        key=key,
        read=models.read_models,
        body_limit=LARGE_BODY,
        query={"output_modalities": "all"},
        is_best_effort=True,
    )


def public_models(key: ApiKey) -> ApiRequest[tuple[models.Model, ...]]:
    """`GET /models` of every modality: everything that exists (API.md §5)."""
    return ApiRequest(
        path="/models", key=key, read=models.read_models, body_limit=LARGE_BODY, query={"output_modalities": "all"}
    )


def listed_models(key: ApiKey | None) -> ApiRequest[tuple[models.Model, ...]]:
    """Models of every modality, of `key` or of the public list (API.md §5)."""
    return ApiRequest(
        path="/models" if key is None else "/models/user",
        key=key,
        read=models.read_models,
        body_limit=LARGE_BODY,
        query={"output_modalities": "all"},
    )


def embedding_models(key: ApiKey) -> ApiRequest[tuple[models.Model, ...]]:
    """`GET /embeddings/models`, which other lists leave out (API.md §5)."""
    return ApiRequest(
        path="/embeddings/models", key=key, read=models.read_models, body_limit=LARGE_BODY, is_best_effort=True
    )


def model_named(name: str, key: ApiKey | None) -> ApiRequest[models.Model]:
    """`GET /model/{author}/{slug}`: resolves aliases and variants (API.md §5)."""
    return ApiRequest(path=f"/model/{quote(name, safe='/:~')}", key=key, read=models.read_model, is_best_effort=True)


def activity_of(management_key: ApiKey) -> ApiRequest[tuple[ActivityDay, ...]]:
    """`GET /activity`: the account's last 30 completed days (API.md §6)."""
    from openrouter_preflight.openrouter.activity import read_activity

    return ApiRequest(path="/activity", key=management_key, read=read_activity, body_limit=LARGE_BODY)


def completion(key: ApiKey, payload: Mapping[str, object]) -> ApiRequest[Completion]:
    """`POST /chat/completions`, which costs money where it is answered."""
    from openrouter_preflight.openrouter.activity import read_completion

    return ApiRequest(
        path="/chat/completions",
        key=key,
        read=read_completion,
        method="POST",
        repeat=Repeat.IF_NOT_CARRIED_OUT,
        payload=payload,
    )


def key_record(fingerprint: str, management_key: ApiKey) -> ApiRequest[answers.KeyRecord]:
    """`GET /keys/{hash}`: the record of a key, for its owner (API.md §6)."""
    return ApiRequest(path=f"/keys/{fingerprint}", key=management_key, read=answers.read_key_record)


def key_records(management_key: ApiKey, workspace: str | None) -> ApiRequest[tuple[answers.KeyRecord, ...]]:
    """`GET /keys`: the first hundred keys of a workspace (API.md §6)."""
    query = {"include_disabled": "true", "include_expired": "true"}
    return ApiRequest(
        path="/keys",
        key=management_key,
        read=answers.read_key_records,
        query=query if workspace is None else {**query, "workspace_id": workspace},
    )
