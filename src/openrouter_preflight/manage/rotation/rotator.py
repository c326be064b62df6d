"""Carries out a rotation step by step: each step is decided by `steps` from the account, carried out, and read back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from openrouter_preflight.manage.marks import Stage, base_name, new_mark, retired_name
from openrouter_preflight.manage.rotation.creation import Creation
from openrouter_preflight.manage.rotation.equipment import not_copied, read_equipment, with_successor
from openrouter_preflight.manage.rotation.request import successor_expiry, successor_limit
from openrouter_preflight.manage.rotation.steps import Act, Memory, Step, next_step
from openrouter_preflight.manage.rotation.stop import (
    Elsewhere,
    HandOverFailed,
    Incomplete,
    NotReady,
    RotationStop,
)
from openrouter_preflight.manage.rotation.watch import watch
from openrouter_preflight.manage.writes import Write
from openrouter_preflight.openrouter.client import key_info
from openrouter_preflight.openrouter.reply_kind import UNDECIDED, ReplyKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from openrouter_preflight.keys import ApiKey
    from openrouter_preflight.manage.destinations.interface import Destination
    from openrouter_preflight.manage.rotation.account import RotationAccount
    from openrouter_preflight.manage.rotation.context import RotationContext
    from openrouter_preflight.manage.rotation.equipment import Equipment
    from openrouter_preflight.manage.rotation.request import RotationRequest
    from openrouter_preflight.manage.rotation.state import RotationState
    from openrouter_preflight.openrouter.answers import KeyRecord

_MOST_STEPS: Final = 500
_POLL: Final = 5.0
"""Seconds between two looks at another process's mark."""
_BEFORE_HAND_OVER: Final = (Act.EQUIP, Act.PROVE, Act.ANNOUNCE)
_RUN_AGAIN: Final = "Run the same command again: it goes on from here."


