"""The surroundings of a rotation: time, and people."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from openrouter_preflight.clock import Clock


def new_nonce() -> str:
    """Eight random hex digits, which tell one creation from another."""
    return secrets.token_hex(4)


@dataclass(frozen=True, slots=True, kw_only=True)
class RotationContext:
    """Passed in, so that each can be another in a test."""

    clock: Clock
    remaining: Callable[[], float]
    """Seconds until the command's deadline."""
    notify: Callable[[str], None]
    """Hears what a person should know while the rotation goes on."""
    confirm: Callable[[Sequence[str]], bool]
    """Shows a person what is about to happen; False: it must not."""
    nonce: Callable[[], str] = new_nonce
