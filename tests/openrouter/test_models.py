"""Models as OpenRouter tells of them: rows with all, little and odd content."""

from __future__ import annotations

from decimal import Decimal

import pytest

from openrouter_preflight.openrouter.models import Model, Price, highest_price, read_model, read_models

LONG = "for prompts over 5 tokens"
ROW = {
    "id": "openai/gpt-4.1",
    "canonical_slug": "openai/gpt-4.1-2025-04-14",
    "context_length": 1_047_576,
    "pricing": {"prompt": "0.000002", "completion": "0.000008", "request": "0"},
    "top_provider": {"max_completion_tokens": 32_768},
    "supported_parameters": ["tools", "structured_outputs"],
    "architecture": {"input_modalities": ["text", "image"], "output_modalities": ["text"]},
    "expiration_date": "2027-01-31",
    "unheard_of": {"x": 1},
}


def test_a_whole_row_is_read() -> None:
    assert read_models({"data": [ROW]}) == (
        Model(
            id="openai/gpt-4.1",
            canonical_slug="openai/gpt-4.1-2025-04-14",
            context_length=1_047_576,
            prompt_price=Decimal("0.000002"),
            completion_price=Decimal("0.000008"),
            supported_parameters=("tools", "structured_outputs"),
            input_modalities=("text", "image"),
            output_modalities=("text",),
            expiration_date="2027-01-31",
            alias_target=None,
            max_completion_tokens=32_768,
            highest_prompt_price=Price(usd=Decimal("0.000002")),
            highest_completion_price=Price(usd=Decimal("0.000008")),
        ),
    )


def test_a_row_needs_nothing_but_an_id_and_one_without_is_no_model() -> None:
    (only,) = read_models({"data": [{"id": "a/b"}, {"name": "no id"}]}) or ()
    assert (only.id, only.prompt_price, only.supported_parameters) == ("a/b", None, ())


@pytest.mark.parametrize(
    ("written", "price"),
    [("0", Decimal(0)), ("-1", None), ("2e-6", Decimal("0.000002")), ("free", None), (None, None)],
)
def test_a_router_has_no_price_and_a_free_model_the_price_of_nothing(written: object, price: Decimal | None) -> None:
    model = read_model({"data": {"id": "a/b", "pricing": {"prompt": written}}})
    assert model is not None
    assert model.prompt_price == price


@pytest.mark.parametrize(
    ("overrides", "usd", "condition"),
    [
        ([], "2", ""),
        ([{"min_prompt_tokens": 200_000, "prompt": "4"}], "4", "for prompts over 200,000 tokens"),
        ([{"utc_start": 100, "utc_end": 430, "prompt": "3"}], "3", "from 01:00 to 04:30 UTC"),
        (
            [{"utc_start": 2200, "utc_end": 400, "utc_days": [6], "prompt": "3"}],
            "3",
            "from 22:00 to 04:00 UTC on some days",
        ),
        ([{"min_prompt_tokens": 9, "prompt": "1"}], "2", ""),
        ([{"min_prompt_tokens": 9, "completion": "9"}], "2", ""),
        (
            [{"min_prompt_tokens": 9, "prompt": "5"}, {"min_prompt_tokens": 5, "prompt": "3"}],
            "3",
            "for prompts over 5 tokens",
        ),
        (
            [{"min_prompt_tokens": 5, "prompt": "5"}, {"min_prompt_tokens": 9, "prompt": "3"}],
            "5",
            "for prompts over 5 tokens",
        ),
        ([{"unheard_of": 1, "prompt": "7"}], "7", "under a condition"),
        ("nonsense", "2", ""),
    ],
)
def test_the_highest_price_that_can_apply(overrides: object, usd: str, condition: str) -> None:
    assert highest_price({"prompt": "2", "overrides": overrides, "discount": 0.5}, "prompt") == Price(
        usd=Decimal(usd), condition=condition
    )


@pytest.mark.parametrize("target", [{"slug": "openai/gpt-5"}, "openai/gpt-5"])
def test_an_alias_names_the_row_it_stands_for(target: object) -> None:
    model = read_model({"data": {"id": "~openai/gpt-latest", "alias_target": target}})
    assert model is not None
    assert model.alias_target == "openai/gpt-5"


@pytest.mark.parametrize("body", [{}, {"data": None}, {"data": "x"}, {"models": []}])
def test_a_body_that_is_no_list_of_models_is_not_believed(body: dict[str, object]) -> None:
    assert read_models(body) is None
    assert read_model(body) is None
