"""Reads and changes of the account; every change is read back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from openrouter_preflight.manage.found import reason
from openrouter_preflight.manage.key_writes import delete_key
from openrouter_preflight.manage.rotation.equipment import read_lists
from openrouter_preflight.manage.rotation.state import read_state
from openrouter_preflight.manage.rotation.stop import Incomplete, NotReady
from openrouter_preflight.manage.writes import Write, WriteState
from openrouter_preflight.openrouter.reply_kind import ReplyKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from openrouter_preflight.manage.client import Management
    from openrouter_preflight.manage.records import KeyList, ListKind
    from openrouter_preflight.manage.rotation.state import RotationState
    from openrouter_preflight.manage.writes import Writer
    from openrouter_preflight.openrouter.answers import KeyRecord
    from openrouter_preflight.openrouter.request import Answer

_LARGE: Final = 100
"""Keys on one page: more of them are not read anew each time."""
_NOT_LISTED: Final = (
    "A management key or a key made by OAuth is not listed, and is replaced by hand at "
    "https://openrouter.ai/settings/security; a key of another account needs that account's management key."
)


class RotationAccount:
    """One old key, and the keys of its workspace."""

    def __init__(self, management: Management, writer: Writer, fingerprint: str) -> None:
        """Nothing is read before `look`."""
        self.management = management
        self.writer = writer
        self.fingerprint = fingerprint
        self._old: KeyRecord | None = None
        self._listed: dict[str, KeyRecord] = {}
        self._reads_newest = False
        self._planned: dict[str, list[str]] = {}
        """In a dry run: which keys the lists would name, by the path of each."""

    @property
    def state(self) -> RotationState:
        """The rotation as it was last seen."""
        return read_state(self.fingerprint, self._old, self._listed.values())

    def look(self) -> RotationState:
        """Read the old key and the keys of its workspace anew.

        Raises:
            NotReady: the account has neither the key nor a successor of it.
            Incomplete: the account could not be read to the end.
        """
        if self.writer.dry and self._listed:
            return self.state  # what was not written cannot be read
        answer = self._ask(self.fingerprint)
        if answer.data is not None:
            self._old = answer.data
            self._listed = self._newest_of(answer.data.workspace_id)
        elif answer.kind is ReplyKind.NOT_FOUND:
            self._old = None
            self._listed = {
                key.hash: key for workspace in self._workspaces() for key in self._keys_of(workspace).values()
            }
            if not self.state.successors:
                raise NotReady("the account has no such key", _NOT_LISTED)
        else:
            raise Incomplete(f"the management key cannot read the key's record: {reason(answer)}")
        return self.state

    def _ask(self, fingerprint: str) -> Answer[KeyRecord]:
        """The key's record; that a key is gone is believed when it is said twice."""
        answer = self.management.key_record(fingerprint)
        return self.management.key_record(fingerprint) if answer.kind is ReplyKind.NOT_FOUND else answer

    def _workspaces(self) -> list[str]:
        listing = self.management.workspaces()
        if not listing.is_complete:
            raise Incomplete("the account's workspaces could not be read to the end")
        return [workspace.id for workspace in listing.rows]

    def _keys_of(self, workspace: str | None) -> dict[str, KeyRecord]:
        listing = self.management.keys(workspace)
        if not listing.is_complete:
            raise Incomplete("the keys of the workspace could not be read to the end")
        return {key.hash: key for key in listing.rows}

    def _newest_of(self, workspace: str | None) -> dict[str, KeyRecord]:
        """Read all keys; the second time, only new ones and successors.

        What another run makes meanwhile comes first in the list.
        """
        if not self._reads_newest:
            keys = self._keys_of(workspace)
            created = [key.created_at for key in keys.values() if key.created_at is not None]
            self._reads_newest = len(keys) > _LARGE and created == sorted(created, reverse=True)
            return keys
        listing = self.management.newest_keys(workspace, self._listed)
        if not listing.is_complete:
            raise Incomplete("the newest keys of the workspace could not be read")
        read = {key.hash: key for key in listing.rows}
        for successor in self.state.successors:
            if successor.hash not in read:
                self.reread(successor.hash)
        return {**read, **{name: key for name, key in self._listed.items() if name not in read}}

    def record(self, fingerprint: str) -> KeyRecord | None:
        """A key as it was last seen."""
        return self._old if fingerprint == self.fingerprint else self._listed.get(fingerprint)

    def store(self, record: KeyRecord) -> None:
        """Remember what was read of a key."""
        if record.hash == self.fingerprint:
            self._old = record
        self._listed[record.hash] = record

    def forget(self, fingerprint: str) -> None:
        """Remember that a key is gone."""
        if fingerprint == self.fingerprint:
            self._old = None
        self._listed.pop(fingerprint, None)

    def reread(self, fingerprint: str) -> KeyRecord | None:
        """Return the key's present record, None if it is gone. Raises Incomplete."""
        answer = self._ask(fingerprint)
        if answer.data is not None:
            self.store(answer.data)
            return answer.data
        if answer.kind is ReplyKind.NOT_FOUND:
            self.forget(fingerprint)
            return None
        raise Incomplete(f"a key's record could not be read: {reason(answer)}")

    def change(self, key: KeyRecord, what: str, **changes: Any) -> bool:
        """Change a key and confirm it. False: it is gone. Raises Incomplete, NotReady."""
        write = Write(
            method="PATCH",
            path=f"/keys/{key.hash}",
            payload={name: _as_json(value) for name, value in changes.items()},
            fingerprint=key.hash,
            what=what,
        )
        result = self.writer.settle(write, lambda: self._holds(key.hash, changes))
        if self.writer.dry:
            self.store(replace(key, **changes))
        if result.is_done:
            return True
        if key.hash not in self._listed and key.hash != self.fingerprint:
            return False
        if result.state is WriteState.REFUSED:
            status = result.answer.status if result.answer is not None else None
            raise NotReady(f"OpenRouter refused to {what} ({_reason(result.answer)})", status=status)
        raise Incomplete(f"it could not be confirmed that OpenRouter did {what}")

    def _holds(self, fingerprint: str, changes: dict[str, Any]) -> bool | None:
        answer = self._ask(fingerprint)
        if answer.data is not None:
            self.store(answer.data)
            return all(getattr(answer.data, name) == value for name, value in changes.items())
        if answer.kind is ReplyKind.NOT_FOUND:
            self.forget(fingerprint)
            return False
        return None

    def delete(self, fingerprint: str, what: str) -> None:
        """Delete a key that is off, and confirm it. Raises Incomplete or NotReady."""
        result = delete_key(self.management, self.writer, fingerprint, what)
        if not result.is_done:
            error = NotReady if result.state is WriteState.REFUSED else Incomplete
            raise error(f"it could not be confirmed that OpenRouter did {what}")
        self.forget(fingerprint)

    def remove(self, key: KeyRecord, why: str) -> None:
        """Unlist, switch off and delete a key. Raises Incomplete or NotReady."""
        self.unlist(key.hash, why)
        if not key.disabled and not self.change(key, f"disable {why}", disabled=True):
            return
        self.delete(key.hash, f"delete {why}")

    def unlist(self, fingerprint: str, why: str) -> None:
        """Take a key off its lists, whose next change would fail (API.md §6)."""
        key = self.record(fingerprint)
        workspace = key.workspace_id if key is not None else None
        for kind, row in read_lists(self.management, workspace):
            planned = self._planned.get(f"{kind.path}/{row.id}") if self.writer.dry else None
            named = planned if planned is not None else row.keys or ()
            kept = [each for each in named if each != fingerprint]
            if fingerprint in named and kept:
                self.set_list(kind, row, kept, fingerprint, f"take {why} off the {kind.title} {row.name}")

    def set_list(self, kind: ListKind, row: KeyList, keys: list[str], fingerprint: str, what: str) -> None:
        """Change the keys of a list, and confirm it. Raises Incomplete or NotReady."""
        self._planned[f"{kind.path}/{row.id}"] = keys

        def holds() -> bool | None:
            listing = self.management.key_lists(kind, self._workspace)
            current = next((each for each in listing.rows if each.id == row.id), None)
            if current is None or not listing.is_complete:
                return None
            return set(current.keys or ()) == set(keys)

        write = Write(
            method="PATCH",
            path=f"{kind.path}/{row.id}",
            payload={kind.field: keys},
            fingerprint=fingerprint,
            what=what,
        )
        self.expect(write, holds)

    def expect(self, write: Write, holds: Callable[[], bool | None]) -> None:
        """Make a change that must hold. Raises Incomplete or NotReady."""
        result = self.writer.settle(write, holds)
        if result.state is WriteState.REFUSED:
            raise NotReady(f"OpenRouter refused to {write.what} ({_reason(result.answer)})")
        if not result.is_done:
            raise Incomplete(f"it could not be confirmed that OpenRouter did {write.what}")

    @property
    def _workspace(self) -> str | None:
        known = self._old or next(iter(self._listed.values()), None)
        return known.workspace_id if known is not None else None


def _as_json(value: Any) -> Any:
    """A value of a payload: money goes out as a number, whole where it is."""
    from decimal import Decimal

    if not isinstance(value, Decimal):
        return value
    return int(value) if value == value.to_integral_value() else float(value)


def _reason(answer: Answer[Any] | None) -> str:
    return reason(answer) if answer is not None else "no answer"
