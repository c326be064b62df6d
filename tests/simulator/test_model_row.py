from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from openrouter_preflight.simulator.catalogue import CATALOGUE
from openrouter_preflight.simulator.model_row import Model, find, row


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("openai/gpt-4o-mini", "openai/gpt-4o-mini"),
        ("openai/gpt-4o-mini:nitro", "openai/gpt-4o-mini"),
        ("openai/gpt-4o-mini:online", "openai/gpt-4o-mini"),
        ("openai/gpt-4o-mini:free", None),
        ("deepseek/deepseek-chat-v3.1:free", "deepseek/deepseek-chat-v3.1:free"),
        ("deepseek/deepseek-chat-v3.1:free:nitro", "deepseek/deepseek-chat-v3.1:free"),
        ("anthropic/claude-3.7-sonnet:thinking", "anthropic/claude-3.7-sonnet:thinking"),
        ("~anthropic/claude-sonnet-latest", "anthropic/claude-sonnet-4.5"),
        ("openrouter/auto", "openrouter/auto"),
        ("@preset/mine", None),
        ("openai/gpt-4o-mini:", None),
        ("gpt-4o-mini", None),
    ],
)
def test_a_request_finds_its_row(wanted: str, found: str | None) -> None:
    model = find(CATALOGUE, wanted)
    assert (model and model.id) == found


@pytest.mark.parametrize(
    ("model_id", "prompt", "completion"),
    [
        ("openai/gpt-4o-mini", "0.00000015", "0.0000006"),
        ("deepseek/deepseek-chat-v3.1:free", "0", "0"),
        ("openrouter/auto", "-1", "-1"),
    ],
)
def test_prices_are_strings_in_usd_per_token_without_an_exponent(model_id: str, prompt: str, completion: str) -> None:
    model = find(CATALOGUE, model_id)
    assert model is not None
    pricing = row(model, {})["pricing"]
    assert (pricing["prompt"], pricing["completion"]) == (prompt, completion)


def test_a_model_is_listed_through_its_last_day() -> None:
    model = Model(id="a/b", name="B", prompt=Decimal(1), completion=Decimal(1), expires=date(2026, 11, 18))
    assert model.listed(date(2026, 11, 18))
    assert not model.listed(date(2026, 11, 19))


def test_every_alias_of_the_catalogue_has_its_target() -> None:
    ids = {model.id for model in CATALOGUE}
    assert {model.alias_of for model in CATALOGUE if model.alias_of} <= ids
    assert len(ids) == len(CATALOGUE)
