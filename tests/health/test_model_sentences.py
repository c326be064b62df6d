"""What is said of a release's models, in full."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from openrouter_preflight.health.facts import ModelFacts
from openrouter_preflight.health.models.named_models import NamedModels
from openrouter_preflight.health.rules.evaluate import judge
from openrouter_preflight.openrouter.reply import TransportFault
from openrouter_preflight.openrouter.reply_kind import ReplyKind
from openrouter_preflight.settings.model import ModelRequirement
from support.health_facts import NOW, answered, facts, model, refused, told
from support.sentences import Sentence, says

if TYPE_CHECKING:
    from openrouter_preflight.openrouter.models import Model

GPT = model(
    "openai/gpt-5",
    context_length=400_000,
    pricing={"prompt": "0.000001", "completion": "0.00001"},
    expiration_date="2026-12-05",
    supported_parameters=["tools"],
)
LASTING = replace(GPT, expiration_date=None)
MINI = model("openai/gpt-4o-mini")
FREE = model("a/b:free")
PICTURE = model("art/picture", architecture={"output_modalities": ["image"]})


def listed(
    *rows: Model, kinds: tuple[Model, ...] = (), public: tuple[Model, ...] | None = (), **more: Any
) -> ModelFacts:
    """The key may use `rows`, and of every kind `kinds`; `public` is what there is."""
    told_publicly = None if public is None else answered(public)
    return ModelFacts(listed=answered(rows), of_all_kinds=answered(kinds), public=told_publicly, **more)


def named(*places: tuple[str, str], unread: tuple[str, ...] = ()) -> NamedModels:
    return NamedModels(places=places, unread=unread)


ALLOW_IT = "Allow it in the privacy settings (https://openrouter.ai/settings/privacy), or in the guardrail of the key."
NAME_FILES = "Name files with --models-from that name models as OpenRouter does, or leave it out."
LOOK_AT_PRESET = "Look at it at https://openrouter.ai/settings/presets, or require the model that it leads to."

MODELS: list[Sentence] = [
    says(
        "model-unchecked",
        "K: which models it may use is not known: their list could not be read (HTTP 503).",
        models=ModelFacts(listed=refused(ReplyKind.OUTAGE, 503)),
        require_models=("a/b",),
    ),
    says(
        "model-unchecked",
        "K: which models it may use is not known: their list could not be read.",
        models=ModelFacts(listed=refused(ReplyKind.UNREACHABLE, fault=TransportFault.BROKEN)),
        require_models=("a/b",),
    ),
    says(
        "model-unchecked",
        "K: which models it may use is not known: their list could not be read (HTTP 503).",
        models=ModelFacts(listed=refused(ReplyKind.OUTAGE, 503)),
        require_models=("a/b",),
        on_unreachable="warn",
    ),
    says(
        "model-unchecked",
        "K: which models it may use is not known: their list could not be read.",
        require_models=("a/b",),
    ),
    says(
        "model-unavailable",
        (
            "K may not use openai/gpt-4o-mimi: OpenRouter has no such model now; the nearest names are "
            "openai/gpt-4o-mini."
        ),
        models=listed(MINI, public=(MINI,)),
        require_models=("openai/gpt-4o-mimi",),
    ),
    says(
        "model-unavailable",
        (
            "K may not use openai/gpt-4o-mini:free: OpenRouter has no such model now; the nearest names are "
            "openai/gpt-4o-mini."
        ),
        models=listed(MINI, public=(MINI,)),
        require_models=("openai/gpt-4o-mini:free",),
    ),
    says(
        "model-unavailable",
        "K may not use zz/qqqqqq: OpenRouter has no such model now; no name is near it.",
        models=listed(MINI, public=(MINI,)),
        require_models=("zz/qqqqqq",),
    ),
    says(
        "model-unavailable",
        ("K may not use openai/gpt-5: it exists, but the privacy or guardrail settings of the key keep it away."),
        next_step=ALLOW_IT,
        models=listed(MINI, public=(MINI, GPT)),
        require_models=("openai/gpt-5",),
    ),
    says(
        "model-unchecked",
        (
            "K: whether it may use art/picture is not known: it writes no text, and the list of what a key "
            "may use holds only models that do."
        ),
        models=listed(MINI, public=(MINI, PICTURE)),
        require_models=("art/picture",),
    ),
    says(
        "model-unavailable",
        ("K may not use art/picture: it exists, but the privacy or guardrail settings of the key keep it away."),
        next_step=ALLOW_IT,
        models=listed(
            MINI, kinds=(model("art/other", architecture={"output_modalities": ["audio"]}),), public=(MINI, PICTURE)
        ),
        require_models=("art/picture",),
    ),
    says(
        "model-unchecked",
        (
            "K: art/picture is not among the text models it may use, and the public list of models could not "
            "be read to say more."
        ),
        models=listed(MINI, public=None),
        require_models=("art/picture",),
    ),
    says(
        "model-unchecked",
        (
            "K: art/picture is not among the text models it may use, and the public list of models could not "
            "be read to say more."
        ),
        models=ModelFacts(listed=answered((MINI,)), public=refused(ReplyKind.OUTAGE, 503)),
        require_models=("art/picture",),
        on_unreachable="warn",
    ),
    says(
        "model-unchecked",
        "K: the preset of @preset/support cannot be checked: no list of models has presets.",
        next_step=LOOK_AT_PRESET,
        models=listed(MINI),
        require_models=("@preset/support",),
    ),
    says(
        "model-unchecked",
        ("K: the preset of openai/gpt-4o-mini@preset/support cannot be checked: no list of models has presets."),
        next_step=LOOK_AT_PRESET,
        models=listed(MINI),
        require_models=("openai/gpt-4o-mini@preset/support",),
    ),
    says(
        "model-expires-soon",
        "K: openai/gpt-5 may be removed after 2026-12-05.",
        models=listed(GPT),
        require_models=("openai/gpt-5",),
    ),
    says(
        "model-expires-soon",
        "K: openai/gpt5 (now openai/gpt-5) may be removed after 2026-12-05.",
        models=listed(GPT, named={"openai/gpt5": answered(GPT)}),
        require_models=("openai/gpt5",),
    ),
    says(
        "model-expires-soon",
        "K: openai/gpt-5:nitro may be removed after 2026-12-05.",
        models=listed(GPT),
        require_models=("openai/gpt-5:nitro",),
    ),
    says(
        "free-requests-exhausted",
        ("K cannot use :free models until 2026-11-26 00:00 UTC: the account's 50 free requests of today are used up."),
        answer=told(free_model_daily_requests={"used": 50, "limit": 50, "remaining": 0}),
        models=listed(FREE),
        require_models=("a/b:free",),
    ),
    says(
        "free-requests-exhausted",
        ("K cannot use :free models until 2026-11-26 00:00 UTC: the account's free requests of today are used up."),
        answer=told(free_model_daily_requests={"remaining": 0}),
        models=listed(FREE),
        require_models=("a/b:free",),
    ),
    says(
        "model-unchecked",
        "K: the files of --models-from name nothing that is shaped like a model.",
        next_step=NAME_FILES,
        models=listed(MINI),
        models_from=("*.md",),
    ),
    says(
        "model-unchecked",
        "K: b.md, where models are, is too large.",
        models=listed(MINI),
        models_from=("*.md",),
        named_models=named(
            ("openai/gpt-4o-mini", "a.md:1"),
            unread=("b.md, where models are, is too large",),
        ),
    ),
    says(
        "model-unchecked",
        "K: the files of --models-from name no model that is OpenRouter's.",
        next_step=NAME_FILES,
        models=listed(MINI),
        models_from=("*.md",),
        named_models=named(("src/main", "a.md:1")),
    ),
    says(
        "model-expires-soon",
        "K: openai/gpt-5 (a.md:1) may be removed after 2026-12-05.",
        models=listed(GPT),
        models_from=("*.md",),
        named_models=named(("openai/gpt-5", "a.md:1")),
    ),
    says(
        "model-unavailable",
        (
            "K may not use openai/gpt-5 (a.md:1): it exists, but the privacy or guardrail settings of the "
            "key keep it away."
        ),
        next_step=ALLOW_IT,
        models=listed(MINI, public=(MINI, GPT)),
        models_from=("*.md",),
        named_models=named(("openai/gpt-5", "a.md:1")),
    ),
]


@pytest.mark.parametrize("sentence", MODELS)
def test_it_is_said_why_a_model_cannot_be_used(sentence: Sentence) -> None:
    sentence.assert_said()


UNFIT: list[tuple[Model, dict[str, Any], str, str]] = [
    (
        LASTING,
        {"min_context": 400_001},
        "model-lacks-capability",
        "has a context of 400,000 tokens, less than the 400,001 asked for.",
    ),
    (
        replace(LASTING, context_length=None),
        {"min_context": 1},
        "model-unchecked",
        "does not tell how long its context is.",
    ),
    (
        LASTING,
        {"max_completion_price": Decimal("9.9")},
        "model-over-price",
        "costs $10 for a million completion tokens, more than the $9.9 allowed.",
    ),
    (
        LASTING,
        {"max_prompt_price": Decimal("0.5")},
        "model-over-price",
        "costs $1 for a million prompt tokens, more than the $0.5 allowed.",
    ),
    (
        replace(LASTING, completion_price=None),
        {"max_completion_price": Decimal(9)},
        "model-unchecked",
        "has no completion price that could be compared; routers have none of their own.",
    ),
    (LASTING, {"parameters": ("tools", "seed", "top_k")}, "model-lacks-capability", "does not support seed, top_k."),
    (
        LASTING,
        {"modalities": ("image", "output:audio")},
        "model-lacks-capability",
        "lacks the modality image, output:audio.",
    ),
    (
        GPT,
        {"not_expiring_within": timedelta(days=30)},
        "model-expires-soon",
        "may be removed after 2026-12-05, within the 30 days of not-expiring-within.",
    ),
]


@pytest.mark.parametrize(("row", "asked", "rule", "words"), UNFIT)
def test_an_unfit_model_is_named_with_what_it_lacks(row: Model, asked: dict[str, Any], rule: str, words: str) -> None:
    wanted = (ModelRequirement(id="openai/gpt-5", **asked),)
    _, (finding,) = judge(facts(told(), models=listed(row), models_wanted=wanted), NOW)
    assert (finding.rule.name, finding.message) == (rule, f"K: openai/gpt-5 {words}")


@pytest.mark.parametrize(("hours", "rules"), [(0, ["model-expires-soon"]), (-1, [])])
def test_a_removal_is_near_from_the_very_hour_on(hours: int, rules: list[str]) -> None:
    """It may be gone from the end of the fifth of December on, ten and a half days from now."""
    wanted = (ModelRequirement(id="openai/gpt-5", not_expiring_within=timedelta(days=10, hours=12 + hours)),)
    _, findings = judge(facts(told(), models=listed(GPT), models_wanted=wanted), NOW)
    assert [finding.rule.name for finding in findings if finding.rule.name != "models-checked"] == rules
