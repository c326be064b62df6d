"""What `audit` and `revoke` are asked to do, once flags, environment and config file are joined."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from openrouter_preflight.settings.model import DEFAULT_BASE_URL, DEFAULT_MANAGEMENT_KEY_ENV

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSettings:
    """Where a management command asks, with which key, and for how long."""

    management_key_env: str = DEFAULT_MANAGEMENT_KEY_ENV
    base_url: str = DEFAULT_BASE_URL
    timeout: float = 10.0
    """Seconds for one request."""
    deadline: float = 120.0
    """Seconds for the whole command."""


DEFAULT_MAX_KEY_AGE: Final = timedelta(days=90)
DEFAULT_IDLE: Final = timedelta(days=90)
DEFAULT_EXPIRES_WITHIN: Final = timedelta(days=7)
DEFAULT_LOOSE_LIMIT: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditSettings:
    """A whole `audit`."""

    service: ServiceSettings = field(default_factory=ServiceSettings)
    workspaces: tuple[str, ...] = ()
    """Ids or slugs; empty: every workspace of the account."""
    max_key_age: timedelta = DEFAULT_MAX_KEY_AGE
    idle: timedelta = DEFAULT_IDLE
    expires_within: timedelta = DEFAULT_EXPIRES_WITHIN
    loose_limit: int = DEFAULT_LOOSE_LIMIT
    """A limit of more than so many times what the key spends."""
    required: frozenset[str] = frozenset()
    """The looks that were asked for, by the names of their options: what they find is an error."""
    strict: bool = False
    compare: Path | None = None
    """The JSON report of an earlier audit."""
    simulate: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeSettings:
    """A whole `revoke`."""

    service: ServiceSettings = field(default_factory=ServiceSettings)
    fingerprints: tuple[str, ...] = ()
    key_envs: tuple[str, ...] = ()
    """Variables that hold the keys to revoke."""
    from_report: Path | None = None
    """A scan's JSON report, whose leaked keys are to be revoked."""
    delete: bool = False
    yes: bool = False
    """Nobody is to be asked."""
    dry_run: bool = False
