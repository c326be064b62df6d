"""Frozen settings of `audit`, `revoke`, `rotate` and `run`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from openrouter_preflight.settings.manage.defaults import JOB_NAME, ROTATE_DEADLINE, SERVICE_DEADLINE, SuccessorLimit
from openrouter_preflight.settings.model import DEFAULT_BASE_URL, DEFAULT_KEY_ENV, DEFAULT_MANAGEMENT_KEY_ENV

if TYPE_CHECKING:
    from decimal import Decimal
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSettings:
    """The address, key and deadlines of a management command."""

    management_key_env: str = DEFAULT_MANAGEMENT_KEY_ENV
    base_url: str = DEFAULT_BASE_URL
    timeout: float = 10.0
    """Seconds for one request."""
    deadline: float = SERVICE_DEADLINE
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


class RotateMode(StrEnum):
    """The extent of a `rotate`."""

    ROTATE = "rotate"
    STATUS = "status"
    """Say how far the rotation is; write nothing."""
    FINISH = "finish"
    """Go on once the new key is handed over."""


DEFAULT_SILENCE: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class RotateSettings:
    """A whole `rotate`."""

    service: ServiceSettings = field(default_factory=lambda: ServiceSettings(deadline=ROTATE_DEADLINE))
    fingerprint: str | None = None
    key_env: str | None = None
    """The variable that holds the key to replace, where its fingerprint is not given."""
    mode: RotateMode = RotateMode.ROTATE
    to: tuple[str, ...] = ()
    """Destinations, as they are written."""
    ttl: timedelta | None = None
    limit: SuccessorLimit = SuccessorLimit.SAME
    silence: timedelta = DEFAULT_SILENCE
    """Time without use of the old key; zero: no watch."""
    delete: bool = False
    yes: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSettings:
    """A whole `run`."""

    service: ServiceSettings = field(default_factory=ServiceSettings)
    command: tuple[str, ...] = ()
    limit: Decimal | None = None
    """USD; None only where leftovers are swept."""
    ttl: timedelta | None = None
    name: str = JOB_NAME
    workspace: str | None = None
    variable: str = DEFAULT_KEY_ENV
    """The variable in which the command finds the key."""
    sweep: bool = False
    dry_run: bool = False
