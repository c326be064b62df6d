"""Making the successor, with limit 0 and a name that carries its mark."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from openrouter_preflight.keys import ApiKey
from openrouter_preflight.manage.key_writes import NotCreated, create_key
from openrouter_preflight.manage.marks import base_name, new_mark
from openrouter_preflight.manage.records import CreatedKey
from openrouter_preflight.manage.rotation.request import creation_payload, successor_expiry
from openrouter_preflight.manage.rotation.stop import Incomplete, NotReady
from openrouter_preflight.manage.writes import Write

if TYPE_CHECKING:
    from openrouter_preflight.manage.rotation.account import RotationAccount
    from openrouter_preflight.manage.rotation.context import RotationContext
    from openrouter_preflight.manage.rotation.request import RotationRequest
    from openrouter_preflight.openrouter.answers import KeyRecord

IMAGINED: Final = "0" * 64
"""The successor's fingerprint in a dry run."""


def create_successor(
    account: RotationAccount, old: KeyRecord, request: RotationRequest, context: RotationContext
) -> CreatedKey:
    """Create a key that cannot spend yet. Raises Incomplete or NotReady."""
    own = account.management.self_info()
    if own.data is None:
        raise Incomplete("whether the account is an organization's could not be read")
    in_organization = own.data.in_organization
    expires_at = successor_expiry(old, request.ttl, context.clock.now())

    def payload() -> dict[str, Any]:
        now, nonce = context.clock.now(), context.nonce()
        mark = new_mark(old.name, old.hash, now=now, nonce=nonce, destinations=request.destinations_digest)
        return creation_payload(old, mark.name, expires_at, in_organization=in_organization)

    def remove_orphan(name: str) -> None:
        for successor in account.look().successors:
            if successor.record.name == name:
                account.remove(successor.record, "a successor that nobody knows the key of")

    what = f"create a successor of the key {base_name(old.name)} that cannot spend yet"
    if account.writer.dry:
        account.writer.note(Write(method="POST", path="/keys", fingerprint=None, what=what), None)
        created = _imagined(old, payload())
    else:
        try:
            created = create_key(account.writer, what, payload, remove_orphan)
        except NotCreated as error:
            if error.status is None:
                raise Incomplete("OpenRouter did not create the successor") from None
            raise NotReady(
                f"OpenRouter refused to create the successor ({error})",
                "Look at the account's policies for new keys: a maximum lifetime asks for --ttl.",
            ) from None
    account.store(created.record)
    return created


def _imagined(old: KeyRecord, payload: dict[str, Any]) -> CreatedKey:
    """Return the successor that a dry run goes on with."""
    record = replace(old, hash=IMAGINED, name=payload["name"], disabled=False, limit=Decimal(0))
    return CreatedKey(record=record, key=ApiKey(""))
