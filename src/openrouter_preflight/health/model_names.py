"""Names of models in any text: what has the shape `vendor/model`, wherever it stands. Pure.

Everything that has the shape is found; whether it is a model is for the catalogue to say, by its vendors. What is part
of a longer path, of a package's name, or ends as a file does is not even asked about.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from openrouter_preflight.health.models import ROUTING_SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

_PREFIX: Final = "openrouter/"
"""LiteLLM's name for the provider, before the model's own."""
_NAME: Final = re.compile(
    r"(?:(?<![\w./@~\\%$-])|(?<=:-))"
    r"((?:openrouter/)?~?[a-z0-9][a-z0-9-]{1,40}/[a-z0-9][a-z0-9._-]{1,80}(?::[a-z0-9-]{2,20})?)"
    r"(?![\w/@(*{-]|[.:]\w)"
)
_VARIANTS: Final = frozenset({":free", ":extended", ":thinking", ":beta", *ROUTING_SUFFIXES})
_FILE_ENDINGS: Final = re.compile(
    r"\.(?:py|pyi|js|mjs|cjs|ts|tsx|jsx|json|jsonl|ya?ml|toml|md|rst|txt|html?|css|sh|go|rs|rb|java|php|lock|cfg|ini|"
    r"proto|png|svg|jpe?g|gif|pdf|csv|zip|gz|env|git)$"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A name that has the shape of a model's, and where it stands."""

    name: str
    line: int
    """From 1."""


def mentions(text: str) -> Iterator[Mention]:
    """Every name of the shape, in order, LiteLLM's prefix taken off."""
    for number, line in enumerate(text.splitlines(), start=1):
        for found in _NAME.finditer(line):
            name = _cleaned(found[1])
            if name is not None:
                yield Mention(name, number)


def vendors_of(names: Iterable[str]) -> frozenset[str]:
    """Whose models they are."""
    return frozenset(name.lstrip("~").partition("/")[0] for name in names)


def may_be_model(name: str, vendors: Collection[str], *, near: bool) -> bool:
    """Whether a name that the catalogue does not have is likely a model's: of a known vendor, and spelled like one.

    A name without any digit is believed only if it is `near` one that the catalogue has: `openai/openai-python` is a
    repository, not a model.
    """
    vendor, _, model = name.lstrip("~").partition("/")
    return vendor in vendors and (near or any(letter.isdigit() for letter in model))


def _cleaned(found: str) -> str | None:
    name = found.rstrip("._-")
    if name.count("/") == 2:
        name = name.removeprefix(_PREFIX)
    stem, colon, variant = name.rpartition(":")
    if colon and colon + variant not in _VARIANTS:
        return None
    return None if _FILE_ENDINGS.search(stem if colon else name) else name
