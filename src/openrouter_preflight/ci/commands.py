"""The commands that CI systems read from a log, and their escaping. Nothing is printed here.

A log line is dangerous wherever a runner would read a command out of it: GitHub takes `::name::` at the start of a
line, after blanks, and `##[name]` anywhere; Azure takes `##vso[` and `##[` anywhere. `defuse` takes that power from
every line that is not meant as a command.
"""

from __future__ import annotations

import re
from typing import Final

_BRACKET_COMMAND: Final = re.compile(r"##(?=\w*\[)")


def defuse(line: str) -> str:
    r"""`line` so that no runner reads a command out of it; the broken character stays readable as `\x3a` or `\x23`."""
    start = len(line) - len(line.lstrip())
    if line.startswith("::", start):
        line = f"{line[:start]}\\x3a{line[start + 1 :]}"
    return _BRACKET_COMMAND.sub(r"#\\x23", line)
