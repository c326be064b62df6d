"""Evidence of one run about the service, weighed before a 401 counts (API.md §3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openrouter_preflight.health.facts import Evidence
from openrouter_preflight.openrouter.reply_kind import ReplyKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from openrouter_preflight.health.facts import Facts
    from openrouter_preflight.openrouter.request import Answer


def weigh(gathered: Sequence[Facts], now: datetime) -> tuple[Evidence, ...]:
    """Return the evidence about each key's 401, in order."""
    answers = tuple(_answers(gathered))
    outage = next((answer.outage_status for answer in answers if answer.outage_status is not None), None)
    refused = {each.target.diagnosis.key for each in gathered if _is_refused(each.info)}
    accepted = any(each.key_info is not None for each in gathered)
    return tuple(
        Evidence(
            now=now,
            outage_status=outage,
            management_is_refused=_is_refused(each.management) or _is_refused(each.account) or _is_refused(each.record),
            all_are_refused=len(refused) > 1 and not accepted,
            none_is_accepted=bool(refused) and not accepted,
            record=each.record,
        )
        for each in gathered
    )


def _is_refused(answer: Answer[object] | None) -> bool:
    return answer is not None and answer.kind in (ReplyKind.KEY_REJECTED, ReplyKind.REJECTION_UNCONFIRMED)


def _answers(gathered: Iterable[Facts]) -> Iterator[Answer[object]]:
    for facts in gathered:
        models = facts.models
        listed = None if models is None else models.listed
        probes = [probe.answer for probe in (facts.probe, facts.afford) if probe is not None]
        old = [answer for _, answer in facts.old_records]
        asked = (facts.info, facts.management, facts.account, facts.activity, facts.record, listed, *old, *probes)
        yield from (answer for answer in asked if answer is not None)
