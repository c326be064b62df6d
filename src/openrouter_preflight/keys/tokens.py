"""Workload-identity tokens: JWTs that act as a key (API.md §4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

_ISSUER: Final = "https://openrouter.ai"
_JSON_START: Final = "eyJ"
"""`{"` in base64, with which both parts of every JWT begin."""


@dataclass(frozen=True, slots=True)
class Token:
    """The claims of a token that matter here. Its signature is OpenRouter's to verify."""

    expires_at: datetime | None
    """UTC; None where it does not say."""


def read_token(text: str) -> Token | None:
    """Return OpenRouter's token in `text`, else None. Never raises."""
    parts = text.split(".")
    if len(parts) != 3 or not all(parts) or not all(part.startswith(_JSON_START) for part in parts[:2]):
        return None
    claims = _claims(parts[1])
    issuer = claims.get("iss")
    if not isinstance(issuer, str) or issuer.rstrip("/") != _ISSUER:
        return None
    return Token(expires_at=_moment(claims.get("exp")))


def _claims(part: str) -> dict[str, object]:
    from base64 import urlsafe_b64decode
    from json import loads

    try:
        claims = loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def _moment(seconds: object) -> datetime | None:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
