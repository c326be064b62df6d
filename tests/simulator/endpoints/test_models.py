from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from openrouter_preflight.simulator import Simulator
from support.loopback_client import ask

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


def ids(simulator: Simulator, path: str) -> list[str]:
    return [model["id"] for model in ask(simulator, f"GET {path}", simulator.primary_key).data]


def test_only_text_models_are_listed_unless_others_are_asked_for(simulator: Simulator) -> None:
    text, every = ids(simulator, "/models"), ids(simulator, "/models?output_modalities=all")
    assert set(every) - set(text) == {"openai/gpt-image-1", "openai/text-embedding-3-small"}
    assert ids(simulator, "/models?output_modalities=image,embeddings") == [
        "openai/gpt-image-1",
        "openai/text-embedding-3-small",
    ]


def test_what_privacy_settings_keep_from_the_key_is_in_the_public_list_only(simulator: Simulator) -> None:
    assert set(ids(simulator, "/models")) - set(ids(simulator, "/models/user")) == {
        "mistralai/mistral-small-3.2-24b-instruct"
    }


def test_pages_follow_one_another(simulator: Simulator) -> None:
    whole, seen, path = ids(simulator, "/models"), list[str](), "/models?limit=4"
    while path:
        page: Any = ask(simulator, f"GET {path}").json
        seen += [model["id"] for model in page["data"]]
        path = (page["links"]["next"] or "").removeprefix("/api/v1")
        assert page["total_count"] == len(whole)
    assert seen == whole


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "offset=x"])
def test_a_page_that_cannot_be_is_400(query: str, simulator: Simulator) -> None:
    assert ask(simulator, f"GET /models?{query}").status == 400


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("openai/gpt-4.1", "openai/gpt-4.1"),
        ("openai/gpt-4.1:floor", "openai/gpt-4.1"),
        ("openai/gpt-4.1%3Afloor", "openai/gpt-4.1"),
        ("deepseek/deepseek-chat-v3.1:free", "deepseek/deepseek-chat-v3.1:free"),
        ("~anthropic/claude-sonnet-latest", "anthropic/claude-sonnet-4.5"),
        ("openrouter/auto", "openrouter/auto"),
    ],
)
def test_a_model_is_found_by_alias_and_variant(path: str, found: str, simulator: Simulator) -> None:
    assert ask(simulator, f"GET /model/{path}").data["id"] == found


@pytest.mark.parametrize("path", ["openai/gpt-4-32k", "openai/gpt-5000", "qwen/qwen3-coder:free", "%2F/%2F"])
def test_a_model_that_is_not_there_is_404(path: str, simulator: Simulator) -> None:
    reply = ask(simulator, f"GET /model/{path}")
    assert (reply.status, reply.error["code"]) == (404, 404)
