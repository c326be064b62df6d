"""Option: one row of the table in `options`, from which flags, variables and words of the config file are made."""

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
    """One option: a flag on the command line, a variable in the environment, perhaps a word in the config file."""

    name: str
    """`min-balance`: the flag without its dashes, and the word in the config file."""
    value: ValueType
    help: str
    """One sentence, with the units."""
    default: object = None
    """What holds where nothing is said, for help and reference; None where that is nothing."""
    field: str = ""
    """The field of the settings it fills, where that is not its own name."""
    repeatable: bool = False
    holds_paths: bool = False
    """Whether its values are paths: a flag then takes one as it is, since a path may hold blanks and commas."""
    negatable: bool = False
    """Whether `--no-NAME` exists, to take back what the environment or the file asks."""
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
        """Whether it is on or off and takes no value."""
        return self.value is values.BOOLEAN

    def read(self, text: str) -> object:
        """Parse `text`, of a list every value: newlines, commas or blanks part them. Raises BadValueError.

        A value with one of these in it stands in double quotes.
        """
        if not self.repeatable:
            return self.value.parse(text)
        return tuple(self.value.parse(value.replace('"', "")) for value in _VALUES.findall(text))

    def variable(self, command: str) -> str:
        """The environment variable that stands for it: `OPENROUTER_PREFLIGHT_CHECK_MIN_BALANCE`."""
        return f"{ENVIRONMENT_PREFIX}_{command}_{self.parameter}".upper()
