"""The whole of a revocation, from the keys that were named to its outcome.

Containment first: every key is disabled, which is reversible and works at its next request, before any is waited for
or deleted. Each write is made, read back and noted as a row.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from openrouter_preflight.errors import UsageError
from openrouter_preflight.findings import KeyStatus, Outcome
from openrouter_preflight.manage.audit.audited_key import AuditedKey
from openrouter_preflight.manage.audit.rows import row_of
from openrouter_preflight.manage.completion import WHOLE, complete
from openrouter_preflight.manage.found import SHOWN, found, refused_key
from openrouter_preflight.manage.parallel import run_all
from openrouter_preflight.manage.revoke.deletion import Deletion
from openrouter_preflight.manage.revoke.lookup import Lookup, look_up, sort_out
from openrouter_preflight.manage.revoke.notes import Notes, why
from openrouter_preflight.manage.writes import Write, Writer
from openrouter_preflight.openrouter.endpoints import key_info
from openrouter_preflight.openrouter.reply_kind import ReplyKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from openrouter_preflight.clock import Clock
    from openrouter_preflight.keys import ApiKey
    from openrouter_preflight.manage.client import Management
    from openrouter_preflight.manage.revoke.targets import RevokeTarget
    from openrouter_preflight.openrouter.answers import KeyRecord
    from openrouter_preflight.settings.manage.model import RevokeSettings

_CACHED: Final = 65.0
"""Seconds for which `/key` may still be answered from a cache, about 60 (API.md §1)."""
_BETWEEN: Final = 3.0
"""Seconds from one look to the next."""


@dataclass(slots=True, kw_only=True)
class Revocation:
    """One run."""

    settings: RevokeSettings
    management: Management
    clock: Clock
    remaining: Callable[[], float]
    """Seconds until the deadline."""
    confirm: Callable[[Sequence[str]], None]
    """Shows the plan; where somebody is to be asked it asks, and does not return if the answer is no."""
    notes: Notes = field(default_factory=Notes)

    def run(self, targets: Sequence[RevokeTarget]) -> Outcome:
        """Revoke these keys. Raises UsageError for the management key in use."""
        self._refuse_own_key(targets)
        targets = self._completed(targets)
        writer = Writer(self.management, self.clock, dry=self.settings.dry_run)
        jobs = [partial(look_up, self.management, target, self.clock.now()) for target in targets]
        lookups = []
        for target, lookup in zip(targets, run_all(jobs, self.remaining), strict=True):
            if lookup is not None:
                lookups.append(lookup)
                continue
            what = f"{target.name} was not switched off: the deadline passed."
            self.notes.findings.append(found("revoke-undecided", what, fingerprint=target.fingerprint))
        variable = self.settings.service.management_key_env
        refusal = next((no for each in lookups if (no := refused_key(each.answer, variable)) is not None), None)
        if refusal is not None:
            self.notes.findings.append(refusal)
            return self._outcome(writer, [])
        known = [(each, each.record) for each in lookups if each.record is not None]
        self.confirm([*self._plan(known)])
        off = [(lookup, record, self._disable(lookup, record, writer)) for lookup, record in known]
        for lookup, record, is_off in off:
            self._finish(lookup, record, writer, is_off=is_off)
        self.notes.findings += [sort_out(each, self.management) for each in lookups if each.record is None]
        return self._outcome(writer, [self._row(*each) for each in off])

    def _outcome(self, writer: Writer, rows: list[KeyStatus]) -> Outcome:
        return Outcome(
            command="revoke",
            findings=tuple(self.notes.findings),
            keys=tuple(rows),
            writes=tuple(writer.rows),
            is_dry_run=self.settings.dry_run,
        )

    def _completed(self, targets: Sequence[RevokeTarget]) -> list[RevokeTarget]:
        """Return the targets with whole fingerprints, without those of no key."""
        short = [target.fingerprint for target in targets if len(target.fingerprint) < WHOLE]
        completed = complete(self.management, short, self.remaining)
        named: dict[str, RevokeTarget] = {}
        for target in targets:
            fingerprint = completed.whole.get(target.fingerprint, target.fingerprint)
            if len(fingerprint) == WHOLE:
                named.setdefault(fingerprint, replace(target, fingerprint=fingerprint))
            elif completed.is_sure:
                what = f"no key of the account has a fingerprint that begins with {target.fingerprint}."
                self.notes.findings.append(found("key-not-found", what, help_="Give the whole fingerprint."))
            else:
                what = f"the account could not be looked through for {target.fingerprint}."
                self.notes.findings.append(found("revoke-undecided", what, help_="Give the whole fingerprint."))
        return list(named.values())

    def _refuse_own_key(self, targets: Sequence[RevokeTarget]) -> None:
        if any(self.management.key.fingerprint.startswith(target.fingerprint) for target in targets):
            raise UsageError(
                "The management key in use is among the keys to revoke: nothing was written.",
                "Make another management key, use that one, and delete this one at "
                "https://openrouter.ai/settings/management-keys.",
            )

    def _plan(self, known: Sequence[tuple[Lookup, KeyRecord]]) -> Iterator[str]:
        verb = "delete" if self.settings.delete else "disable"
        for lookup, record in known:
            if self._was_off(record) and not self.settings.delete:
                continue
            limit = f", limit ${record.limit:f}" if record.limit is not None else ", no limit"
            last = f", last used {record.last_used_at:%Y-%m-%d %H:%M} UTC" if record.last_used_at else ""
            yield f"{verb} {lookup.name}, fingerprint {record.hash[:SHOWN]}{limit}{last}; {lookup.did}"

    def _was_off(self, record: KeyRecord) -> bool:
        return bool(record.disabled) or (record.expires_at is not None and record.expires_at <= self.clock.now())

    def _disable(self, lookup: Lookup, record: KeyRecord, writer: Writer) -> bool:
        """Disable the key; True where its record, read back, says so."""
        if self._was_off(record):
            return True

        def holds() -> bool | None:
            answer = self.management.key_record(record.hash)
            if answer.kind is ReplyKind.NOT_FOUND:
                return True  # somebody deleted it meanwhile
            return answer.data.disabled if answer.data is not None else None

        write = Write(
            method="PATCH",
            path=f"/keys/{record.hash}",
            payload={"disabled": True},
            fingerprint=record.hash,
            what=f"disable {lookup.name}",
        )
        result = writer.settle(write, holds)
        if not result.is_done:
            self.notes.undecided(lookup, f"{lookup.name} was not seen to be disabled: {why(result)}")
        return result.is_done

    def _finish(self, lookup: Lookup, record: KeyRecord, writer: Writer, *, is_off: bool) -> None:
        """After containment: see it refused, delete it, and report."""
        if not is_off:
            return
        was_off = self._was_off(record)
        if self.settings.dry_run:
            if self.settings.delete:
                self._deletion(lookup, record, writer).run()
            if was_off and not self.settings.delete:
                self.notes.say("key-already-off", lookup, f"{lookup.name} was off before")
            else:
                verb = "deleted" if self.settings.delete else "disabled"
                self.notes.say("revoke-planned", lookup, f"{lookup.name} would be {verb}; {lookup.did}")
            return
        is_refused = self._see_refused(lookup.target.key) if lookup.target.key is not None else None
        if is_refused is False:
            what = f"{lookup.name} is disabled by its record, and OpenRouter still answers it"
            self.notes.undecided(lookup, what)
        elif not was_off:
            seen = ", and OpenRouter answers 401 to it" if is_refused else ""
            what = f"{lookup.name} is off: its record says disabled{seen}; {lookup.did}"
            self.notes.say("key-revoked", lookup, what)
        elif not self.settings.delete:
            self.notes.say("key-already-off", lookup, f"{lookup.name} was off before")
        if self.settings.delete:
            self._deletion(lookup, record, writer).run()

    def _deletion(self, lookup: Lookup, record: KeyRecord, writer: Writer) -> Deletion:
        return Deletion(lookup=lookup, record=record, management=self.management, writer=writer, notes=self.notes)

    def _see_refused(self, key: ApiKey) -> bool | None:
        """Return True where OpenRouter refuses the key now, None for no answer."""
        ends = self.clock.monotonic() + _CACHED
        while True:
            answer = self.management.asker.ask(replace(key_info(key), is_best_effort=True))
            if answer.status == 401:
                return True
            if answer.data is None:
                return None
            if self.clock.monotonic() > ends or self.remaining() < 2 * _BETWEEN:
                return False
            self.clock.sleep(_BETWEEN)

    def _row(self, lookup: Lookup, record: KeyRecord, is_off: bool) -> KeyStatus:  # noqa: FBT001 - a row of `off`
        after = record if self.settings.dry_run else replace(record, disabled=record.disabled or is_off)
        key = AuditedKey(record=after, workspace="", workspace_id="")
        return replace(row_of(key, lookup.target.name, self.clock.now()), workspace=None)
