"""One object of a JSON report, read field by field, strictly typed."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from enum import StrEnum

_LARGEST_NUMBER: Final = 10**18
_LARGEST_EXPONENT: Final = 15
_FINGERPRINT: Final = re.compile(r"[0-9a-f]{64}")

_E = TypeVar("_E", bound="StrEnum")
_T = TypeVar("_T")


class ReportError(ValueError):
    """The text is no report that this version can use; the message says why."""


class JsonObject:
    """One object of the report, read by the names and types of its fields."""

    def __init__(self, value: object) -> None:
        """Take a parsed value. This and every method raise ReportError."""
        if not isinstance(value, dict):
            raise ReportError("a part of it is no object")
        self._value: dict[str, Any] = value

    def text(self, name: str) -> str:
        """The text of that name."""
        found = self.maybe_text(name)
        if found is None:
            raise ReportError(f"its field `{name}` is missing")
        return found

    def maybe_text(self, name: str) -> str | None:
        """The text of that name; None where there is none."""
        return self._maybe(name, str)

    def flag(self, name: str) -> bool:
        """The truth value of that name."""
        found = self.maybe_flag(name)
        if found is None:
            raise ReportError(f"its field `{name}` is missing")
        return found

    def maybe_flag(self, name: str) -> bool | None:
        """The truth value of that name; None where there is none."""
        return self._maybe(name, bool)

    def count(self, name: str) -> int:
        """The whole number of that name, from 0."""
        found = self.maybe_count(name)
        if found is None:
            raise ReportError(f"its field `{name}` is missing")
        return found

    def maybe_count(self, name: str) -> int | None:
        """The whole number of that name; None where there is none."""
        found = self._value.get(name)
        if found is None:
            return None
        if isinstance(found, bool) or not isinstance(found, int) or not 0 <= found <= _LARGEST_NUMBER:
            raise ReportError(f"its field `{name}` is no count")
        return found

    def amount(self, name: str) -> Decimal | None:
        """USD, as the text that a report holds them in."""
        found = self.maybe_text(name)
        if found is None:
            return None
        try:
            amount = Decimal(found)
        except ArithmeticError:
            raise ReportError(f"its field `{name}` is no amount") from None
        if not amount.is_finite() or abs(amount.adjusted()) > _LARGEST_EXPONENT:
            raise ReportError(f"its field `{name}` is no amount")
        return amount

    def moment(self, name: str) -> datetime | None:
        """The time of that name, with its zone."""
        found = self.maybe_text(name)
        if found is None:
            return None
        try:
            moment = datetime.fromisoformat(found)
        except ValueError:
            raise ReportError(f"its field `{name}` is no time") from None
        if moment.tzinfo is None:
            raise ReportError(f"its field `{name}` has no time zone")
        return moment

    def fingerprint(self, name: str) -> str | None:
        """The SHA-256 of that name."""
        found = self.maybe_text(name)
        if found is not None and not _FINGERPRINT.fullmatch(found):
            raise ReportError(f"its field `{name}` is no fingerprint")
        return found

    def word(self, name: str, words: type[_E]) -> _E:
        """The value of that name, one of `words`."""
        try:
            return words(self.text(name))
        except ValueError:
            raise ReportError(f"its field `{name}` has a value that this version does not know") from None

    def objects(self, name: str, read: Callable[[JsonObject], _T]) -> tuple[_T, ...]:
        """The list of that name, each entry read; empty where an older version wrote none."""
        found = self._maybe(name, list)
        return tuple(read(JsonObject(entry)) for entry in found or ())

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts of that name; empty where an older version wrote none."""
        found: list[object] = self._maybe(name, list) or []
        if not all(isinstance(entry, str) for entry in found):
            raise ReportError(f"its field `{name}` is no list of texts")
        return tuple(map(str, found))

    def pairs(self, name: str) -> tuple[tuple[str, str], ...]:
        """Return an object's texts by field; empty in older versions."""
        found: dict[str, object] = self._maybe(name, dict) or {}
        if not all(isinstance(value, str) for value in found.values()):
            raise ReportError(f"its field `{name}` holds more than texts")
        return tuple((key, str(value)) for key, value in found.items())

    def maybe(self, name: str, read: Callable[[JsonObject], _T]) -> _T | None:
        """The object of that name, read; None where there is none."""
        found = self._value.get(name)
        return None if found is None else read(JsonObject(found))

    def days(self, name: str) -> float | None:
        """The number of days of that name; None for one without an end."""
        found = self._value.get(name)
        if found is None:
            return None
        if isinstance(found, bool) or not isinstance(found, int | float) or abs(found) > _LARGEST_NUMBER:
            raise ReportError(f"its field `{name}` is no number")
        return float(found) if isfinite(found) else None

    def has(self, name: str, kind: type) -> bool:
        """Tell if that name holds a value of that kind."""
        return isinstance(self._value.get(name), kind)

    def _maybe(self, name: str, kind: type[_T]) -> _T | None:
        found = self._value.get(name)
        if found is not None and not isinstance(found, kind):
            raise ReportError(f"its field `{name}` is of another kind")
        return found
