"""Making the successor: a creation is never made again blindly, because nothing makes two of them one (API.md §6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from openrouter_preflight.keys import ApiKey
from openrouter_preflight.manage.records import CreatedKey, read_created_key
from openrouter_preflight.manage.rotation.request import creation_payload
from openrouter_preflight.manage.rotation.stop import Incomplete, NotReady
from openrouter_preflight.manage.writes import FINAL, Write, WriteState

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from typing import Any

    from openrouter_preflight.clock import Clock
    from openrouter_preflight.manage.rotation.account import RotationAccount
    from openrouter_preflight.openrouter.answers import KeyRecord

_PAUSES: Final = (2.0, 4.0, 8.0)
"""Seconds before the account is looked at after a creation without an answer: it may be carried out late."""
_NO_FINGERPRINT: Final = "0" * 64


class Creation:
    """Makes one key whose name tells it from every other."""

    def __init__(self, account: RotationAccount, clock: Clock, title: str) -> None:
        """`title` is what people call the old key."""
        self._account = account
        self._clock = clock
        self._title = title

    def create(
        self, old: KeyRecord, name: Callable[[], str], expires_at: datetime | None, *, in_organization: bool
    ) -> CreatedKey:
        """A new key with limit 0 and a name of its own in each attempt. Raises Incomplete or NotReady."""
        for pause in (*_PAUSES, None):
            payload = creation_payload(old, name(), expires_at, in_organization=in_organization)
            write = Write(
                method="POST",
                path="/keys",
                payload=payload,
                fingerprint=None,
                what=f"create a successor of the key {self._title} that cannot spend yet",
            )
            if self._account.writer.dry:
                self._account.writer.note(write, None)
                return _imagined(old, payload)
            result = self._account.writer.once(write, read_created_key)
            answer = result.answer
            if answer is not None and answer.data is not None:
                self._account.writer.name_last(answer.data.record.hash)
                self._account.store(answer.data.record)
                return answer.data
            if answer is not None and answer.status in FINAL:
                raise NotReady(
                    f"OpenRouter refused to create the successor (status {answer.status})",
                    "Look at the account's policies for new keys: a maximum lifetime asks for --ttl.",
                )
            if pause is not None:
                self._clock.sleep(pause)
            if result.state is WriteState.UNKNOWN:
                self._remove_orphans(payload["name"])
        raise Incomplete("OpenRouter did not create the successor", "Run the same command again later.")

    def _remove_orphans(self, name: str) -> None:
        """Delete what a creation without an answer made: nobody knows that key."""
        state = self._account.look()
        for successor in state.successors:
            if successor.record.name == name:
                self._account.remove(successor.record, "a successor that nobody was told the key of")


def _imagined(old: KeyRecord, payload: dict[str, Any]) -> CreatedKey:
    """What a dry run goes on with."""
    from dataclasses import replace
    from decimal import Decimal

    record = replace(old, hash=_NO_FINGERPRINT, name=payload["name"], disabled=False, limit=Decimal(0))
    return CreatedKey(record=record, key=ApiKey(""))
