"""KeyFormat: prefix, alphabet and length, the source of all needles.

A further kind of key is a further row of FORMATS. This module imports nothing: the first look of a hook needs it.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_SHORTEST_PREFIX = 8
"""Characters below which the pieces of a prefix, as needles, would be found everywhere."""


class KeyFormat:
    """The shape of a kind of key: a prefix, then a body of fixed length."""

    __slots__ = ("alphabet", "body_length", "length", "prefix")

    def __init__(self, prefix: str, alphabet: str, body_length: int) -> None:
        """Hold a format. Raises ValueError for a prefix that is too short."""
        if len(prefix) < _SHORTEST_PREFIX or not prefix.isascii():
            raise ValueError("a prefix of 8 ASCII characters or more is needed")
        self.prefix: Final = prefix
        self.alphabet: Final = frozenset(alphabet)
        self.body_length: Final = body_length
        self.length: Final = len(prefix) + body_length

    def is_body(self, text: str) -> bool:
        """Return True for a body of the right length over the alphabet."""
        return len(text) == self.body_length and self.alphabet.issuperset(text)

    def matches(self, text: str) -> bool:
        """Return True for a whole key of this format."""
        return text.startswith(self.prefix) and self.is_body(text[len(self.prefix) :])

    @property
    def character_class(self) -> str:
        """The alphabet as the inside of a regular expression's brackets."""
        return "".join(f"\\x{ord(each):02x}" for each in sorted(self.alphabet))


OPENROUTER = KeyFormat("sk-or-v1-", "0123456789abcdefABCDEF", 64)
"""The only shape that OpenRouter issues (API.md §4)."""

FORMATS: tuple[KeyFormat, ...] = (OPENROUTER,)
"""The formats that a scan looks for."""


def format_of(text: str) -> KeyFormat | None:
    """Return the format by whose prefix `text` begins; None if there is none."""
    return next((each for each in FORMATS if text.startswith(each.prefix)), None)
