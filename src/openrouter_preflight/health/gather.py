"""Which questions a set of keys needs, asked in as few round trips as their dependencies allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openrouter_preflight.health.ceilings import binding, ceilings_of
from openrouter_preflight.health.facts import Facts, Subject
from openrouter_preflight.openrouter.batch import Batch
from openrouter_preflight.openrouter.client import credits_of, key_info

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from openrouter_preflight.keys import ApiKey
    from openrouter_preflight.openrouter.answers import KeyInfo
    from openrouter_preflight.openrouter.client import Answer, Client


def gather(
    subjects: Sequence[Subject], *, management_key: ApiKey | None, client: Client, now: datetime
) -> tuple[Facts, ...]:
    """The facts of each subject, in order. Without a balance gate or a management key: one request for each key."""
    first = Batch(client)
    asked = [(subject, first.add(key_info(key)) if (key := subject.key_to_ask) else None) for subject in subjects]
    account = None
    if management_key is not None and any(pending for _, pending in asked):
        account = first.add(credits_of(management_key, is_best_effort=False))
    first.run()
    known = [(subject, pending.answer if pending else None) for subject, pending in asked]
    if account is not None:
        return tuple(
            Facts(subject=subject, info=info, account=account.answer, account_is_certain=True)
            for subject, info in known
        )
    second = Batch(client)
    guesses = [
        second.add(credits_of(subject.diagnosis.key, is_best_effort=True))
        if subject.diagnosis.key is not None and _balance_may_decide(subject, info, now)
        else None
        for subject, info in known
    ]
    second.run()
    return tuple(
        Facts(subject=subject, info=info, account=guess.answer if guess else None)
        for (subject, info), guess in zip(known, guesses, strict=True)
    )


def _balance_may_decide(subject: Subject, info: Answer[KeyInfo] | None, now: datetime) -> bool:
    """Whether the account's balance, as far as an ordinary key is told it, could change what a balance gate says."""
    minimum = subject.gates.min_balance
    if not minimum or info is None or info.data is None or info.data.is_management_key:
        return False
    lowest = binding(ceilings_of(info.data, None, now=now))
    return lowest is None or lowest.remaining >= minimum
