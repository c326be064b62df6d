"""Collection of the facts of keys, in as few round trips as possible.

Requests that depend on no answer go out at once; those that all keys of an account share are made once. A second round
trip follows where the first one made it necessary: a guess at the balance, the record of a key that was refused, a list
of keys, models that are missing, models of several keys. One key with a ceiling and without gates costs one request,
one key with every gate four at most, and one more for a management key that is to prove its account (`key_records`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from openrouter_preflight.health.collect.key_records import ask_for_list, plan_for, with_records
from openrouter_preflight.health.collect.model_requests import ask_missing, askers, needs_models
from openrouter_preflight.health.facts import Facts, ModelFacts, Target
from openrouter_preflight.health.labels import is_ordinary_key
from openrouter_preflight.health.money.ceilings import binding, ceilings_of
from openrouter_preflight.openrouter.batch import Batch
from openrouter_preflight.openrouter.endpoints import activity_of, credits_of, key_info, key_record, models_for
from openrouter_preflight.openrouter.reply_kind import ReplyKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from openrouter_preflight.keys import ApiKey
    from openrouter_preflight.openrouter.activity import ActivityDay
    from openrouter_preflight.openrouter.answers import Credits, KeyInfo, KeyRecord
    from openrouter_preflight.openrouter.batch import Pending
    from openrouter_preflight.openrouter.client import Client
    from openrouter_preflight.openrouter.models import Model
    from openrouter_preflight.openrouter.request import Answer

T = TypeVar("T")


def collect_facts(
    targets: Sequence[Target],
    *,
    management_key: ApiKey | None,
    client: Client,
    now: datetime,
    while_waiting: Callable[[], None] = lambda: None,
) -> tuple[Facts, ...]:
    """Return the facts of each target in order; health alone costs one request.

    `while_waiting` is called while the first answers are on their way.
    """
    if not any(target.key_to_ask for target in targets):
        return tuple(Facts(target=target) for target in targets)
    facts = _without_other_accounts(_first_round(targets, management_key, client, while_waiting))
    facts, is_complete = _second_round(facts, management_key, client, now)
    return tuple(facts if is_complete else _third_round(facts, client))


@dataclass(slots=True, kw_only=True)
class _Asked:
    """The requests about one target in the first round trip."""

    target: Target
    info: Pending[KeyInfo] | None
    own: Pending[KeyInfo] | None = None
    account: Pending[Credits] | None = None
    activity: Pending[tuple[ActivityDay, ...]] | None = None
    record: Pending[KeyRecord] | None = None
    old_records: tuple[tuple[str, Pending[KeyRecord]], ...] = ()
    listed: Pending[tuple[Model, ...]] | None = None

    def _has_ordinary_key(self) -> bool:
        return self.own is not None and is_ordinary_key(self.own.answer, self.own.request.key)

    def facts(self) -> Facts:
        return Facts(
            target=self.target,
            info=_told(self.info),
            management=_told(self.own),
            account=_told(self.account),
            account_is_certain=self.account is not None and not self._has_ordinary_key(),
            activity=_told(self.activity),
            record=_told(self.record),
            old_records=tuple((fingerprint, pending.answer) for fingerprint, pending in self.old_records),
            models=ModelFacts(listed=self.listed.answer) if self.listed else None,
        )


def _first_round(
    targets: Sequence[Target], management_key: ApiKey | None, client: Client, while_waiting: Callable[[], None]
) -> list[Facts]:
    batch = Batch(client)
    asked = [_ask(batch, target, management_key, is_alone=len(targets) == 1) for target in targets]
    batch.run(while_waiting)
    return [each.facts() for each in asked]


def _ask(batch: Batch, target: Target, management_key: ApiKey | None, *, is_alone: bool) -> _Asked:
    """Send all requests that depend on no answer."""
    key = target.key_to_ask
    asked = _Asked(target=target, info=batch.add(key_info(key)) if key else None)
    if key is not None and is_alone and needs_models(target):
        asked.listed = batch.add(models_for(key))
    if management_key is None:
        return asked
    asked.own = batch.add(key_info(management_key))
    asked.account = batch.add(credits_of(management_key, is_best_effort=False))
    if key is None:
        return asked
    plan = plan_for(target, is_alone=is_alone)
    if plan.activity:
        asked.activity = batch.add(activity_of(management_key))
    if plan.records:
        asked.record = batch.add(key_record(key.fingerprint, management_key))
        replaced = target.gates.rotated_from
        asked.old_records = tuple((old, batch.add(key_record(old, management_key))) for old in replaced)
    return asked


def _without_other_accounts(facts: list[Facts]) -> list[Facts]:
    """Drop answers that a management key gave about another account."""
    return [
        replace(each, account=None, account_is_certain=False, activity=None, is_other_account=True)
        if _is_other_account(each)
        else each
        for each in facts
    ]


def _is_other_account(facts: Facts) -> bool:
    """Decided by the two accounts where both are known, else by the key's record."""
    own = facts.management.data.account if facts.management is not None and facts.management.data is not None else None
    account = facts.key_info.account if facts.key_info is not None else None
    if own is not None and account is not None:
        return own != account
    return facts.key_info is not None and facts.record is not None and facts.record.kind is ReplyKind.NOT_FOUND


