"""Model names in any text, by the shape `vendor/model`. Pure.

Everything that has the shape is found; whether it is a model is for the catalogue to say, by its names. What is part
of a longer path, of a package's name, or ends as a file does is not even asked about.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from openrouter_preflight.health.models.matching import ROUTING_SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

_PREFIX: Final = "openrouter/"
"""LiteLLM's name for the provider, before the model's own."""
_NAME: Final = re.compile(
    r"(?:(?<![\w./@~\\%$-])|(?<=:-))"
    r"((?:openrouter/)?~?[a-z0-9][a-z0-9-]{1,40}/[a-z0-9][a-z0-9._-]{1,80}(?::[a-z0-9-]{2,20})?)"
    r"(?![\w/(*{-]|@(?!preset/)|[.:]\w)"
)
_MARK: Final = re.compile(r"""model\w{0,20}["'`]?\s{0,4}[:=(,]\s{0,4}["'`]?$""", re.IGNORECASE)
_MARK_LENGTH: Final = 40
"""Characters before a name in which its mark stands."""
_NEAR: Final = 0.8
"""Likeness, of 1, from which one name of a vendor is taken for another misspelled."""
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
    is_marked: bool = False
    """True where the text before it calls it a model: `model: …`, `"model_name": "…"`, `MODEL=…`."""


def mentions(text: str) -> Iterator[Mention]:
    """Return every name of the shape in order, without prefixes and presets."""
    for number, line in enumerate(text.splitlines(), start=1):
        for found in _NAME.finditer(unescaped := line.replace("\\/", "/")):
            name = _cleaned(found[1])
            if name is not None:
                start = found.start(1)
                is_marked = _MARK.search(unescaped, max(start - _MARK_LENGTH, 0), start) is not None
                yield Mention(name, number, is_marked)


class Guess(Enum):
    """The likely meaning of a name that no catalogue has."""

    MODEL = auto()
    """A model that is gone, or misspelled."""
    PERHAPS = auto()
    """A model or something else of the same owner, such as a repository."""
    OTHER = auto()


def by_vendor(names: Iterable[str]) -> Mapping[str, Collection[str]]:
    """The catalogue's names by whose models they are, variants under the plain name."""
    known: dict[str, set[str]] = {}
    for name in names:
        vendor, _, model = name.lstrip("~").partition("/")
        known.setdefault(vendor, set()).add(model.partition(":")[0])
    return known


def guess(name: str, known: Mapping[str, Collection[str]], *, is_marked: bool) -> Guess:
    """Return the likely meaning of a name, by the catalogue's names `by_vendor`.

    `openai/gpt-5-none` is of a known family; `openai/openai-python` is a repository; of `google/palm-2` nobody can
    tell, unless it `is_marked` as a model where it stands.
    """
    vendor, _, model = name.lstrip("~").partition("/")
    siblings, plain = known.get(vendor, ()), model.partition(":")[0]
    if not siblings:
        return Guess.OTHER
    if get_close_matches(plain, siblings, n=1, cutoff=_NEAR):
        return Guess.MODEL
    if not any(letter.isdigit() for letter in plain):
        return Guess.PERHAPS if is_marked else Guess.OTHER
    is_of_family = _family(plain) in {_family(sibling) for sibling in siblings}
    return Guess.MODEL if is_marked or is_of_family else Guess.PERHAPS


def _family(model: str) -> str:
    """The letters that it begins with: `gpt` of `gpt-4.1-mini`."""
    return re.split(r"[^a-z]", model, maxsplit=1)[0]


def _cleaned(found: str) -> str | None:
    name = found.rstrip("._-")
    if name.count("/") == 2:
        name = name.removeprefix(_PREFIX)
    stem, colon, variant = name.rpartition(":")
    if colon and colon + variant not in _VARIANTS:
        return None
    return None if _FILE_ENDINGS.search(stem if colon else name) else name
