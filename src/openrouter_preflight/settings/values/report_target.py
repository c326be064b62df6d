"""The kind of value that `--report` takes: FORMAT=PATH."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from openrouter_preflight.settings.model import FORMATS
from openrouter_preflight.settings.redact import did_you_mean
from openrouter_preflight.settings.values.value_type import BadValueError, ValueType, either, path

if TYPE_CHECKING:
    from pathlib import Path


def report(text: str) -> tuple[str, Path]:
    """The format and the file of a report. Raises BadValueError."""
    name, separator, file = text.partition("=")
    if not separator:
        raise BadValueError("the `=` is missing")
    if name not in FORMATS:
        raise BadValueError(did_you_mean(name, FORMATS) or f"the formats are {either(FORMATS)}")
    if file in {"", "-"}:
        raise BadValueError("standard output gets what --format says" if file else "the path is missing")
    return name, path(file)


REPORT: Final = ValueType(
    metavar="FORMAT=PATH",
    expected="a format and a path such as json=preflight.json",
    convert=report,
)