class Rotator:
    """One run of one rotation."""

    def __init__(
        self,
        account: RotationAccount,
        request: RotationRequest,
        destinations: Sequence[Destination],
        context: RotationContext,
    ) -> None:
        """Prepare to rotate; without destinations, to finish what was handed over."""
        self._account = account
        self._request = request
        self._destinations = tuple(destinations)
        self._context = context
        self._memory = Memory(destinations=len(self._destinations), delete=request.delete)
        self._key: ApiKey | None = None
        self._equipment: Equipment | None = None
        self._is_confirmed = account.writer.dry
        self._is_swept = False
        self.notes: list[str] = []
        """What a person should know of this rotation, whatever becomes of it."""

    @property
    def state(self) -> RotationState:
        """The rotation as it was last seen."""
        return self._account.state

    def run(self) -> None:
        """Go on until the rotation is done. Raises RotationStop where it cannot."""
        self._account.look()
        self._refuse_other_destinations()
        self._adopt()
        try:
            for _ in range(_MOST_STEPS):
                step = next_step(self.state, self._memory, self._context.clock.now(), self._request.lease)
                if step.act is Act.DONE and self._is_clean():
                    return
                if step.act is not Act.DONE:
                    self._carry_out(step)
        except BaseException:
            self._withdraw_unseen()
            raise
        raise Incomplete("the account changed under the rotation again and again", _RUN_AGAIN)

    def _is_clean(self) -> bool:
        """Whether no successor appeared late, as one does whose creation was never answered; looked at once."""
        if self._is_swept:
            return True
        self._is_swept = True
        if not self._memory.delete and not self._memory.finished:
            self._account.look()
        return False

    def _refuse_other_destinations(self) -> None:
        winner = self.state.winner
        digest = self._request.destinations_digest
        if winner is not None and self._destinations and winner.mark.destinations != digest:
            raise NotReady(
                "a successor was handed over to other destinations than these",
                "Finish that rotation first, with --finish; then rotate the new key.",
            )

    def _adopt(self) -> None:
        """Take over a successor that was being handed over, where a destination can be read and holds it."""
        now = self._context.clock.now()
        for destination in self._destinations:
            key = destination.read_back()
            found = self.state.successor(key.fingerprint) if key is not None else None
            if found is None or found.mark.stage is not Stage.HANDING or self.state.winner is not None:
                continue
            if now - found.mark.since >= self._request.lease:
                self._key = key
                self._memory = replace(self._memory, own=found.hash)
                return

    def _carry_out(self, step: Step) -> None:
        if step.act not in (Act.WAIT, Act.WATCH, Act.LOST, Act.UNFINISHED, Act.PROVE):
            self._confirm()
        acts: dict[Act, Callable[[Step], None]] = {
            Act.CREATE: self._create,
            Act.WAIT: self._wait,
            Act.WITHDRAW: self._withdraw,
            Act.REMOVE: self._remove,
            Act.EQUIP: self._equip,
            Act.PROVE: self._prove,
            Act.ANNOUNCE: self._announce,
            Act.HAND_OVER: self._hand_over,
            Act.CONFIRM: self._mark_as_handed,
            Act.WATCH: self._watch,
            Act.DISABLE: self._disable,
            Act.UNLIST: self._unlist,
            Act.RETIRE: self._retire,
            Act.RENAME: self._rename,
            Act.DELETE: self._delete,
            Act.LOST: self._lost,
            Act.UNFINISHED: self._unfinished,
        }
        acts[step.act](step)

    # Before the first write.

    def _confirm(self) -> None:
        """See that everything is ready, and let a person agree, before anything is written."""
        if self._is_confirmed and self._equipment is not None:
            return
        old = self.state.old
        if old is not None and self._destinations and self.state.winner is None and not self.state.is_retired:
            self._see_ready(old)
        if not self._is_confirmed and not self._context.confirm(self._description()):
            raise NotReady("it was not agreed to", "")
        self._is_confirmed = True

    def _see_ready(self, old: KeyRecord) -> None:
        problems = [(each.label, problem) for each in self._destinations if (problem := each.problem())]
        if problems:
            raise NotReady("; ".join(f"{label}: {problem}" for label, problem in problems))
        successor_limit(old, self._request.limit)
        successor_expiry(old, self._request.ttl, self._context.clock.now())
        self._equipment = read_equipment(self._account.management, old)
        workspaces = self._account.management.workspaces().rows
        workspace = next((each for each in workspaces if each.id == old.workspace_id), None)
        self.notes += [f"not copied: {each}" for each in not_copied(old, self._equipment, workspace)]
        self.notes += [note for each in self._destinations for note in each.notes()]

    def _description(self) -> list[str]:
        name = self._title()
        places = ", ".join(each.label for each in self._destinations)
        if not self._destinations:
            return [f"Finish the rotation of the key {name}.", *self.notes]
        return [f"Replace the key {name} by a successor, and hand that over to {places}.", *self.notes]

    def _title(self) -> str:
        old = self.state.old
        base = base_name(old.name) if old is not None else ""
        return base or f"{self._request.fingerprint[:12]}…"

    # The successor's way to the destinations.

    def _create(self, _step: Step) -> None:
        old = self._old()
        if old.disabled:
            self.notes.append("the old key is switched off already")
        own_info = self._account.management.self_info()
        if own_info.data is None:
            raise Incomplete("whether the account is an organization's could not be read")
        creation = Creation(self._account, self._context.clock, self._title())
        now = self._context.clock.now()
        expires_at = successor_expiry(old, self._request.ttl, now)
        created = creation.create(
            old,
            lambda: (
                new_mark(
                    old.name,
                    old.hash,
                    now=self._context.clock.now(),
                    nonce=self._context.nonce(),
                    destinations=self._request.destinations_digest,
                ).name
            ),
            expires_at,
            in_organization=own_info.data.in_organization,
        )
        self._key = created.key
        self._memory = replace(self._memory, own=created.record.hash, equipped=False, proven=False, handed=0)
        # Also rotations that were started at the same moment are seen now.
        self._account.look()
        if self.state.successor(created.record.hash) is None:
            self._account.store(created.record)

    def _equip(self, step: Step) -> None:
        """Give the successor everything that names the old key."""
        new, old = step.keys[0], self._old()
        equipment = read_equipment(self._account.management, old)
        guardrail = equipment.guardrails.get(old.hash)
        if guardrail is not None and equipment.guardrails.get(new) != guardrail:
            self._assign(new, guardrail)
        for kind, row in equipment.lists_with(old.hash):
            keys = with_successor(row.keys or (), old.hash, new, old_is_off=bool(old.disabled))
            if set(keys) != set(row.keys or ()):
                what = f"add the successor to the {kind.title} {row.name}"
                self._account.set_list(kind, row, keys, new, what)
        self._memory = replace(self._memory, equipped=True)

    def _assign(self, new: str, guardrail: str) -> None:
        def holds() -> bool | None:
            listing = self._account.management.guardrail_assignments()
            current = {each.guardrail for each in listing.rows if each.key == new}
            return True if guardrail in current else False if listing.is_complete else None

        write = Write(
            method="POST",
            path=f"/guardrails/{guardrail}/assignments/keys",
            payload={"key_hashes": [new]},
            fingerprint=new,
            what="assign the old key's guardrail to the successor",
        )
        self._account.expect(write, holds)

    def _prove(self, _step: Step) -> None:
        """See that the new key is accepted before anybody is given it."""
        if not self._account.writer.dry and self._key is not None:
            answer = self._account.management.asker.ask(key_info(self._key))
            if answer.kind in UNDECIDED:
                raise Incomplete("whether the new key is accepted could not be found out", _RUN_AGAIN)
            if answer.kind is not ReplyKind.OK or answer.data is None or answer.data.is_management_key:
                raise NotReady(
                    f"OpenRouter does not accept the new key ({answer.kind}); the old one is as it was",
                    "Look at the account's policies: a maximum lifetime of keys asks for --ttl.",
                )
        self._memory = replace(self._memory, proven=True)

    def _announce(self, step: Step) -> None:
        """Limit and mark in one change: a successor that can spend says that destinations may hold it."""
        old = self._old()
        successor = self.state.successor(step.keys[0])
        if successor is None:
            return
        self._account.change(
            successor.record,
            "give the successor its limit",
            name=successor.mark.at(Stage.HANDING, self._context.clock.now()).name,
            limit=successor_limit(old, self._request.limit),
            limit_reset=old.limit_reset,
            include_byok_in_limit=old.include_byok_in_limit,
        )

    def _hand_over(self, step: Step) -> None:
        if self._looks_other_than(step):
            return
        destination = self._destinations[self._memory.handed]
        if self._memory.handed and not self._renew(step.keys[0], Stage.HANDING):
            return
        write = Write(
            method="HAND OVER",
            path=destination.label,
            fingerprint=self._memory.own,
            what=f"hand the new key over to {destination.label}",
        )
        self._account.writer.note(write, None)
        if not self._account.writer.dry and self._key is not None:
            given = destination.hand_over(self._key)
            if not given.is_done:
                if not given.may_hold and not self._memory.handed:
                    self._take_back()
                raise HandOverFailed(f"{destination.label} did not take the new key: {given.problem}", _RUN_AGAIN)
        self._memory = replace(self._memory, handed=self._memory.handed + 1)

    def _mark_as_handed(self, step: Step) -> None:
        if not self._looks_other_than(step):
            self._renew(step.keys[0], Stage.HANDED)

    def _looks_other_than(self, step: Step) -> bool:
        """Whether the account, looked at anew, asks for another step: another rotation may have come between."""
        self._account.look()
        return next_step(self.state, self._memory, self._context.clock.now(), self._request.lease) != step

    def _renew(self, fingerprint: str, stage: Stage) -> bool:
        """Mark our successor anew. False: it is gone."""
        successor = self.state.successor(fingerprint)
        if successor is None:
            return False
        what = "mark the successor as handed over" if stage is Stage.HANDED else "renew the successor's mark"
        mark = successor.mark.at(stage, self._context.clock.now())
        return self._account.change(successor.record, what, name=mark.name)

    # The old key's way out.

    def _watch(self, step: Step) -> None:
        winner = self.state.winner
        if winner is not None and self._request.silence > timedelta(0) and not self._account.writer.dry:
            watch(self._account, step.keys, winner.mark.since, self._request, self._context)
        self._memory = replace(self._memory, silent=self._memory.silent | set(step.keys))

    def _disable(self, _step: Step) -> None:
        self._account.change(self._old(), "disable the old key", disabled=True)

    def _unlist(self, _step: Step) -> None:
        self._account.unlist(self._request.fingerprint, "the old key")
        self._memory = replace(self._memory, unlisted=True)

    def _retire(self, step: Step) -> None:
        old = self._old()
        self._account.change(old, "rename the old key after its successor", name=retired_name(old.name, step.keys[0]))

    def _rename(self, step: Step) -> None:
        successor = self.state.successor(step.keys[0])
        if successor is None:
            return
        old = self.state.old
        name = base_name(old.name) if old is not None else successor.mark.base
        self._account.change(successor.record, "give the successor the old key's name", name=name or "unnamed")
        if old is None:
            self._memory = replace(self._memory, finished=True)

    def _delete(self, _step: Step) -> None:
        self._account.delete(self._request.fingerprint, "delete the old key")
        self._memory = replace(self._memory, finished=True)

    # Successors that go.

    def _remove(self, step: Step) -> None:
        record = self._account.record(step.keys[0])
        if record is not None:
            self._account.remove(record, "a successor of an earlier run")

    def _withdraw(self, step: Step) -> None:
        record = self._account.record(step.keys[0])
        self._memory = replace(self._memory, own=None)
        if record is not None:
            self._account.remove(record, "this run's successor")
        raise Elsewhere("another rotation of the same key was started first; this one withdrew", _RUN_AGAIN)

    def _take_back(self) -> None:
        """Delete our successor, which no destination was given."""
        own = self._memory.own
        record = self._account.record(own) if own is not None else None
        self._memory = replace(self._memory, own=None)
        if record is not None:
            self._account.remove(record, "this run's successor")

    def _withdraw_unseen(self) -> None:
        """After a stop before anything was handed over: the successor is of no use, and a later run need not ask."""
        successor = self.state.successor(self._memory.own)
        if successor is None or successor.mark.stage is not Stage.MADE or self._account.writer.dry:
            return
        try:
            self._take_back()
        except RotationStop:
            self.notes.append("the successor that was made is switched off by the next run")

    # Other processes.

    def _wait(self, step: Step) -> None:
        now = self._context.clock.now()
        seconds = (step.until - now).total_seconds() if step.until is not None else _POLL
        if seconds > self._context.remaining() or self._account.writer.dry:
            raise Elsewhere("another rotation of the same key began a moment ago", "Run it again in a few minutes.")
        self._context.notify(f"another rotation of this key began a moment ago; waiting {seconds:.0f} s at most")
        self._context.clock.sleep(min(max(seconds, 0.1), _POLL))
        self._account.look()
        self._adopt()

    def _lost(self, _step: Step) -> None:
        raise Elsewhere("another rotation of the same key took over", _RUN_AGAIN)

    def _unfinished(self, _step: Step) -> None:
        raise NotReady(
            "there is no successor that was handed over", "Start with `rotate FINGERPRINT --to DESTINATION`."
        )

    def _old(self) -> KeyRecord:
        old = self.state.old
        if old is None:
            raise Incomplete("the old key was deleted meanwhile", _RUN_AGAIN)
        return old
