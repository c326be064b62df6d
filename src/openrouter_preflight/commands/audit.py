"""The `audit` command, in the real world or in the simulator's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openrouter_preflight.commands.account import open_account
from openrouter_preflight.manage.audit.audit import audit as audit_account

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from openrouter_preflight.clock import Clock
    from openrouter_preflight.findings import Outcome
    from openrouter_preflight.settings.manage.model import AuditSettings


def audit(
    settings: AuditSettings,
    *,
    environ: Mapping[str, str],
    clock: Clock,
    progress: Callable[[int, int | None], None],
) -> Outcome:
    """Audit every key of the management key's account. Raises UsageError."""
    with open_account(settings.service, environ=environ, clock=clock, simulate=settings.simulate) as access:
        return audit_account(
            settings,
            access.management,
            now=clock.now(),
            remaining=lambda: access.client.remaining,
            progress=progress,
        )
