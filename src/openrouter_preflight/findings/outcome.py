"""Outcome: everything one run learned, which is all that a report may see."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Final

from openrouter_preflight.findings.severity import Severity

if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal

    from openrouter_preflight.findings.finding import Finding
    from openrouter_preflight.findings.key_state import KeyState


SCHEMA: Final = "openrouter-preflight/1"
"""The schema of the JSON report."""


class Verdict(StrEnum):
    """The answer of a run. Fail beats incomplete, incomplete beats pass."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    INCOMPLETE = "incomplete"


class ExitCode(IntEnum):
    """The exit codes of the process (README.md)."""

    PASS = 0
    FAIL = 1
    USAGE = 2
    INCOMPLETE = 3
    INTERRUPTED = 130


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling:
    """One limit on what a key may spend, in USD."""

    name: str
    """`key_limit`, `account`, or the scope of a budget as the API names it."""
    remaining: Decimal
    """Zero or less: requests are refused."""
    limit: Decimal | None = None
    spent: Decimal | None = None
    reset_interval: str | None = None
    """`daily`, `weekly` or `monthly`; None: it never resets."""
    resets_at: datetime | None = None
    """UTC."""
    certain: bool = True
    """False where the figure is best effort, such as an account's balance told to an ordinary key."""
    include_byok: bool = False
    """True where spending through providers' own keys counts, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeRequests:
    """The account's requests to `:free` models today, which reset at UTC midnight."""

    used: int | None
    limit: int | None
    remaining: int
    resets_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyUsage:
    """The spend of a key in USD: in all, and in the current UTC day, week, month."""

    total: Decimal | None = None
    day: Decimal | None = None
    week: Decimal | None = None
    month: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountStatus:
    """The account's money, in USD; None where it is not known."""

    balance_usd: Decimal | None = None
    credits_usd: Decimal | None = None
    """Everything ever bought."""
    usage_usd: Decimal | None = None
    """Everything ever spent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyStatus:
    """One key's row in a report."""

    name: str
    source: str
    """The source of the secret: `env`, `env_file`, `file` or `stdin`."""
    state: KeyState
    kind: str = "unknown"
    """`inference`, `management` or `unknown`."""
    fingerprint: str | None = None
    label: str | None = None
    spendable_usd: Decimal | None = None
    """The smallest known ceiling, in USD; None when no ceiling is known."""
    spendable_is_certain: bool = False
    """False where it is an upper bound: a ceiling that could be lower, the account's balance, is not known."""
    binding_ceiling: str | None = None
    """The name of that ceiling."""
    resets_at: datetime | None = None
    """When that ceiling next resets, in UTC; None when it never does or none binds."""
    expires_at: datetime | None = None
    runway_days: float | None = None
    """Until requests first fail at the expected rate; infinite where they do not within ten years."""
    ceilings: tuple[Ceiling, ...] = ()
    """Every known ceiling, in the order in which enforcement checks them."""
    daily_spend_usd: tuple[tuple[date, Decimal], ...] = ()
    """The account's spend of completed UTC days, oldest first, where it is known."""
    free_requests: FreeRequests | None = None
    """The daily quota of free requests, where the key reports it."""
    usage: KeyUsage | None = None
    """With what went to providers' own keys, where the key's limit counts that."""
    name_at_openrouter: str | None = None
    workspace: str | None = None
    """The name of its workspace."""
    created_at: datetime | None = None
    last_used_at: datetime | None = None
    """The latest use recorded since the end of 2025."""
    disabled: bool | None = None
    skipped_because: str | None = None
    """The reason why it was not checked, as a clause; None where its secret is missing, which was allowed."""
    judged: tuple[str, ...] = ()
    """Names of the rules that the key was held against, each once; empty where that is not told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefTips:
    """The state of a repository's refs, equal for clones with the same refs."""

    count: int
    digest: str
    """SHA-256 of all names with what they point to, in hex."""
    head: str | None = None
    """The commit that is checked out."""
    tips: tuple[tuple[str, str], ...] = ()
    """Names with the objects that they point to, of the refs that matter most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanSummary:
    """The extent of a scan."""

    mode: str
    objects: int
    bytes: int
    commits: int = 0
    complete: bool = True
    shard: tuple[int, int] | None = None
    """(I, N): only the I-th of N shares of the history was read."""
    repository: str | None = None
    """The name of the repository, where it is known."""
    refs: RefTips | None = None
    """The state in which the history was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteRow:
    """One write that was made, or that would be."""

    method: str
    """`POST`, `PATCH` or `DELETE` at OpenRouter; `HAND OVER` for a key that goes to a destination."""
    path: str
    """Below the base URL, or the destination."""
    fingerprint: str | None
    """Of the key that it is about; None: it has none yet."""
    status: int | None
    """The HTTP status of the answer; None: none came, or none was requested."""
    what: str
    """The write in the imperative: `disable the key ci-bot`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The whole result of one command."""

    command: str
    findings: tuple[Finding, ...] = ()
    keys: tuple[KeyStatus, ...] = ()
    scan: ScanSummary | None = None
    account: AccountStatus | None = None
    writes: tuple[WriteRow, ...] = ()
    """Every write at OpenRouter, in order, failed ones too; in a dry run those that would be made."""
    is_dry_run: bool = False
    simulated: str | None = None
    """The simulator's scenario, where the answers are not the real service's."""
    base_url: str | None = None
    """The address that keys were sent to, where it is not the default."""
    base_url_set_by: str | None = None
    """The flag or variable that set it."""

    @property
    def verdict(self) -> Verdict:
        """Fail if an error was decided, incomplete if one could not be, else pass."""
        errors = [finding for finding in self.findings if finding.severity is Severity.ERROR]
        if any(not finding.rule.undecided for finding in errors):
            return Verdict.FAIL
        return Verdict.INCOMPLETE if errors else Verdict.PASS

    @property
    def exit_code(self) -> ExitCode:
        """The verdict as an exit status."""
        return ExitCode[self.verdict.name]

    @property
    def ordered_findings(self) -> tuple[Finding, ...]:
        """Findings with the worst first, else in the order found."""
        return tuple(sorted(self.findings, key=lambda finding: finding.severity.rank))
