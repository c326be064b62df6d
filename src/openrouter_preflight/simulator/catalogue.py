"""The simulator's models: rows, variants, routers, aliases, retired models.

The identifiers look like real ones; prices, dates and limits are the simulator's own.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from openrouter_preflight.simulator.model_row import REASONING, Model


def _model(model_id: str, name: str, prompt: str | None, completion: str | None, **fields: Any) -> Model:
    return Model(
        id=model_id,
        name=name,
        prompt=None if prompt is None else Decimal(prompt),
        completion=None if completion is None else Decimal(completion),
        **fields,
    )


CATALOGUE: tuple[Model, ...] = (
    _model("openrouter/auto", "Auto Router", None, None, context=2_000_000, provider="OpenRouter"),
    _model("openai/gpt-4.1", "OpenAI: GPT-4.1", "2", "8", context=1_047_576, inputs=("text", "image", "file")),
    _model("openai/gpt-4.1-mini", "OpenAI: GPT-4.1 Mini", "0.4", "1.6", context=1_047_576, inputs=("text", "image")),
    _model("openai/gpt-4o-mini", "OpenAI: GPT-4o-mini", "0.15", "0.6", inputs=("text", "image", "file")),
    _model(
        "anthropic/claude-sonnet-4.5",
        "Anthropic: Claude Sonnet 4.5",
        "3",
        "15",
        context=1_000_000,
        max_output=64_000,
        parameters=REASONING,
        inputs=("text", "image", "file"),
        created=date(2025, 9, 29),
    ),
    _model(
        "~anthropic/claude-sonnet-latest",
        "Anthropic: Claude Sonnet (latest)",
        "3",
        "15",
        context=1_000_000,
        max_output=64_000,
        parameters=REASONING,
        alias_of="anthropic/claude-sonnet-4.5",
    ),
    _model(
        "anthropic/claude-3.7-sonnet", "Anthropic: Claude 3.7 Sonnet", "3", "15", context=200_000, max_output=64_000
    ),
    _model(
        "anthropic/claude-3.7-sonnet:thinking",
        "Anthropic: Claude 3.7 Sonnet (thinking)",
        "3",
        "15",
        context=200_000,
        max_output=64_000,
        parameters=REASONING,
    ),
    _model(
        "google/gemini-2.5-flash",
        "Google: Gemini 2.5 Flash",
        "0.3",
        "2.5",
        context=1_048_576,
        max_output=65_535,
        parameters=REASONING,
        inputs=("text", "image", "file", "audio"),
        created=date(2025, 6, 17),
    ),
    _model(
        "deepseek/deepseek-chat-v3.1",
        "DeepSeek: DeepSeek V3.1",
        "0.25",
        "1",
        context=163_840,
        parameters=REASONING,
        created=date(2025, 8, 21),
    ),
    _model(
        "deepseek/deepseek-chat-v3.1:free",
        "DeepSeek: DeepSeek V3.1 (free)",
        "0",
        "0",
        context=163_840,
        created=date(2025, 8, 21),
    ),
    _model("meta-llama/llama-3.3-70b-instruct", "Meta: Llama 3.3 70B Instruct", "0.1", "0.4", context=131_072),
    _model("meta-llama/llama-3.3-70b-instruct:free", "Meta: Llama 3.3 70B Instruct (free)", "0", "0", context=65_536),
    _model("mistralai/mistral-small-3.2-24b-instruct", "Mistral: Mistral Small 3.2 24B", "0.06", "0.18", private=True),
    _model(
        "openai/gpt-image-1",
        "OpenAI: GPT Image 1",
        "5",
        "40",
        context=32_000,
        parameters=(),
        inputs=("text", "image"),
        outputs=("image",),
    ),
    _model(
        "openai/text-embedding-3-small",
        "OpenAI: Text Embedding 3 Small",
        "0.02",
        "0",
        context=8_192,
        parameters=(),
        outputs=("embeddings",),
    ),
    _model("openai/gpt-4-32k", "OpenAI: GPT-4 32k", "60", "120", context=32_768, gone="model_deprecated"),
    _model("qwen/qwen3-coder:free", "Qwen: Qwen3 Coder (free)", "0", "0", gone="free_variant_ended"),
)
