"""The schema of the config file: its fields and their values.

Words of gates and policies come from the table of options. A new section is a few rows here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from openrouter_preflight.settings.gate_options import GATES, MODEL_CONSTRAINTS
from openrouter_preflight.settings.manage.options import LOOKS
from openrouter_preflight.settings.options import POLICIES
from openrouter_preflight.settings.values import value_type as values
from openrouter_preflight.settings.values.value_type import ValueType

if TYPE_CHECKING:
    from openrouter_preflight.settings.option import Option


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigField:
    """One word with what it takes."""

    name: str
    shape: Shape
    help: str
    required: bool = False
    otherwise: str = ""
    """The word beside it whose value it takes where it is left out."""
    result: str = ""
    """The reader's name for its value, where that is not `name`."""
    alias: str = ""
    """Another spelling; the two do not stand together."""

    @property
    def key(self) -> str:
        """The reader's name for its value."""
        return self.result or self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigMapping:
    """A mapping of known words."""

    expected: str
    words: tuple[ConfigField, ...]
    may_be_blank: bool = False
    """True where it may be empty, as when every line below it was removed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOf:
    """A list of equal things."""

    expected: str
    item: ValueType | ConfigMapping
    may_be_blank: bool = False
    """As for Words."""
    or_one: bool = False
    """True where one item may replace the list."""
    not_empty: str = ""
    """Why the list must hold something; empty where it need not."""
    unique: tuple[str, ...] = ()
    """The words whose values differ from item to item."""


Shape = ValueType | ConfigMapping | ListOf


def _word_of(option: Option) -> ConfigField:
    shape: Shape = option.value
    if option.repeatable:
        shape = ListOf(expected=f"{option.value.expected}, or a list of them", item=option.value, or_one=True)
    return ConfigField(name=option.name, shape=shape, help=option.summary, result=option.parameter, alias=option.alias)


_MODEL: Final = ConfigMapping(
    expected="an entry with `id:`",
    words=(
        ConfigField(name="id", shape=values.MODEL, required=True, help="The model's identifier."),
        *(_word_of(option) for option in MODEL_CONSTRAINTS),
    ),
)

ASKED: Final = (
    *(_word_of(option) for option in (*GATES, *POLICIES)),
    ConfigField(
        name="models",
        shape=ListOf(expected="a list of entries with `id:`", item=_MODEL, may_be_blank=True, unique=("id",)),
        help="The models that the release needs, and what each must be like.",
    ),
)
"""Fields that `gates:` and each entry of `keys:` share."""

_KEY: Final = ConfigMapping(
    expected="an entry with `env:`",
    words=(
        ConfigField(
            name="name", shape=values.KEY_NAME, otherwise="env", help="What reports call the key. Default: env."
        ),
        ConfigField(
            name="env", shape=values.VARIABLE, required=True, help="The environment variable that holds the key."
        ),
        *ASKED,
    ),
)

_ALLOWED: Final = ConfigMapping(
    expected="an entry with `fingerprint:` and `reason:`",
    words=(
        ConfigField(
            name="fingerprint",
            shape=values.FINGERPRINT,
            required=True,
            help="The SHA-256 of the key, as reports show it: 64 lower-case hex digits.",
        ),
        ConfigField(name="reason", shape=values.LINE, required=True, help="Why the key may stand in the repository."),
        ConfigField(name="expires", shape=values.DATE, help="The last day (UTC) on which it may. Default: no end."),
    ),
)

_SCAN: Final = ConfigMapping(
    may_be_blank=True,
    expected="words such as `exclude:` or `allow:`",
    words=(
        ConfigField(
            name="exclude",
            shape=ListOf(expected="a list of path globs", item=values.GLOB, or_one=True, may_be_blank=True),
            help="What `scan` leaves out: globs of paths, relative to the repository's root.",
        ),
        ConfigField(
            name="allow",
            shape=ListOf(
                expected="a list of entries with `fingerprint:`",
                item=_ALLOWED,
                may_be_blank=True,
                unique=("fingerprint",),
            ),
            help="The keys that may stand in the repository.",
        ),
    ),
)

FILE: Final = ConfigMapping(
    expected="words such as `keys:`, `gates:` or `scan:`",
    words=(
        ConfigField(
            name="keys",
            shape=ListOf(
                expected="a list of entries with `env:`",
                item=_KEY,
                not_empty="leave `keys:` out to check the usual variable",
                unique=("name", "env"),
            ),
            help="The keys that `check` looks at, unless a flag names others.",
        ),
        ConfigField(
            name="gates",
            shape=ConfigMapping(expected="words such as `min-balance:`", words=ASKED, may_be_blank=True),
            help="What holds for every key that does not say otherwise.",
        ),
        ConfigField(name="scan", shape=_SCAN, help="What `scan` leaves out, and which keys it allows."),
        ConfigField(
            name="audit",
            shape=ConfigMapping(
                expected="words such as `max-key-age:`",
                words=tuple(_word_of(option) for option in LOOKS),
                may_be_blank=True,
            ),
            help="What `audit` requires of every key of the account.",
        ),
    ),
)
