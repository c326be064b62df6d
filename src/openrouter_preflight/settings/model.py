"""Frozen settings: flags, environment and config file joined."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, timedelta
    from decimal import Decimal
    from pathlib import Path

DEFAULT_KEY_ENV: Final = "OPENROUTER_API_KEY"
DEFAULT_MANAGEMENT_KEY_ENV: Final = "OPENROUTER_MANAGEMENT_KEY"
DEFAULT_BASE_URL: Final = "https://openrouter.ai/api/v1"
FORMATS: Final = ("text", "json", "github", "markdown", "html", "sarif", "junit", "gitlab")


class OnMissing(StrEnum):
    """Policy for an unset or empty secret."""

    FAIL = "fail"
    SKIP = "skip"


class OnUnreachable(StrEnum):
    """Policy for no answer after retries."""

    FAIL = "fail"
    WARN = "warn"


class OnUnknownBalance(StrEnum):
    """Policy for a balance gate that cannot be evaluated."""

    FAIL = "fail"
    WARN = "warn"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRequirement:
    """A required model and its constraints. None and empty: not requested."""

    id: str
    max_prompt_price: Decimal | None = None
    """USD for a million tokens."""
    max_completion_price: Decimal | None = None
    """USD for a million tokens."""
    min_context: int | None = None
    """Tokens."""
    parameters: tuple[str, ...] = ()
    """Request parameters that it must support, such as `tools`."""
    modalities: tuple[str, ...] = ()
    """Inputs that it must take; outputs are written `output:image`."""
    not_expiring_within: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gates:
    """Requirements on a key. None, False and empty: not requested."""

    min_balance: Decimal | None = None
    """USD. Unasked, a key with nothing left is refused all the same."""
    min_runway: timedelta | None = None
    expected_spend: Decimal | None = None
    """USD a day that the key will spend, in place of what it spent of late."""
    expires_within: timedelta | None = None
    max_key_age: timedelta | None = None
    require_limit: bool = False
    require_models: tuple[str, ...] = ()
    models: tuple[ModelRequirement, ...] = ()
    models_from: tuple[str, ...] = ()
    """Globs of files that name models."""
    hygiene: bool = False
    """Look at the key's record, too, and warn of what looks neglected."""
    rotated_from: tuple[str, ...] = ()
    """Fingerprints of keys that this one replaced."""
    probe: str | None = None
    """The model that a tiny completion is asked of."""
    probe_afford: Decimal | None = None
    """USD that the account must afford, as its own refusal of a larger request tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """Treatment of a key that could not be checked."""

    on_missing: OnMissing = OnMissing.FAIL
    on_unreachable: OnUnreachable = OnUnreachable.FAIL
    on_unknown_balance: OnUnknownBalance = OnUnknownBalance.FAIL


class SourceKind(StrEnum):
    """Sources of a secret; never argv."""

    ENV = "env"
    ENV_FILE = "env_file"
    FILE = "file"
    STDIN = "stdin"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyTarget:
    """One key to check: its place, its name in reports, its gates."""

    name: str
    """The name in reports: the config file's, else the variable or file."""
    source: SourceKind = SourceKind.ENV
    location: str = DEFAULT_KEY_ENV
    """The variable's name or the file's path."""
    gates: Gates = field(default_factory=Gates)
    policies: Policies = field(default_factory=Policies)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSettings:
    """A whole `check`."""

    targets: tuple[KeyTarget, ...]
    env_files: tuple[Path, ...] = ()
    """.env files whose variables hold keys, the later ones first."""
    discover: bool = False
    """Also check every environment variable whose value is an OpenRouter key, with `default_gates`."""
    default_gates: Gates = field(default_factory=Gates)
    default_policies: Policies = field(default_factory=Policies)
    management_key_env: str = DEFAULT_MANAGEMENT_KEY_ENV
    base_url: str = DEFAULT_BASE_URL
    base_url_set_by: str | None = None
    """The flag or variable that set it; None: nothing did."""
    timeout: float = 10.0
    """Seconds for one request."""
    deadline: float = 30.0
    """Seconds for the whole command."""
    allow_any_shape: bool = False
    unheeded: tuple[str, ...] = ()
    """Policies of a config file that was only found, which would soften what flags or environment require."""
    absolute_globs: frozenset[str] = frozenset()
    """Absolute globs of --models-from that stand on the command line; all others stay in the repository."""
    compare: Path | None = None
    """The JSON report of an earlier run, to say what changed since."""
    simulate: str | None = None
    """The simulator's scenario, where the answers are not to be the real service's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowedKey:
    """One entry of `scan.allow`."""

    fingerprint: str
    """SHA-256 of the key, 64 lower-case hex digits."""
    reason: str
    expires: date | None = None
    """The last day on which the permission holds, in UTC; None: it does not end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanPolicy:
    """Permissions of the config file's `scan:`."""

    exclude: tuple[str, ...] = ()
    """Path globs, relative to the repository's root."""
    allow: tuple[AllowedKey, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputSettings:
    """Formats and files of reports."""

    format: str
    reports: tuple[tuple[str, Path], ...] = ()
    """`--report FORMAT=PATH`, in order."""
    verbose: bool = False
    quiet: bool = False


class ScanMode(StrEnum):
    """Source of a scan, as reports call it."""

    TREE = "tree"
    PATHS = "paths"
    STAGED = "staged"
    RANGE = "range"
    HISTORY = "history"
    STDIN = "stdin"
    PUSH = "push"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanRequest:
    """A whole `scan`, without the config file's permissions."""

    mode: ScanMode = ScanMode.TREE
    paths: tuple[str, ...] = ()
    """Files and folders in modes `paths` and `staged`; in mode `message` its one file; in mode `push` the remote's name
    and URL, as git passes them to its hook."""
    range: str | None = None
    """`A..B`, in mode `range`."""
    strict: bool = False
    policy_from: str | None = None
    """The revision to read the config file from."""
    max_file_size: int | None = None
    """Bytes over which a file is left unread (and the scan is incomplete); None for no bound."""
    shard: tuple[int, int] = (1, 1)
    """(I, N): of the history, only the I-th of N shares, I from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifySettings:
    """Settings of `scan --verify`."""

    base_url: str = DEFAULT_BASE_URL
    timeout: float = 10.0
    """Seconds for one request."""
    deadline: float = 60.0
    """Seconds for all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyEntry:
    """One entry of the config file's `keys:`."""

    name: str
    env: str
    asked: Mapping[str, object] = field(default_factory=dict)
    """The gates and policies that stand in the entry, by the name of their option's parameter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The content of a config file. An empty one is the same as none."""

    keys: tuple[KeyEntry, ...] = ()
    asked: Mapping[str, object] = field(default_factory=dict)
    """`gates:`, which hold for every key, in the same form."""
    audit: Mapping[str, object] = field(default_factory=dict)
    """`audit:`, by the name of each option's parameter."""
    scan: ScanPolicy = field(default_factory=ScanPolicy)