def _second_round(
    facts: list[Facts], management_key: ApiKey | None, client: Client, now: datetime
) -> tuple[list[Facts], bool]:
    """Add guesses at balances, records from a list, and models."""
    batch, is_alone = Batch(client), len(facts) == 1
    lists = [_ask_for_list(batch, each, management_key, is_alone=is_alone) for each in facts]
    records = [_ask_for_record(batch, each, management_key) for each in facts]
    guesses = [
        batch.add(credits_of(key, is_best_effort=True))
        if (key := each.target.key_to_ask)
        and not each.account_is_certain
        and _wants_balance(each, now, is_alone=is_alone)
        else None
        for each in facts
    ]
    keys = askers(facts)
    listed = [
        batch.add(models_for(key)) if key and each.models is None else None
        for each, key in zip(facts, keys, strict=True)
    ]
    looked_up = [ask_missing(batch, each, key) for each, key in zip(facts, keys, strict=True)]
    batch.run()
    told = [
        replace(
            each,
            account=each.account if guess is None else guess.answer,
            record=each.record if record is None else record.answer,
            models=missing() if pending is None else ModelFacts(listed=pending.answer),
        )
        for each, guess, record, pending, missing in zip(facts, guesses, records, listed, looked_up, strict=True)
    ]
    if management_key is not None and any(lists):
        told = [
            each if rows is None else with_records(each, rows.answer, management_key, client)
            for each, rows in zip(told, lists, strict=True)
        ]
        told = _without_other_accounts(told)
    return told, not any(listed)


def _ask_for_list(
    batch: Batch, facts: Facts, management_key: ApiKey | None, *, is_alone: bool
) -> Pending[tuple[KeyRecord, ...]] | None:
    if management_key is None or not plan_for(facts.target, is_alone=is_alone).listed:
        return None
    return ask_for_list(batch, facts, management_key)


def _ask_for_record(batch: Batch, facts: Facts, management_key: ApiKey | None) -> Pending[KeyRecord] | None:
    """Request the record of a refused key: it tells a dead key from an outage."""
    key, own = facts.target.key_to_ask, facts.management
    is_refused = facts.info is not None and facts.info.kind is ReplyKind.KEY_REJECTED
    is_answered = any(answer is not None and answer.data is not None for answer in (own, facts.account))
    if key is None or management_key is None or not (is_refused and is_answered):
        return None
    return None if facts.record is not None else batch.add(key_record(key.fingerprint, management_key))


def _third_round(facts: list[Facts], client: Client) -> list[Facts]:
    """With what is missing of the models of several keys."""
    batch = Batch(client)
    looked_up = [ask_missing(batch, each, key) for each, key in zip(facts, askers(facts), strict=True)]
    batch.run()
    return [replace(each, models=missing()) for each, missing in zip(facts, looked_up, strict=True)]


def _wants_balance(facts: Facts, now: datetime, *, is_alone: bool) -> bool:
    """Return True where a guessed balance decides a gate, or is all there is."""
    gates, info = facts.target.gates, facts.key_info
    if info is None or info.is_management_key or facts.is_other_account:
        return False
    lowest = binding(ceilings_of(info, None, now=now))
    minimum = gates.min_balance or 0
    if gates.min_runway is None and minimum <= 0:
        return lowest is None and is_alone
    return lowest is None or lowest.remaining >= minimum


def _told(pending: Pending[T] | None) -> Answer[T] | None:
    return None if pending is None else pending.answer
