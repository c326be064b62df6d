"""Which row a name leads to, and what a model falls short of: by rows of our own."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from openrouter_preflight.health.models.matching import (
    nearest,
    removal,
    resolve,
    rows_by_name,
    shortcomings,
    without_preset,
)
from openrouter_preflight.openrouter.models import Model, read_models
from openrouter_preflight.settings.model import ModelRequirement


def row(name: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": name,
        "context_length": 128_000,
        "pricing": {"prompt": "0.000002", "completion": "0.000008"},
        "supported_parameters": ["tools", "temperature"],
        "architecture": {"input_modalities": ["text", "image"], "output_modalities": ["text"]},
        **fields,
    }


def catalogue(*rows: dict[str, Any]) -> dict[str, Model]:
    models = read_models({"data": list(rows)})
    assert models is not None
    return rows_by_name(models)


ROWS = catalogue(
    row("openai/gpt-4.1", canonical_slug="openai/gpt-4.1-2025-04-14"),
    row("deepseek/deepseek-chat"),
    row("deepseek/deepseek-chat:free"),
    row("openrouter/auto", pricing={"prompt": "-1", "completion": "-1"}),
    row("~openai/gpt-latest", alias_target={"slug": "openai/gpt-4.1", "name": "GPT-4.1"}),
    row("~lost/x-latest", alias_target={"slug": "lost/x-9", "name": "X"}),
)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("openai/gpt-4.1", "openai/gpt-4.1"),
        ("openai/gpt-4.1-2025-04-14", "openai/gpt-4.1"),
        ("openai/gpt-4.1:nitro", "openai/gpt-4.1"),
        ("openai/gpt-4.1:online", "openai/gpt-4.1"),
        ("deepseek/deepseek-chat:free", "deepseek/deepseek-chat:free"),
        ("deepseek/deepseek-chat:free:online", "deepseek/deepseek-chat:free"),
        ("openrouter/auto", "openrouter/auto"),
        ("~openai/gpt-latest", "openai/gpt-4.1"),
        ("~openai/gpt-latest:floor", "openai/gpt-4.1"),
        ("openai/gpt-4.1:free", None),
        ("openai/gpt-4.1:thinking", None),
        ("~lost/x-latest", None),
        ("openai/gpt-5", None),
        ("gpt-4.1", None),
    ],
)
def test_a_name_leads_to_the_row_that_serves_it(name: str, found: str | None) -> None:
    model = resolve(name, ROWS)
    assert (model.id if model else None) == found


def test_a_version_slug_that_variants_share_means_the_plain_model() -> None:
    rows = catalogue(row("a/b:free", canonical_slug="a/b-1"), row("a/b", canonical_slug="a/b-1"))
    found = resolve("a/b-1", rows)
    assert found is not None
    assert found.id == "a/b"


@pytest.mark.parametrize(
    ("name", "plain"), [("@preset/mine", None), ("openai/gpt-4.1@preset/mine", "openai/gpt-4.1"), ("a/b", "a/b")]
)
def test_a_preset_is_told_from_the_model_before_it(name: str, plain: str | None) -> None:
    assert without_preset(name) == plain


def test_near_names_begin_with_the_plain_model_of_a_variant() -> None:
    assert nearest("openai/gpt-4.1:free", ROWS)[0] == "openai/gpt-4.1"
    assert nearest("openai/gpt-4-1", ROWS)[0] == "openai/gpt-4.1"
    assert nearest("nobody/knows-this", ROWS) == []


def test_at_most_three_names_are_suggested_the_plain_model_first() -> None:
    rows = catalogue(*(row(f"aaaa/bbbbbbbb-{number}") for number in range(9)), row("aaaa/bbbbbbbb"), row("zz/z"))
    assert nearest("aaaa/bbbbbbbb:free", rows)[0] == "aaaa/bbbbbbbb"
    assert len(nearest("aaaa/bbbbbbbb:free", rows)) == 3
    # However unlike the whole name is.
    assert nearest("zz/z:thinking-for-a-long-time", rows) == ["zz/z"]
    assert nearest("zz/z", rows)[0] == "zz/z"
    assert nearest("zz/y:thinking-for-a-long-time", rows) == []


def wanted(**constraints: Any) -> ModelRequirement:
    return ModelRequirement(id="openai/gpt-4.1", **constraints)


@pytest.mark.parametrize(
    ("constraints", "rules"),
    [
        ({}, []),
        ({"max_prompt_price": Decimal(2), "max_completion_price": Decimal(8)}, []),
        ({"max_prompt_price": Decimal("1.99")}, ["model-over-price"]),
        ({"max_completion_price": Decimal("7.99")}, ["model-over-price"]),
        ({"min_context": 128_000}, []),
        ({"min_context": 128_001}, ["model-lacks-capability"]),
        ({"parameters": ("tools",)}, []),
        ({"parameters": ("tools", "structured_outputs")}, ["model-lacks-capability"]),
        ({"modalities": ("image", "input:text", "output:text")}, []),
        ({"modalities": ("audio",)}, ["model-lacks-capability"]),
        ({"modalities": ("output:image",)}, ["model-lacks-capability"]),
    ],
)
def test_a_model_is_held_against_what_is_asked_of_it(constraints: dict[str, Any], rules: list[str]) -> None:
    model = resolve("openai/gpt-4.1", ROWS)
    assert model is not None
    assert [found.rule for found in shortcomings(model, wanted(**constraints))] == rules


def test_the_price_is_said_for_a_million_tokens() -> None:
    (found,) = shortcomings(ROWS["openai/gpt-4.1"], wanted(max_prompt_price=Decimal("1.5")))
    assert found.words == "costs $2 for a million prompt tokens, more than the $1.5 allowed"


@pytest.mark.parametrize(
    ("model", "constraints"),
    [
        (row("openrouter/auto", pricing={"prompt": "-1", "completion": "-1"}), {"max_prompt_price": Decimal(9)}),
        (row("a/b", pricing={}), {"max_completion_price": Decimal(9)}),
        (row("a/b", context_length=None), {"min_context": 1}),
    ],
)
def test_what_a_row_does_not_tell_is_not_decided(model: dict[str, Any], constraints: dict[str, Any]) -> None:
    (found,) = shortcomings(catalogue(model)[model["id"]], wanted(**constraints))
    assert found.rule == "model-unchecked"


@pytest.mark.parametrize(
    ("expiration", "gone"),
    [
        ("2026-12-24", datetime(2026, 12, 25, tzinfo=UTC)),
        ("2026-12-24T09:00:00Z", datetime(2026, 12, 25, tzinfo=UTC)),
        (None, None),
        ("soon", None),
    ],
)
def test_a_model_is_sure_to_be_there_on_its_expiration_date(expiration: str | None, gone: datetime | None) -> None:
    assert removal(catalogue(row("a/b", expiration_date=expiration))["a/b"]) == gone
