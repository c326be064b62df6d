"""Gates of the table of options: requirements on a key and its models."""

from __future__ import annotations

from typing import Final

from openrouter_preflight.settings.option import Option
from openrouter_preflight.settings.values import amounts
from openrouter_preflight.settings.values import value_type as values

GATES: Final = (
    Option(
        name="min-balance",
        value=amounts.USD,
        default="0",
        help="Fail if the key can still spend less than this many USD; a key with nothing left always fails.",
    ),
    Option(
        name="min-runway",
        value=amounts.DURATION,
        help="Fail if, at the recent rate, what the key can spend would be gone sooner, or if the key expires sooner.",
    ),
    Option(
        name="expected-spend",
        value=amounts.USD,
        help="Reckon the runway with this many USD a day, in place of the recent rate.",
    ),
    Option(name="expires-within", value=amounts.DURATION, help="Fail if the key expires within this time."),
    Option(
        name="max-key-age",
        value=amounts.DURATION,
        help="Fail if the key was created longer ago; needs the management key.",
    ),
    Option(name="require-limit", value=values.BOOLEAN, negatable=True, help="Fail if the key has no spending limit."),
    Option(
        name="require-model",
        value=values.MODEL,
        field="require_models",
        alias="require-models",
        repeatable=True,
        help="Fail unless the key may use this model now.",
    ),
    Option(
        name="models-from",
        value=values.FILES,
        repeatable=True,
        holds_paths=True,
        help="Require every model that these files name, such as a LiteLLM config or source code; takes a glob.",
    ),
    Option(
        name="hygiene",
        value=values.BOOLEAN,
        negatable=True,
        help="Warn if the key is unused, unlimited, or limited far above its use; needs the management key.",
    ),
    Option(
        name="rotated-from",
        value=values.FINGERPRINT,
        repeatable=True,
        help="Fail while this key, which the checked one replaced, is still used; needs the management key.",
    ),
    Option(
        name="probe",
        value=values.MODEL,
        help="Ask this model for one tiny completion, which costs a fraction of a cent, to prove that it answers.",
    ),
    Option(
        name="probe-afford",
        value=amounts.USD,
        help="Fail unless the account affords this many USD, inferred from how it refuses a request far larger.",
    ),
)

MODEL_CONSTRAINTS: Final = (
    Option(
        name="max-prompt-price", value=amounts.USD, help="Fail if a million prompt tokens cost more than this many USD."
    ),
    Option(
        name="max-completion-price",
        value=amounts.USD,
        help="Fail if a million completion tokens cost more than this many USD.",
    ),
    Option(name="min-context", value=amounts.TOKENS, help="Fail if its context is shorter than this many tokens."),
    Option(
        name="parameters",
        value=values.WORD,
        repeatable=True,
        help="Fail unless it supports these request parameters, such as tools or structured_outputs.",
    ),
    Option(
        name="modalities",
        value=values.MODALITY,
        repeatable=True,
        help="Fail unless it takes these, such as image; output:image is for what it gives.",
    ),
    Option(
        name="not-expiring-within",
        value=amounts.DURATION,
        help="Fail if it may be removed within this time; unasked, thirty days are worth a warning.",
    ),
)
"""Fields beside a model's `id` under `models:` in the config file."""
