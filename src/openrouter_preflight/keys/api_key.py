"""ApiKey, the only type that holds a secret. Only `reveal` gives it back."""

from __future__ import annotations

from openrouter_preflight.keys.key_format import OPENROUTER, format_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final, NoReturn

PREFIX: Final = OPENROUTER.prefix
BODY_LENGTH: Final = OPENROUTER.body_length
LENGTH: Final = OPENROUTER.length
HEX_DIGITS: Final = OPENROUTER.alphabet


class ApiKey:
    """An API key that never shows itself.

    Every way of turning it into text (repr, str, format, logging, a dataclass's repr) shows `label`. Copies are
    the object itself, and it refuses to be pickled. Two keys are equal when their secrets are. The secret is kept in
    a function's closure, so that what walks over attributes or asks for the state (debuggers, crash reporters,
    serializers) meets a function instead of it.
    """

    __slots__ = ("_ApiKey__fingerprint", "_ApiKey__secret")
    __secret: Callable[[], str]
    __fingerprint: str

    def __init__(self, secret: str) -> None:
        """Hold `secret` as it is; `keys.diagnosis` judges its shape."""
        object.__setattr__(self, "_ApiKey__secret", lambda: secret)
        object.__setattr__(self, "_ApiKey__fingerprint", "")

    def reveal(self) -> str:
        """Return the secret itself, for the one place that puts it into a request header."""
        return self.__secret()

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the key in lower-case hex, the API's `hash` (API.md §4)."""
        if not self.__fingerprint:
            from hashlib import sha256

            object.__setattr__(self, "_ApiKey__fingerprint", sha256(self._encoded()).hexdigest())
        return self.__fingerprint

    @property
    def label(self) -> str:
        """The API's masked form (API.md §1): first 12 characters, `...`, last 3.

        The public prefix is 9 of those 12. A key of another shape shows only 3 at each end, so that no label
        reveals more than 6 characters of a secret.
        """
        secret = self.reveal()
        shape = format_of(secret)
        if shape and shape.matches(secret):
            return f"{secret[: len(shape.prefix) + 3]}...{secret[-3:]}"
        if len(secret) >= 32 and secret.isascii() and secret.isprintable():
            return f"{secret[:3]}...{secret[-3:]}"
        return "(masked)"

    def has_ends(self, start: str, end: str) -> bool:
        """Return whether the secret starts and ends so, as a masked label says."""
        secret = self.reveal().lower()
        return secret.startswith(start.lower()) and secret.endswith(end.lower())

    @property
    def is_well_formed(self) -> bool:
        """True for `sk-or-v1-` and 64 hex digits of either case."""
        secret = self.reveal()
        shape = format_of(secret)
        return shape is not None and shape.matches(secret)

    def _encoded(self) -> bytes:
        """The secret's bytes; surrogates stand for bytes that were not UTF-8."""
        return self.reveal().encode("utf-8", "surrogatepass")

    def __repr__(self) -> str:
        return f"<ApiKey {self.label}>"

    def __str__(self) -> str:
        return self.label

    def __format__(self, spec: str) -> str:
        return format(self.label, spec)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ApiKey):
            return NotImplemented
        from hmac import compare_digest

        return compare_digest(self._encoded(), other._encoded())

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def __copy__(self) -> ApiKey:
        return self

    def __deepcopy__(self, memo: object) -> ApiKey:
        return self

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("an ApiKey is never serialized: pass the fingerprint or the label instead")

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("an ApiKey cannot be changed")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("an ApiKey cannot be changed")
