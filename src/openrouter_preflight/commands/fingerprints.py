"""Whole fingerprints from 12 digits, the address of a key's page, or a report."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from openrouter_preflight.commands.scan import scan
from openrouter_preflight.errors import PreflightError, UsageError
from openrouter_preflight.findings.json_object import ReportError
from openrouter_preflight.findings.read_report import LARGEST, read_report
from openrouter_preflight.settings.model import ScanMode, ScanRequest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from openrouter_preflight.clock import Clock
    from openrouter_preflight.findings import Outcome

_KEY_PAGE: Final = "https://openrouter.ai/keys/"
_WHOLE: Final = 64
_BEGINNING: Final = re.compile(r"[0-9a-f]{12,63}")
_GIVE_IT_WHOLE: Final = "Give it whole, as `scan --format json` shows it."


def is_beginning(text: str) -> bool:
    """Tell if it may be the beginning of a fingerprint, as reports shorten it."""
    return bool(_BEGINNING.fullmatch(text))


def without_page(text: str) -> str:
    """The fingerprint as it was given, or at the end of the address of its key's page."""
    return text.strip().lower().removeprefix(_KEY_PAGE)


def whole_fingerprints(
    given: Iterable[str], *, folder: Path, environ: Mapping[str, str], clock: Clock
) -> tuple[str, ...]:
    """Complete each beginning in `given` by the keys of index and working tree.

    Raises UsageError for a beginning that fits none or several of the keys found.
    """
    wanted = tuple(given)
    if not any(map(is_beginning, wanted)):
        return wanted
    found = _found_here(folder, environ, clock)
    return tuple(_whole(text, found) if is_beginning(text) else text for text in wanted)


def fingerprints_in_report(path: Path) -> tuple[str, ...]:
    """Return the leaked keys' fingerprints in a JSON report. Raises UsageError."""
    try:
        with path.open("rb") as file:
            outcome = read_report(file.read(LARGEST + 1)).outcome
    except OSError as error:
        raise UsageError(f"--from-report: {path} cannot be read: {error.strerror}.") from None
    except ReportError as error:
        hint = "Name a file that `scan --report json=FILE` wrote."
        raise UsageError(f"--from-report: {path} cannot be used: {error}.", hint) from None
    return tuple(leaked(outcome))


def leaked(outcome: Outcome) -> dict[str, None]:
    """The fingerprints of the keys that are leaks, in the order found."""
    leaks = (finding.fingerprint for finding in outcome.findings if finding.rule.is_leak)
    return dict.fromkeys(fingerprint for fingerprint in leaks if fingerprint is not None)


def _found_here(folder: Path, environ: Mapping[str, str], clock: Clock) -> dict[str, None]:
    """The keys of the index, of which there may be none here, and of the working tree."""
    found: dict[str, None] = {}
    for mode in (ScanMode.STAGED, ScanMode.TREE):
        try:
            outcome = scan(ScanRequest(mode=mode), config_path=None, folder=folder, environ=environ, clock=clock)
        except UsageError:
            raise
        except PreflightError:
            continue
        found |= leaked(outcome)
    return found


def _whole(beginning: str, found: Iterable[str]) -> str:
    fitting = [fingerprint for fingerprint in found if fingerprint.startswith(beginning)]
    if len(fitting) == 1:
        return fitting[0]
    how_many = "no key" if not fitting else f"{len(fitting)} keys"
    raise UsageError(
        f"{how_many} in the index or the working tree has a fingerprint that begins with {beginning}.", _GIVE_IT_WHOLE
    )
