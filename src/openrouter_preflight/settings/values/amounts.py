"""Quantities: money, durations, seconds, sizes, and a share of the work."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from openrouter_preflight.settings.values.value_type import NUMBER_OR_TEXT, BadValueError, ValueType

if TYPE_CHECKING:
    from datetime import timedelta
    from decimal import Decimal

_NUMBER: Final = r"[0-9]{1,9}(?:\.[0-9]{0,9})?|\.[0-9]{1,9}"
_MOST_USD: Final = 999_999_999
_CURRENCY: Final = re.compile(r"(?:USD|US\$|\$|€|£|EUR|dollars?)", re.IGNORECASE)

_UNITS: Final = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_DIGITS: Final = {"w": 4, "d": 5, "h": 6, "m": 7, "s": 9}
"""Digits that each unit may have: no sum leaves the calendar."""
_DURATION: Final = "(?=.*[1-9])" + "".join(f"(?:([0-9]{{1,{_DIGITS[unit]}}}){unit})?" for unit in _UNITS)
_SPOKEN_UNIT: Final = {
    spoken: unit
    for unit, names in {
        "w": "w wk wks week weeks",
        "d": "d day days",
        "h": "h hr hrs hour hours",
        "m": "m min mins minute minutes",
        "s": "s sec secs second seconds",
    }.items()
    for spoken in names.split()
}

_BYTES: Final = {"": 1, "b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "kib": 2**10, "mib": 2**20, "gib": 2**30}
_LONGEST_WAIT: Final = 86_400


def usd(text: str) -> Decimal:
    """Return an amount of USD, zero or more. Raises BadValueError, with advice."""
    from decimal import Decimal

    if re.fullmatch(_NUMBER, text):
        return Decimal(text)
    raise BadValueError(_advise_number(text))


def duration(text: str) -> timedelta:
    """Return a duration above zero, such as `1d12h`: units in descending order."""
    from datetime import timedelta

    found = re.fullmatch(_DURATION, text)
    if not found:
        raise BadValueError(_advise_duration(text))
    counts = (int(digits or 0) for digits in found.groups())
    return timedelta(**dict(zip(_UNITS.values(), counts, strict=True)))


def duration_or_none(text: str) -> timedelta:
    """A time span, which may also be none at all: `0`, `0s`."""
    from datetime import timedelta

    return timedelta(0) if re.fullmatch("0+[wdhms]?", text) else duration(text)


def seconds(text: str) -> float:
    """Seconds, more than zero and at most a day."""
    if re.fullmatch(_NUMBER, text):
        count = float(text)
        if 0 < count <= _LONGEST_WAIT:
            return count
        raise BadValueError("it must be longer than zero" if count == 0 else f"at most {_LONGEST_WAIT}, a day")
    bare = re.sub(r"\s*(?:s|secs?|seconds?)$", "", text)
    raise BadValueError(f"write {bare}" if bare != text and re.fullmatch(_NUMBER, bare) else "")


def tokens(text: str) -> int:
    """A count of tokens, more than zero."""
    if not re.fullmatch(r"[1-9][0-9]{0,9}", text):
        bare = re.sub(r"[_,](?=[0-9]{3}(?:\D|$))", "", text)
        raise BadValueError(f"write {bare}" if bare != text and re.fullmatch(r"[1-9][0-9]{0,9}", bare) else "")
    return int(text)


def times(text: str) -> int:
    """A whole number of times, more than one."""
    if not re.fullmatch(r"[1-9][0-9]{0,5}", text) or text == "1":
        bare = text.strip().lower().removesuffix("x").strip()
        raise BadValueError(f"write {bare}" if bare != text and re.fullmatch(r"[1-9][0-9]{0,5}", bare) else "")
    return int(text)


def size(text: str) -> int:
    """Bytes, more than zero. MB are millions of bytes, MiB are 2 to the 20th."""
    found = re.fullmatch(r"([0-9]{1,15})\s*([A-Za-z]*)", text)
    if not found or found[2].lower() not in _BYTES:
        raise BadValueError
    count = int(found[1]) * _BYTES[found[2].lower()]
    if count == 0:
        raise BadValueError("it must be more than zero")
    return count


def shard(text: str) -> tuple[int, int]:
    """Return a share and the number of shares: (1, 4) for `1/4`."""
    found = re.fullmatch(r"([0-9]{1,4})/([0-9]{1,4})", text)
    if not found:
        raise BadValueError
    part, parts = int(found[1]), int(found[2])
    if not 1 <= part <= parts:
        raise BadValueError("shards are counted from 1")
    return part, parts


def _advise_number(text: str) -> str:
    """The plain number that was probably meant, or what is wrong with this one."""
    bare = _CURRENCY.sub("", text).strip()
    if re.fullmatch(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?", bare):
        bare = bare.replace(",", "")
    elif re.fullmatch(r"[0-9]+,[0-9]{1,2}", bare):
        bare = bare.replace(",", ".")
    if re.fullmatch(_NUMBER, bare):
        return f"write {bare}"
    if re.fullmatch(rf"-\s*(?:{_NUMBER})", bare):
        return "it cannot be negative"
    return f"at most {_MOST_USD}" if re.fullmatch(r"[0-9]{10,}(?:\.[0-9]*)?", bare) else ""


def _advise_duration(text: str) -> str:
    lowered = text.strip().lower()
    if re.fullmatch(r"[0-9]+", lowered):
        days = lowered.lstrip("0") or "0"
        return f"it has no unit: write {days}d for days or {days}h for hours" if len(days) <= 5 else "it has no unit"
    if lowered.startswith("-"):
        return "it cannot be negative"
    if re.search(r"[0-9][.,][0-9]", lowered):
        return "write whole numbers, such as 1d12h for a day and a half"
    parts = re.findall(r"([0-9]+)\s*([a-z]+)", lowered)
    if any(unit in {"mo", "month", "months", "y", "yr", "year", "years"} for _, unit in parts):
        return "months and years differ in length: write days, such as 30d or 365d"
    counts = {_SPOKEN_UNIT.get(unit, ""): count for count, unit in parts}
    meant = "".join(f"{counts[unit]}{unit}" for unit in _UNITS if unit in counts)
    if re.fullmatch(r"(?:[0-9]+[wdhms])+", meant) and not meant.strip("0wdhms"):
        return "it must be longer than zero"
    understood = "" not in counts and len(counts) == len(parts) and re.fullmatch(_DURATION, meant)
    return f"write {meant}" if understood and meant != text else ""


USD: Final = ValueType(
    metavar="USD",
    expected="an amount in USD such as 5 or 0.50",
    convert=usd,
    schema={
        "anyOf": [
            {"type": "number", "minimum": 0, "exclusiveMaximum": _MOST_USD + 1},
            {"type": "string", "pattern": f"^(?:{_NUMBER})$"},
        ]
    },
    scalars=NUMBER_OR_TEXT,
)
DURATION: Final = ValueType(
    metavar="DURATION",
    expected="a duration with its unit (w, d, h, m for minutes, s), such as 7d, 12h or 1d12h",
    convert=duration,
    schema={"type": "string", "pattern": f"^{_DURATION}$"},
)
SILENCE: Final = ValueType(
    metavar="DURATION",
    expected="a duration with its unit such as 10m or 1d, or 0",
    convert=duration_or_none,
)
SECONDS: Final = ValueType(
    metavar="SECONDS",
    expected="a number of seconds such as 10 or 2.5",
    convert=seconds,
)
TOKENS: Final = ValueType(
    metavar="TOKENS",
    expected="a number of tokens such as 128000",
    convert=tokens,
    schema={"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": "^[1-9][0-9]{0,9}$"}]},
    scalars=NUMBER_OR_TEXT,
)
TIMES: Final = ValueType(
    metavar="N",
    expected="a whole number of times such as 10",
    convert=times,
    schema={
        "anyOf": [
            {"type": "integer", "minimum": 2, "maximum": 999_999},
            {"type": "string", "pattern": "^(?:[2-9]|[1-9][0-9]{1,5})$"},
        ]
    },
    scalars=NUMBER_OR_TEXT,
)
SIZE: Final = ValueType(metavar="SIZE", expected="a size such as 10MB or 512KiB", convert=size)
SHARD: Final = ValueType(metavar="I/N", expected="a share such as 1/4", convert=shard)
