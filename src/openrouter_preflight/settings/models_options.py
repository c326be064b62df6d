"""The rows of `options` that the command `models` has, and what they fill."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from openrouter_preflight.settings.model import DEFAULT_BASE_URL, DEFAULT_KEY_ENV
from openrouter_preflight.settings.option import Option
from openrouter_preflight.settings.shared_options import CONFIG, SIMULATE, service_options
from openrouter_preflight.settings.values import value_type as values


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelsSettings:
    """A whole `models`."""

    key_env: str = DEFAULT_KEY_ENV
    is_key_required: bool = False
    """True where the variable was named: it must hold a key."""
    patterns: tuple[str, ...] = ()
    successors: tuple[str, ...] = ()
    format: str = "text"
    base_url: str = DEFAULT_BASE_URL
    timeout: float = 10.0
    deadline: float = 30.0
    simulate: str | None = None


MODELS: Final = (
    Option(
        name="key-env",
        value=values.VARIABLE,
        default="the first key of the config file, else OPENROUTER_API_KEY",
        help="List what the key in this environment variable may use.",
    ),
    Option(
        name="successors",
        value=values.MODEL,
        repeatable=True,
        help="Say what to move to from these models, which are gone or expire.",
    ),
    *service_options(ModelsSettings().deadline),
    SIMULATE,
    CONFIG,
    Option(name="format", value=values.choice(("text", "json")), default="text", help="How to list them."),
)
