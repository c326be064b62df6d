"""Option: one row of the table in `options`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from openrouter_preflight.settings.values import value_type as values

if TYPE_CHECKING:
    from openrouter_preflight.settings.values.value_type import ValueType

ENVIRONMENT_PREFIX: Final = "OPENROUTER_PREFLIGHT"
_VALUES: Final = re.compile(r'(?:"[^"\n]*"|[^\s,"]|"(?=[^"\n]*(?:\n|\Z)))+')


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option: a flag, a variable, perhaps a field of the config file."""

    name: str
    """`min-balance`: the flag without its dashes, and the word in the config file."""
    value: ValueType
    help: str
    """One sentence, with the units."""
    default: object = None
    """The default for help and reference; None where that is nothing."""
    field: str = ""
    """The field of the settings it fills, where that is not its own name."""
    repeatable: bool = False
    holds_paths: bool = False
    """True for paths: a flag takes one as it is, with blanks and commas."""
    negatable: bool = False
    """True where `--no-NAME` takes back what environment or file set."""
    also_from: str = ""
    """A variable that other programs know too, read where neither flag nor our own variable is given."""
    alias: str = ""
    """Another spelling in the config file."""

    @property
    def flag(self) -> str:
        """`--min-balance`."""
        return f"--{self.name}"

    @property
    def parameter(self) -> str:
        """`min_balance`: its name among parsed parameters."""
        return self.name.replace("-", "_")

    @property
    def fills(self) -> str:
        """The field of the settings that its value fills."""
        return self.field or self.parameter

    @property
    def summary(self) -> str:
        """Its help with the default, for people."""
        default = f"{self.default:g}" if isinstance(self.default, float) else self.default
        return self.help if default is None else f"{self.help} Default: {default}."

    @property
    def is_switch(self) -> bool:
        """True for an option without a value."""
        return self.value is values.BOOLEAN

    def read(self, text: str) -> object:
        """Parse `text`; a list is parted by newlines, commas or blanks.

        A value with one of these in it stands in double quotes.
        """
        if not self.repeatable:
            return self.value.parse(text)
        return tuple(self.value.parse(value.replace('"', "")) for value in _VALUES.findall(text))

    def variable(self, command: str) -> str:
        """The option's environment variable, such as OPENROUTER_PREFLIGHT_CHECK_STRICT."""
        return f"{ENVIRONMENT_PREFIX}_{command}_{self.parameter}".upper()
