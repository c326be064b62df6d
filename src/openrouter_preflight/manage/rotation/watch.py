"""The wait for silence, as long as the command's deadline allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from openrouter_preflight.findings.amounts import duration
from openrouter_preflight.manage.rotation.silence import Silence, judge_silence, silence_window
from openrouter_preflight.manage.rotation.stop import Incomplete, StillInUse, Waiting

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from openrouter_preflight.manage.rotation.account import RotationAccount
    from openrouter_preflight.manage.rotation.context import RotationContext
    from openrouter_preflight.manage.rotation.request import RotationRequest

_POLL: Final = 60.0
"""Seconds between two looks, at most."""
_RESERVE: Final = 30.0
"""Seconds of the deadline that are kept for what is written after the wait."""
_LATER: Final = "Run `rotate FINGERPRINT --finish` later: it goes on from here."
_STOP_IT: Final = (
    "Look at what still uses it (https://openrouter.ai/logs?api_key_hash=…), give that the new key, and run `rotate "
    "FINGERPRINT --finish`; or switch the old key off now with `revoke FINGERPRINT`."
)


def watch(
    account: RotationAccount,
    keys: Iterable[str],
    handed_over: datetime,
    request: RotationRequest,
    context: RotationContext,
) -> None:
    """Return once every key was unused for the stated time after the hand-over.

    Raises:
        Waiting: the time is not over, and the deadline comes first.
        StillInUse: a key was used after the hand-over, and the deadline comes before its silence.
        Incomplete: it cannot be known.
    """
    told = False
    for fingerprint in keys:
        while (wait := _seconds_left(account, fingerprint, handed_over, request, context)) > 0:
            if not told:
                context.notify(
                    f"the new key is in place; waiting until the old one was unused for {duration(request.silence)}"
                )
                told = True
            context.clock.sleep(min(wait, _POLL))


def _seconds_left(
    account: RotationAccount,
    fingerprint: str,
    handed_over: datetime,
    request: RotationRequest,
    context: RotationContext,
) -> float:
    """Seconds until the key may be silent; 0 where it is, or is gone or off."""
    record = account.reread(fingerprint)
    if record is None or record.disabled:
        return 0.0
    now = context.clock.now()
    window = silence_window(record, handed_over, request.silence)
    counted = None
    if now >= window.ends:
        # Uses before that are no matter: `last_used_at` may never learn of some that analytics count.
        counted = account.management.usage_between(fingerprint, now - request.silence, now).data
    silence = judge_silence(window, counted, now)
    if silence is Silence.SILENT:
        return 0.0
    if silence is Silence.UNKNOWN:
        raise Incomplete("whether the old key is still in use could not be found out", _STOP_IT)
    # Analytics can know of a use that the key's record does not: it begins anew then.
    wait = (window.ends - now).total_seconds() if now < window.ends else request.silence.total_seconds()
    if wait + _RESERVE > context.remaining():
        if silence is Silence.IN_USE:
            raise StillInUse("the old key was used after its successor was handed over", _STOP_IT)
        raise Waiting(f"the old key stays on until it was unused for {duration(request.silence)}", _LATER)
    return wait
