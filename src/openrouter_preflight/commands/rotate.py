"""The `rotate` command: account, destinations, outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openrouter_preflight.commands.account import open_account
from openrouter_preflight.errors import UsageError
from openrouter_preflight.keys.diagnosis import diagnose
from openrouter_preflight.manage.destinations import destinations_digest, read_destination
from openrouter_preflight.manage.destinations.programs import without_secrets_of
from openrouter_preflight.manage.rotation import report
from openrouter_preflight.manage.rotation.account import RotationAccount
from openrouter_preflight.manage.rotation.context import RotationContext
from openrouter_preflight.manage.rotation.request import RotationRequest
from openrouter_preflight.manage.rotation.rotator import Rotator
from openrouter_preflight.manage.rotation.stop import RotationStop
from openrouter_preflight.manage.writes import Writer
from openrouter_preflight.settings.manage.model import RotateMode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from openrouter_preflight.clock import Clock
    from openrouter_preflight.findings import Outcome
    from openrouter_preflight.settings.manage.model import RotateSettings


def rotate(
    settings: RotateSettings,
    *,
    environ: Mapping[str, str],
    clock: Clock,
    notify: Callable[[str], None],
    confirm: Callable[[Sequence[str]], bool],
) -> Outcome:
    """Replace a key, continue, or report the progress. Raises UsageError.

    `notify` hears what a person should know meanwhile; `confirm` shows what is about to happen, and says if it may.
    """
    fingerprint = settings.fingerprint or _fingerprint_in(settings.key_env or "", environ)
    with open_account(settings.service, environ=environ, clock=clock, most_per_second=None) as access:
        management = access.management
        if fingerprint == management.key.fingerprint:
            raise UsageError(
                "That is the management key in use, and no endpoint replaces one.",
                "Make another at https://openrouter.ai/settings/management-keys, put it in place, and delete this one.",
            )
        variables = without_secrets_of(environ, management.key)
        destinations = [read_destination(text, variables) for text in settings.to]
        request = RotationRequest(
            fingerprint=fingerprint,
            destinations_digest=destinations_digest(settings.to),
            ttl=settings.ttl,
            limit=settings.limit,
            silence=settings.silence,
            delete=settings.delete,
        )
        writer = Writer(management, clock, dry=settings.dry_run)
        account = RotationAccount(management, writer, fingerprint)
        context = RotationContext(
            clock=clock, remaining=lambda: access.client.remaining, notify=notify, confirm=confirm
        )
        rotator = Rotator(account, request, destinations, context)
        try:
            if settings.mode is RotateMode.STATUS:
                return report.outcome([report.status(account.look(), clock.now())])
            rotator.run()
        except RotationStop as stop:
            last = report.stopped(account.state, stop, rotator.title, key=settings.key_env)
        else:
            last = report.done(account.state, request, rotator.title, dry=settings.dry_run)
        return report.outcome(
            [last, *report.remarks(rotator.notes, rotator.title, fingerprint)], writer.rows, dry=settings.dry_run
        )


def _fingerprint_in(name: str, environ: Mapping[str, str]) -> str:
    diagnosis = diagnose(environ.get(name))
    if diagnosis.key is None:
        raise UsageError(f"{name}, which is to hold the key to replace, {diagnosis.message or 'holds none'}.")
    return diagnosis.key.fingerprint
