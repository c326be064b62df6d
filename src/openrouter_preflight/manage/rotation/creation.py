"""Making the successor: a creation is never made again blindly, because nothing makes two of them one (API.md §6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from openrouter_preflight.keys import ApiKey
from openrouter_preflight.manage.marks import base_name, new_mark
from openrouter_preflight.manage.records import CreatedKey, read_created_key
from openrouter_preflight.manage.rotation.request import creation_payload, successor_expiry
from openrouter_preflight.manage.rotation.stop import Incomplete, NotReady
from openrouter_preflight.manage.writes import FINAL, Write, WriteState

if TYPE_CHECKING:
    from typing import Any

    from openrouter_preflight.manage.rotation.account import RotationAccount
    from openrouter_preflight.manage.rotation.context import RotationContext
    from openrouter_preflight.manage.rotation.request import RotationRequest
    from openrouter_preflight.openrouter.answers import KeyRecord

_PAUSES: Final = (2.0, 4.0, 8.0)
"""Seconds before the account is looked at after a creation without an answer: it may be carried out late."""
_NO_FINGERPRINT: Final = "0" * 64


def create_successor(
    account: RotationAccount, old: KeyRecord, request: RotationRequest, context: RotationContext
) -> CreatedKey:
    """A new key with limit 0, in each attempt with a name of its own. Raises Incomplete or NotReady."""
    own = account.management.self_info()
    if own.data is None:
        raise Incomplete("whether the account is an organization's could not be read")
    expires_at = successor_expiry(old, request.ttl, context.clock.now())
    for pause in (*_PAUSES, None):
        mark = new_mark(
            old.name,
            old.hash,
            now=context.clock.now(),
            nonce=context.nonce(),
            destinations=request.destinations_digest,
        )
        payload = creation_payload(old, mark.name, expires_at, in_organization=own.data.in_organization)
        write = Write(
            method="POST",
            path="/keys",
            payload=payload,
            fingerprint=None,
            what=f"create a successor of the key {base_name(old.name)} that cannot spend yet",
        )
        if account.writer.dry:
            account.writer.note(write, None)
            return _imagined(old, payload)
        result = account.writer.once(write, read_created_key)
        answer = result.answer
        if answer is not None and answer.data is not None:
            account.writer.name_last(answer.data.record.hash)
            account.store(answer.data.record)
            return answer.data
        if answer is not None and answer.status in FINAL:
            raise NotReady(
                f"OpenRouter refused to create the successor (status {answer.status})",
                "Look at the account's policies for new keys: a maximum lifetime asks for --ttl.",
            )
        if pause is not None:
            context.clock.sleep(pause)
        if result.state is WriteState.UNKNOWN:
            _remove_orphans(account, payload["name"])
    raise Incomplete("OpenRouter did not create the successor", "Run the same command again later.")


def _remove_orphans(account: RotationAccount, name: str) -> None:
    """Delete what a creation without an answer made: nobody knows that key."""
    state = account.look()
    for successor in state.successors:
        if successor.record.name == name:
            account.remove(successor.record, "a successor that nobody was told the key of")


def _imagined(old: KeyRecord, payload: dict[str, Any]) -> CreatedKey:
    """What a dry run goes on with."""
    from dataclasses import replace
    from decimal import Decimal

    record = replace(old, hash=_NO_FINGERPRINT, name=payload["name"], disabled=False, limit=Decimal(0))
    return CreatedKey(record=record, key=ApiKey(""))
