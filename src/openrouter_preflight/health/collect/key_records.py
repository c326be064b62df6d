"""Requests for a key's record and its account's activity, four at most.

Where more would be needed, one list of the keys in its workspace stands in for every record. Where even that is one too
many, it stands in for the account's activity as well: what each of these keys spent of late gives the rate. The list
needs the workspace that `/key` tells, and comes in the second round trip. Only a key that is not on the first page of
it, or not there any more, is then asked for by its fingerprint.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from openrouter_preflight.health.collect.model_requests import needs_models
from openrouter_preflight.openrouter.batch import Batch
from openrouter_preflight.openrouter.endpoints import key_record, key_records
from openrouter_preflight.openrouter.reply_kind import ReplyKind
from openrouter_preflight.openrouter.request import Answer

if TYPE_CHECKING:
    from openrouter_preflight.health.facts import Facts, Target
    from openrouter_preflight.keys import ApiKey
    from openrouter_preflight.openrouter.answers import KeyRecord
    from openrouter_preflight.openrouter.batch import Pending
    from openrouter_preflight.openrouter.client import Client

_MOST: Final = 5
"""Requests about one key and its management key."""
_KEY_OWN_AND_CREDITS: Final = 3
_MAY_BE_ELSEWHERE: Final = (ReplyKind.OK, ReplyKind.NOT_FOUND, ReplyKind.BAD_REQUEST)
"""Answers of the list after which a record may still be found by its fingerprint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsPlan:
    """Requests to a management key about one key, besides the balance."""

    activity: bool
    records: bool
    """Its record and those of the keys it replaced, each by its fingerprint, in the first round trip."""
    listed: bool = False
    """All of them by one list, in the second round trip."""


def plan_for(target: Target, *, is_alone: bool) -> RecordsPlan:
    """Return the plan; keys of one account share what belongs to the account."""
    gates = target.gates
    activity = gates.min_runway is not None and gates.expected_spend is None
    records = gates.hygiene or gates.max_key_age is not None or bool(gates.rotated_from)
    asked = _KEY_OWN_AND_CREDITS + needs_models(target) + activity
    has_record = target.diagnosis.token is None
    if not is_alone or asked + 1 + len(gates.rotated_from) <= _MOST:
        # The record of a single key is worth showing, where it still fits.
        return RecordsPlan(activity=activity, records=records or (is_alone and has_record))
    if not records:
        return RecordsPlan(activity=activity, records=False)
    return RecordsPlan(activity=activity and asked < _MOST, records=False, listed=True)


def ask_for_list(batch: Batch, facts: Facts, management_key: ApiKey) -> Pending[tuple[KeyRecord, ...]]:
    """Ask for the keys of the workspace that this one is in."""
    info = facts.key_info
    return batch.add(key_records(management_key, info.workspace if info is not None else None))


def with_records(facts: Facts, listed: Answer[tuple[KeyRecord, ...]], management_key: ApiKey, client: Client) -> Facts:
    """Return the facts with all records, unlisted ones requested one by one."""
    key = facts.target.key_to_ask
    if key is None:
        return facts
    batch = Batch(client)
    known = {record.hash: record for record in listed.data or ()}
    wanted = (key.fingerprint, *facts.target.gates.rotated_from)
    asked = {
        fingerprint: batch.add(key_record(fingerprint, management_key))
        for fingerprint in dict.fromkeys(wanted)
        if fingerprint not in known and listed.kind in _MAY_BE_ELSEWHERE
    }
    batch.run()

    def told(fingerprint: str) -> Answer[KeyRecord]:
        if fingerprint in asked:
            return asked[fingerprint].answer
        return Answer(
            kind=listed.kind,
            data=known.get(fingerprint),
            status=listed.status,
            fault=listed.fault,
            attempts=listed.attempts,
        )

    return replace(
        facts,
        record=told(key.fingerprint),
        old_records=tuple((old, told(old)) for old in facts.target.gates.rotated_from),
        workspace_keys=listed.data if key.fingerprint in known else None,
    )
