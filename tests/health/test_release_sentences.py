"""What is said of a release, in full: its models, the keeping of its key, and its probes."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from health_facts import KEY, NOW, answered, facts, model, record, refused, told
from openrouter_preflight.health.facts import ModelFacts
from openrouter_preflight.health.judge import judge
from openrouter_preflight.health.model_files import NamedModels
from openrouter_preflight.health.probe import Plan, Probe
from openrouter_preflight.health.runway import even
from openrouter_preflight.health.spending import Spending
from openrouter_preflight.openrouter.meaning import Meaning
from openrouter_preflight.openrouter.reply import Fault
from openrouter_preflight.openrouter.spending import Completion
from openrouter_preflight.settings.model import ModelRequirement

if TYPE_CHECKING:
    from openrouter_preflight.openrouter.answers import Model

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
PLAN = Plan(model="a/b", tokens=16, price=Decimal("0.001"), longest=16, most_usd=Decimal("0.02"))
BLIND = replace(PLAN, price=None, most_usd=None)
LONG = Plan(model="a/b", tokens=5_000_000, price=Decimal("0.001"), longest=4_000, most_usd=Decimal("4.1"))


def listed(
    *rows: Model, kinds: tuple[Model, ...] = (), public: tuple[Model, ...] | None = (), **more: Any
) -> ModelFacts:
    """The key may use `rows`, and of every kind `kinds`; `public` is what there is."""
    told_publicly = None if public is None else answered(public)
    return ModelFacts(listed=answered(rows), of_all_kinds=answered(kinds), public=told_publicly, **more)


def named(*places: tuple[str, str], unread: tuple[str, ...] = ()) -> NamedModels:
    return NamedModels(places=places, unread=unread)


MODELS: list[tuple[dict[str, Any], str, str, str | None]] = [
    (
        {"answer": told(), "models": ModelFacts(listed=refused(Meaning.OUTAGE, 503)), "require_models": ("a/b",)},
        "model-unchecked",
        "K: which models it may use is not known: their list could not be read (HTTP 503).",
        None,
    ),
    (
        {
            "answer": told(),
            "models": ModelFacts(listed=refused(Meaning.UNREACHABLE, fault=Fault.BROKEN)),
            "require_models": ("a/b",),
        },
        "model-unchecked",
        "K: which models it may use is not known: their list could not be read.",
        None,
    ),
    (
        {
            "answer": told(),
            "models": ModelFacts(listed=refused(Meaning.OUTAGE, 503)),
            "require_models": ("a/b",),
            "on_unreachable": "warn",
        },
        "model-unchecked",
        "K: which models it may use is not known: their list could not be read (HTTP 503).",
        None,
    ),
    (
        {"answer": told(), "require_models": ("a/b",)},
        "model-unchecked",
        "K: which models it may use is not known: their list could not be read.",
        None,
    ),
    (
        {"answer": told(), "models": listed(MINI, public=(MINI,)), "require_models": ("openai/gpt-4o-mimi",)},
        "model-unavailable",
        (
            "K may not use openai/gpt-4o-mimi: OpenRouter has no such model now; the nearest names are "
            "openai/gpt-4o-mini."
        ),
        None,
    ),
    (
        {"answer": told(), "models": listed(MINI, public=(MINI,)), "require_models": ("openai/gpt-4o-mini:free",)},
        "model-unavailable",
        (
            "K may not use openai/gpt-4o-mini:free: OpenRouter has no such model now; the nearest names "
            "are openai/gpt-4o-mini."
        ),
        None,
    ),
    (
        {"answer": told(), "models": listed(MINI, public=(MINI,)), "require_models": ("zz/qqqqqq",)},
        "model-unavailable",
        "K may not use zz/qqqqqq: OpenRouter has no such model now; no name is near it.",
        None,
    ),
    (
        {"answer": told(), "models": listed(MINI, public=(MINI, GPT)), "require_models": ("openai/gpt-5",)},
        "model-unavailable",
        ("K may not use openai/gpt-5: it exists, but the privacy or guardrail settings of the key keep it away."),
        ("Allow it in the privacy settings (https://openrouter.ai/settings/privacy), or in the guardrail of the key."),
    ),
    (
        {"answer": told(), "models": listed(MINI, public=(MINI, PICTURE)), "require_models": ("art/picture",)},
        "model-unchecked",
        (
            "K: whether it may use art/picture is not known: it writes no text, and the list of what a key "
            "may use holds only models that do."
        ),
        None,
    ),
    (
        {
            "answer": told(),
            "models": listed(
                MINI, kinds=(model("art/other", architecture={"output_modalities": ["audio"]}),), public=(MINI, PICTURE)
            ),
            "require_models": ("art/picture",),
        },
        "model-unavailable",
        ("K may not use art/picture: it exists, but the privacy or guardrail settings of the key keep it away."),
        ("Allow it in the privacy settings (https://openrouter.ai/settings/privacy), or in the guardrail of the key."),
    ),
    (
        {"answer": told(), "models": listed(MINI, public=None), "require_models": ("art/picture",)},
        "model-unchecked",
        (
            "K: art/picture is not among the text models it may use, and the public list of models could "
            "not be read to say more."
        ),
        None,
    ),
    (
        {
            "answer": told(),
            "models": ModelFacts(listed=answered((MINI,)), public=refused(Meaning.OUTAGE, 503)),
            "require_models": ("art/picture",),
            "on_unreachable": "warn",
        },
        "model-unchecked",
        (
            "K: art/picture is not among the text models it may use, and the public list of models could "
            "not be read to say more."
        ),
        None,
    ),
    (
        {"answer": told(), "models": listed(MINI), "require_models": ("@preset/support",)},
        "model-unchecked",
        "K: the preset of @preset/support cannot be checked: no list of models tells of presets.",
        "Look at it at https://openrouter.ai/settings/presets, or require the model that it leads to.",
    ),
    (
        {"answer": told(), "models": listed(MINI), "require_models": ("openai/gpt-4o-mini@preset/support",)},
        "model-unchecked",
        ("K: the preset of openai/gpt-4o-mini@preset/support cannot be checked: no list of models tells of presets."),
        "Look at it at https://openrouter.ai/settings/presets, or require the model that it leads to.",
    ),
    (
        {"answer": told(), "models": listed(GPT), "require_models": ("openai/gpt-5",)},
        "model-expires-soon",
        "K: openai/gpt-5 may be removed after 2026-12-05.",
        None,
    ),
    (
        {
            "answer": told(),
            "models": listed(GPT, named={"openai/gpt5": answered(GPT)}),
            "require_models": ("openai/gpt5",),
        },
        "model-expires-soon",
        "K: openai/gpt5 (now openai/gpt-5) may be removed after 2026-12-05.",
        None,
    ),
    (
        {"answer": told(), "models": listed(GPT), "require_models": ("openai/gpt-5:nitro",)},
        "model-expires-soon",
        "K: openai/gpt-5:nitro may be removed after 2026-12-05.",
        None,
    ),
    (
        {
            "answer": told(free_model_daily_requests={"used": 50, "limit": 50, "remaining": 0}),
            "models": listed(FREE),
            "require_models": ("a/b:free",),
        },
        "free-requests-exhausted",
        ("K cannot use :free models until 2026-11-26 00:00 UTC: the account's 50 free requests of today are used up."),
        None,
    ),
    (
        {
            "answer": told(free_model_daily_requests={"remaining": 0}),
            "models": listed(FREE),
            "require_models": ("a/b:free",),
        },
        "free-requests-exhausted",
        ("K cannot use :free models until 2026-11-26 00:00 UTC: the account's free requests of today are used up."),
        None,
    ),
    (
        {"answer": told(), "models": listed(MINI), "models_from": ("*.md",)},
        "model-unchecked",
        "K: the files of --models-from name nothing that is shaped like a model.",
        None,
    ),
    (
        {
            "answer": told(),
            "models": listed(MINI),
            "models_from": ("*.md",),
            "named_models": named(("openai/gpt-4o-mini", "a.md:1"), unread=("b.md",)),
        },
        "model-unchecked",
        "K: b.md, where models were to be found, cannot be read or is too large.",
        None,
    ),
    (
        {
            "answer": told(),
            "models": listed(MINI),
            "models_from": ("*.md",),
            "named_models": named(("src/main", "a.md:1")),
        },
        "model-unchecked",
        "K: the files of --models-from name no model that OpenRouter has.",
        None,
    ),
    (
        {
            "answer": told(),
            "models": listed(GPT),
            "models_from": ("*.md",),
            "named_models": named(("openai/gpt-5", "a.md:1")),
        },
        "model-expires-soon",
        "K: openai/gpt-5 (a.md:1) may be removed after 2026-12-05.",
        None,
    ),
    (
        {
            "answer": told(),
            "models": listed(MINI, public=(MINI, GPT)),
            "models_from": ("*.md",),
            "named_models": named(("openai/gpt-5", "a.md:1")),
        },
        "model-unavailable",
        (
            "K may not use openai/gpt-5 (a.md:1): it exists, but the privacy or guardrail settings of the "
            "key keep it away."
        ),
        ("Allow it in the privacy settings (https://openrouter.ai/settings/privacy), or in the guardrail of the key."),
    ),
]
HYGIENE: list[tuple[dict[str, Any], str, str, str | None]] = [
    (
        {"answer": told(), "max_key_age": timedelta(days=90)},
        "key-age-unknown",
        "K: its age is not known: only a management key is told, and none was given.",
        None,
    ),
    (
        {"answer": told(), "record": refused(Meaning.NOT_FOUND, 404), "max_key_age": timedelta(days=90)},
        "key-age-unknown",
        "K: its age is not known: the management key's account does not have this key.",
        None,
    ),
    (
        {"answer": told(), "record": refused(Meaning.OUTAGE, 503), "max_key_age": timedelta(days=90)},
        "key-age-unknown",
        "K: its age is not known: its record could not be read (HTTP 503).",
        None,
    ),
    (
        {
            "answer": told(),
            "record": refused(Meaning.UNREACHABLE, fault=Fault.BROKEN),
            "max_key_age": timedelta(days=90),
            "on_unreachable": "warn",
        },
        "key-age-unknown",
        "K: its age is not known: its record could not be read.",
        None,
    ),
    (
        {"answer": told(), "record": answered(record(name="CI")), "max_key_age": timedelta(days=90)},
        "key-age-unknown",
        "K: its age is not known: the key's record does not tell.",
        None,
    ),
    (
        {
            "answer": told(),
            "record": answered(record(created_at="2026-05-01T00:00:00Z")),
            "max_key_age": timedelta(days=90),
        },
        "key-too-old",
        ("K is 208 days 12 hours old (made on 2026-05-01 00:00 UTC), older than the 90 days of --max-key-age."),
        None,
    ),
    (
        {"answer": told(), "record": answered(record(name="CI", disabled=True))},
        "key-disabled",
        "K ('CI') was disabled by its owner.",
        None,
    ),
    (
        {"answer": told(), "hygiene": True},
        "hygiene-unknown",
        "K: how well it is looked after is not known: only a management key is told, and none was given.",
        None,
    ),
    (
        {"answer": told(), "record": refused(Meaning.OUTAGE, 503), "hygiene": True},
        "hygiene-unknown",
        "K: how well it is looked after is not known: its record could not be read (HTTP 503).",
        None,
    ),
    (
        {
            "answer": told(),
            "record": answered(record(name="CI", limit=5, created_at="2026-11-18T11:59:00Z")),
            "hygiene": True,
        },
        "key-unused",
        "K ('CI') was never used in the 7 days since it was made.",
        None,
    ),
    (
        {"answer": told(), "record": answered(record(name="CI", limit=5)), "hygiene": True},
        "key-unused",
        "K ('CI') was never used.",
        None,
    ),
    (
        {"answer": told(), "record": answered(record(limit=5, usage=1)), "hygiene": True},
        "key-unnamed",
        "K has no name.",
        None,
    ),
    (
        {"answer": told(), "record": answered(record(name="CI", usage=1)), "hygiene": True},
        "key-has-no-limit",
        "K ('CI') has no spending limit of its own.",
        None,
    ),
    (
        {
            "answer": told(),
            "record": answered(record(name="CI", limit=1300, limit_reset="monthly", usage=1)),
            "spending": Spending(key=even(Decimal(4))),
            "hygiene": True,
        },
        "key-limit-loose",
        "K ('CI') has a monthly limit of $1,300.00, 11 times what it spends.",
        None,
    ),
    (
        {
            "answer": told(),
            "record": answered(record(name="CI", limit=7300, usage=1)),
            "spending": Spending(key=even(Decimal(1))),
            "hygiene": True,
        },
        "key-limit-loose",
        "K ('CI') has a limit, reckoned by the year, of $7,300.00, 20 times what it spends.",
        None,
    ),
    (
        {
            "answer": told(),
            "record": answered(record(name="CI", limit="30.1", limit_reset="quarterly", usage=1)),
            "spending": Spending(key=even(Decimal("0.1"))),
            "hygiene": True,
        },
        "key-limit-loose",
        "K ('CI') has a quarterly limit of $30.10, 10 times what it spends.",
        None,
    ),
    (
        {"answer": told(), "rotated_from": ("ab" * 32,)},
        "rotation-unknown",
        ("K: whether what it replaced is still used is not known: only a management key is told, and none was given."),
        None,
    ),
    (
        {"answer": told(), "old_records": (("ab" * 32, refused(Meaning.OUTAGE, 503)),)},
        "rotation-unknown",
        ("K: whether the old key (abababababab…) is used is not known: its record could not be read (HTTP 503)."),
        None,
    ),
    (
        {
            "answer": told(),
            "old_records": (("ab" * 32, answered(record(name="old", usage_daily="0.5", byok_usage_daily="0.25"))),),
        },
        "old-key-in-use",
        "the key that K replaced (abababababab…, 'old') is still used: it spent $0.75 today.",
        (
            "Find what uses it: "
            "https://openrouter.ai/keys/abababababababababababababababababababababababababababababababab; "
            "move that over, then disable it."
        ),
    ),
    (
        {"answer": told(), "old_records": (("ab" * 32, answered(record(byok_usage_daily="0.25"))),)},
        "old-key-in-use",
        "the key that K replaced (abababababab…) is still used: it spent $0.25 today.",
        (
            "Find what uses it: "
            "https://openrouter.ai/keys/abababababababababababababababababababababababababababababababab; "
            "move that over, then disable it."
        ),
    ),
    (
        {
            "answer": told(),
            "record": answered(record(name="CI", created_at="2026-11-01T00:00:00Z")),
            "old_records": (("ab" * 32, answered(record(name="old", last_used_at="2026-11-02T03:04:00Z"))),),
        },
        "old-key-in-use",
        (
            "the key that K replaced (abababababab…, 'old') is still used: last on 2026-11-02 03:04 UTC, "
            "after the new one was made."
        ),
        (
            "Find what uses it: "
            "https://openrouter.ai/keys/abababababababababababababababababababababababababababababababab; "
            "move that over, then disable it."
        ),
    ),
    (
        {
            "answer": told(),
            "record": answered(record(name="CI", created_at="2026-11-01T00:00:00Z")),
            "old_records": (("ab" * 32, answered(record(last_used_at="2026-11-01T00:00:00Z"))),),
        },
        "old-key-enabled",
        "the key that K replaced (abababababab…) is not used any more, and still works.",
        None,
    ),
    (
        {"answer": told(), "old_records": (("ab" * 32, answered(record(last_used_at="2026-11-02T03:04:00Z"))),)},
        "rotation-unknown",
        "K: when it replaced the old key is not known: only a management key is told, and none was given.",
        None,
    ),
    (
        {
            "answer": told(),
            "record": refused(Meaning.OUTAGE, 503),
            "old_records": (("ab" * 32, answered(record(last_used_at="2026-11-02T03:04:00Z"))),),
        },
        "rotation-unknown",
        "K: when it replaced the old key is not known: its record could not be read (HTTP 503).",
        None,
    ),
    (
        {"answer": told(), "old_records": ((hashlib.sha256(KEY.encode()).hexdigest(), answered(record(name="old"))),)},
        "old-key-in-use",
        "K still holds the old key (ec54d19d8881…) itself: it was not replaced here.",
        "Put the new key into this secret, and deploy it.",
    ),
]
PROBES: list[tuple[dict[str, Any], str, str, str | None]] = [
    (
        {
            "answer": told(limit_remaining=9),
            "probe": Probe(plan=PLAN, answer=answered(Completion(model="a/b", cost=Decimal("0.001")))),
        },
        "probe-answered",
        "K: a/b answered a tiny completion; it cost $0.001.",
        None,
    ),
    (
        {
            "answer": told(limit_remaining=9),
            "probe": Probe(plan=PLAN, answer=answered(Completion(model="a/b", cost=None))),
        },
        "probe-answered",
        "K: a/b answered a tiny completion; cost is not told.",
        None,
    ),
    (
        {"answer": told(limit_remaining=9), "probe": Probe(plan=PLAN, answer=refused(Meaning.UNAFFORDABLE, 402))},
        "credit-exhausted",
        "K cannot pay even 16 tokens of a/b (HTTP 402).",
        None,
    ),
    (
        {"answer": told(limit_remaining=9), "probe": Probe(plan=PLAN, answer=refused(Meaning.NOT_FOUND, 404))},
        "model-unavailable",
        "K cannot use a/b: HTTP 404.",
        None,
    ),
    (
        {"answer": told(limit_remaining=9), "probe": Probe(plan=PLAN, answer=refused(Meaning.BAD_REQUEST, 400))},
        "model-unavailable",
        "K cannot use a/b: the request was refused (HTTP 400).",
        None,
    ),
    (
        {"answer": told(limit_remaining=9), "probe": Probe(plan=PLAN, answer=refused(Meaning.OUTAGE, 502))},
        "probe-undecided",
        ("K: whether a/b answers is not known (HTTP 502); it may have been carried out, at a cost of at most $0.02."),
        None,
    ),
    (
        {
            "answer": told(limit_remaining=9),
            "probe": Probe(plan=BLIND, answer=refused(Meaning.UNREACHABLE, fault=Fault.BROKEN)),
            "on_unreachable": "warn",
        },
        "probe-undecided",
        (
            "K: whether a/b answers is not known (the connection broke off before the answer was "
            "complete); it may have been carried out, at a cost."
        ),
        None,
    ),
    (
        {"answer": told(limit_remaining=9), "probe_afford": Decimal(5)},
        "probe-undecided",
        (
            "K: whether the $5.00 of --probe-afford can be afforded is not known: no model that it may use "
            "suits the question."
        ),
        "Ask a management key for the balance instead.",
    ),
    (
        {
            "answer": told(limit_remaining=9),
            "probe_afford": Decimal(5),
            "afford": Probe(plan=LONG, answer=refused(Meaning.UNAFFORDABLE, 402, "can only afford 4989")),
        },
        "balance-low",
        (
            "K affords about $4.98, less than the $5.00 of --probe-afford (inferred from how 5,000,000 "
            "tokens of a/b were refused)."
        ),
        None,
    ),
    (
        {
            "answer": told(limit_remaining=9),
            "probe_afford": Decimal(5),
            "afford": Probe(plan=LONG, answer=refused(Meaning.UNAFFORDABLE, 402, "can only afford 4990")),
        },
        "account-affords",
        "K affords about $4.99 (inferred from how 5,000,000 tokens of a/b were refused).",
        None,
    ),
    (
        {
            "answer": told(limit_remaining=9),
            "probe_afford": Decimal(4),
            "afford": Probe(plan=LONG, answer=answered(Completion(model="a/b", cost=Decimal("0.25")))),
        },
        "account-affords",
        "K affords $4.00 at least: a/b answered instead of being refused (it cost $0.25).",
        None,
    ),
    (
        {
            "answer": told(limit_remaining=9),
            "probe_afford": Decimal(5),
            "afford": Probe(plan=LONG, answer=answered(Completion(model="a/b", cost=None))),
        },
        "probe-undecided",
        (
            "K: whether $5.00 can be afforded is not known: a/b answered instead of being refused (its "
            "cost is not told), which shows no more than $4.00."
        ),
        "Ask a management key for the balance instead.",
    ),
    (
        {
            "answer": told(limit_remaining=9),
            "probe_afford": Decimal(5),
            "afford": Probe(plan=LONG, answer=refused(Meaning.RATE_LIMITED, 429)),
        },
        "service-rate-limited",
        "K could not be checked: OpenRouter asks to slow down (HTTP 429).",
        None,
    ),
    (
        {
            "answer": told(limit_remaining=9),
            "probe_afford": Decimal(5),
            "afford": Probe(plan=LONG, answer=refused(Meaning.OUTAGE, 502)),
        },
        "probe-undecided",
        (
            "K: whether the $5.00 of --probe-afford can be afforded is not known (HTTP 502); it may have "
            "been carried out, at a cost of at most $4.10."
        ),
        None,
    ),
]


@pytest.mark.parametrize(("known", "rule", "message", "help_"), [*MODELS, *HYGIENE, *PROBES])
def test_a_release_is_told_what_is_wrong_and_what_to_do(
    known: dict[str, Any], rule: str, message: str, help_: str | None
) -> None:
    _, (finding,) = judge(facts(**known), NOW)
    assert (finding.rule.name, finding.message) == (rule, message)
    assert finding.help == (help_ or finding.rule.fix)


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
        "has no completion price of its own to compare, as a router has none.",
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
    assert [finding.rule.name for finding in findings] == rules
