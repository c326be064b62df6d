"""Whole fingerprints from their beginnings, which reports show."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from openrouter_preflight.errors import UsageError
from openrouter_preflight.manage.parallel import run_all

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from openrouter_preflight.manage.client import Management

WHOLE = 64
"""Digits of a fingerprint."""


@dataclass(frozen=True, slots=True)
class Completed:
    """The result of a completion."""

    whole: dict[str, str]
    """The fingerprint of each that one key has."""
    is_sure: bool
    """True if the whole account was looked through, so that others have none."""


def complete(management: Management, beginnings: Sequence[str], remaining: Callable[[], float]) -> Completed:
    """Find the keys whose fingerprints begin so. Raises UsageError for several."""
    if not beginnings:
        return Completed({}, is_sure=True)
    workspaces = management.workspaces()
    jobs = [partial(management.keys, workspace.id) for workspace in workspaces.rows]
    listings = run_all(jobs, remaining)
    known = {record.hash for listing in listings if listing is not None for record in listing.rows}
    whole = {}
    for beginning in beginnings:
        fitting = [fingerprint for fingerprint in known if fingerprint.startswith(beginning)]
        if len(fitting) > 1:
            raise UsageError(
                f"{beginning} begins the fingerprints of {len(fitting)} keys of the account.", "Give more digits."
            )
        if fitting:
            whole[beginning] = fitting[0]
    is_sure = workspaces.is_complete and all(listing is not None and listing.is_complete for listing in listings)
    return Completed(whole, is_sure=is_sure)
