"""Masked labels in answers, compared with the key that was sent."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from openrouter_preflight.keys import ApiKey
    from openrouter_preflight.openrouter.answers import KeyInfo
    from openrouter_preflight.openrouter.request import Answer

_MASKED: Final = re.compile(r"(.{12})\.\.\.(.{3,4})")


def is_about(info: KeyInfo, key: ApiKey) -> bool | None:
    """Return True for the key's own label, None for an unknown form."""
    masked = _MASKED.fullmatch(info.label)
    if masked is None or not key.is_well_formed:
        return None
    return key.has_ends(masked[1], masked[2])


def is_ordinary_key(own: Answer[KeyInfo] | None, management_key: ApiKey | None) -> bool:
    """Return True where the management key is an ordinary key."""
    if own is None or own.data is None or management_key is None or own.data.is_management_key is not False:
        return False
    return is_about(own.data, management_key) is True
