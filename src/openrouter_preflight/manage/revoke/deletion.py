"""Deletion of a key, first from the lists of BYOK credentials (API.md §6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from openrouter_preflight.manage.found import reason
from openrouter_preflight.manage.records import BYOK
from openrouter_preflight.manage.revoke.notes import why
from openrouter_preflight.manage.writes import Write
from openrouter_preflight.openrouter.reply_kind import ReplyKind

if TYPE_CHECKING:
    from openrouter_preflight.manage.client import Management
    from openrouter_preflight.manage.records import KeyList
    from openrouter_preflight.manage.revoke.lookup import Lookup
    from openrouter_preflight.manage.revoke.notes import Notes
    from openrouter_preflight.manage.writes import Writer
    from openrouter_preflight.openrouter.answers import KeyRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """The deletion of one key."""

    lookup: Lookup
    record: KeyRecord
    management: Management
    writer: Writer
    notes: Notes

    def run(self) -> None:
        """Delete the key, or note the writes of a dry run."""
        name, record = self.lookup.name, self.record
        lists = self.management.key_lists(BYOK, record.workspace_id)
        if not lists.is_complete and not lists.is_absent:
            because = reason(lists.failure) if lists.failure is not None else "rows moved while it was read"
            what = f"{name} was not deleted: the BYOK credentials could not be read: {because}"
            self.notes.undecided(self.lookup, what)
            return
        for row in lists.rows:
            if record.hash in (row.keys or ()):
                self._take_off(row)
        path = f"/keys/{record.hash}"
        write = Write(method="DELETE", path=path, fingerprint=record.hash, what=f"delete {name}")
        result = self.writer.settle(write, self._is_gone)
        if self.writer.dry:
            return
        if result.is_done:
            self.notes.say("key-revoked", self.lookup, f"{name} is deleted, and its record is gone")
        else:
            self.notes.undecided(self.lookup, f"{name} was not seen to be deleted: {why(result)}")

    def _is_gone(self) -> bool | None:
        answer = self.management.key_record(self.record.hash)
        if answer.kind is ReplyKind.NOT_FOUND:
            return True
        return False if answer.data is not None else None

    def _take_off(self, row: KeyList) -> None:
        """Take the key off one list, unless it is the list's last key."""
        name, fingerprint = self.lookup.name, self.record.hash
        rest = [each for each in row.keys or () if each != fingerprint]
        if not rest:
            what = f"the BYOK credential {row.name} is open to {name} alone: its list could not be emptied"
            self.notes.say("byok-list-kept", self.lookup, what)
            return

        def holds() -> bool | None:
            lists = self.management.key_lists(BYOK, self.record.workspace_id)
            if not lists.is_complete:
                return None
            return all(fingerprint not in (each.keys or ()) for each in lists.rows if each.id == row.id)

        write = Write(
            method="PATCH",
            path=f"{BYOK.path}/{row.id}",
            payload={BYOK.field: rest},
            fingerprint=fingerprint,
            what=f"take {name} off the list of the BYOK credential {row.name}",
        )
        result = self.writer.settle(write, holds)
        if not result.is_done:
            what = f"{name} could not be taken off the list of the BYOK credential {row.name}: {why(result)}"
            self.notes.say("byok-list-kept", self.lookup, what)
