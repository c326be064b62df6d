"""A whole `revoke`. Nothing is parsed or reported here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openrouter_preflight.commands.account import open_account
from openrouter_preflight.manage.revoke.revoke import Revocation
from openrouter_preflight.manage.revoke.targets import read_targets

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from openrouter_preflight.clock import Clock
    from openrouter_preflight.findings import Outcome
    from openrouter_preflight.settings.manage.model import RevokeSettings


def revoke(
    settings: RevokeSettings,
    *,
    environ: Mapping[str, str],
    clock: Clock,
    confirm: Callable[[Sequence[str]], None],
) -> Outcome:
    """Switch off the named keys. Raises UsageError.

    `confirm` is shown what is about to happen, and does not return where somebody says no.
    """
    targets = read_targets(settings, environ)
    with open_account(settings.service, environ=environ, clock=clock) as access:
        run = Revocation(
            settings=settings,
            management=access.management,
            clock=clock,
            remaining=lambda: access.client.remaining,
            confirm=confirm,
        )
        return run.run(targets)
