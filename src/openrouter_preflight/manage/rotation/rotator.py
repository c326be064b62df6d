"""Execution of a rotation: decide a step, carry it out, read it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from openrouter_preflight.manage.marks import Stage, base_name
from openrouter_preflight.manage.rotation.creation import create_successor
from openrouter_preflight.manage.rotation.outfit import announce, equip, hand_over, prove, retire
from openrouter_preflight.manage.rotation.readiness import adoptable_key, refuse_other_destinations, see_ready
from openrouter_preflight.manage.rotation.report import title_of
from openrouter_preflight.manage.rotation.request import successor_limit
from openrouter_preflight.manage.rotation.steps import Act, Memory, Step, next_step
from openrouter_preflight.manage.rotation.stop import (
    Elsewhere,
    Incomplete,
    NotReady,
    NotTaken,
    RotationStop,
)
from openrouter_preflight.manage.rotation.watch import watch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from openrouter_preflight.keys import ApiKey
    from openrouter_preflight.manage.destinations.interface import Destination
    from openrouter_preflight.manage.rotation.account import RotationAccount
    from openrouter_preflight.manage.rotation.context import RotationContext
    from openrouter_preflight.manage.rotation.request import RotationRequest
    from openrouter_preflight.manage.rotation.state import RotationState
    from openrouter_preflight.openrouter.answers import KeyRecord

_MOST_STEPS: Final = 500
_POLL: Final = 5.0
"""Seconds between two looks at another process's mark."""
_WRITES_NOTHING: Final = (Act.WAIT, Act.PROVE, Act.LOST, Act.UNFINISHED)
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
        self._is_ready = False
        self._is_swept = False
        self._has_waited = False
        self._name = ""
        self.title = ""
        """The old key's name for people; empty before anything was read."""
        self.notes: list[str] = []
        """Notes for a person, whatever becomes of the rotation."""

    @property
    def state(self) -> RotationState:
        """The rotation as it was last seen."""
        return self._account.state

    def run(self) -> None:
        """Go on until the rotation is done. Raises RotationStop where it cannot."""
        self.title = title_of(self._account.look())
        refuse_other_destinations(self.state, self._request, self._destinations)
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
        """Return True where no successor appeared late."""
        if self._is_swept:
            return True
        self._is_swept = True
        if not self._memory.delete and not self._memory.finished:
            self._account.look()
        return False

    def _adopt(self) -> None:
        """Take over a successor that a readable destination holds."""
        key = adoptable_key(self.state, self._destinations, self._context.clock.now(), self._request.lease)
        if key is not None:
            self._key = key
            self._memory = replace(self._memory, own=key.fingerprint)

    def _carry_out(self, step: Step) -> None:
        if step.act not in _WRITES_NOTHING:
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

    def _confirm(self) -> None:
        """Check readiness and let a person agree, before any write."""
        if self._is_ready:
            return
        self._is_ready = True
        old = self.state.old
        if old is not None and self._destinations and self.state.winner is None and not self.state.is_retired:
            self.notes += see_ready(
                self._account.management, old, self._request, self._destinations, self._context.clock.now()
            )
        if not self._account.writer.dry and not self._context.confirm(self._description()):
            raise NotReady("it was not agreed to")

    def _description(self) -> list[str]:
        places = ", ".join(each.label for each in self._destinations)
        if not self._destinations:
            return [f"Finish the rotation of the key {self.title}.", *self.notes]
        return [f"Replace the key {self.title} by a successor, and hand that over to {places}.", *self.notes]

    def _create(self, _step: Step) -> None:
        created = create_successor(self._account, self._old(), self._request, self._context)
        self._key = created.key
        self._memory = replace(self._memory, own=created.record.hash, equipped=False, proven=False, handed=0)
        # Also rotations that were started at the same moment are seen now.
        self._account.look()
        if self.state.successor(created.record.hash) is None:
            self._account.store(created.record)

    def _equip(self, step: Step) -> None:
        equip(self._account, step.keys[0], self._old())
        self._memory = replace(self._memory, equipped=True)

    def _prove(self, _step: Step) -> None:
        if not self._account.writer.dry and self._key is not None:
            prove(self._account.management, self._key)
        self._memory = replace(self._memory, proven=True)

    def _announce(self, step: Step) -> None:
        successor = self.state.successor(step.keys[0])
        if successor is not None:
            limit = successor_limit(self._old(), self._request.limit)
            announce(self._account, successor, self._old(), limit, self._context.clock.now())

    def _hand_over(self, step: Step) -> None:
        if self._looks_other_than(step):
            return
        destination = self._destinations[self._memory.handed]
        if not self._is_renewed(step.keys[0]):
            return
        try:
            hand_over(self._account.writer, destination, self._key, step.keys[0])
        except NotTaken:
            if not self._memory.handed:
                self._take_back()
            raise
        self._memory = replace(self._memory, handed=self._memory.handed + 1)

    def _mark_as_handed(self, step: Step) -> None:
        if not self._looks_other_than(step):
            self._renew(step.keys[0], Stage.HANDED)

    def _looks_other_than(self, step: Step) -> bool:
        """Return True where the account, read again, asks for another step."""
        self._account.look()
        return next_step(self.state, self._memory, self._context.clock.now(), self._request.lease) != step

    def _is_renewed(self, fingerprint: str) -> bool:
        """Renew our mark; others see that this process is alive."""
        successor = self.state.successor(fingerprint)
        age = self._context.clock.now() - successor.mark.since if successor is not None else timedelta(0)
        is_new = not self._memory.handed and age < self._request.lease / 4
        return is_new or self._renew(fingerprint, Stage.HANDING)

    def _renew(self, fingerprint: str, stage: Stage) -> bool:
        """Mark our successor anew. False: it is gone."""
        successor = self.state.successor(fingerprint)
        if successor is None:
            return False
        what = "mark the successor as handed over" if stage is Stage.HANDED else "renew the successor's mark"
        mark = successor.mark.at(stage, self._context.clock.now())
        return self._account.change(successor.record, what, name=mark.name)

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
        self._name = retire(self._account, self._old(), step.keys[0])

    def _rename(self, step: Step) -> None:
        successor = self.state.successor(step.keys[0])
        if successor is None:
            return
        old = self.state.old
        name = self._name or (base_name(old.name) if old is not None else successor.mark.base)
        self._account.change(successor.record, "give the successor the old key's name", name=name or "unnamed")
        if old is None:
            self._memory = replace(self._memory, finished=True)

    def _delete(self, _step: Step) -> None:
        self._account.delete(self._request.fingerprint, "delete the old key")
        self._memory = replace(self._memory, finished=True)

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
        """Withdraw a successor that was handed over nowhere."""
        successor = self.state.successor(self._memory.own)
        if successor is None or successor.mark.stage is not Stage.MADE or self._account.writer.dry:
            return
        try:
            self._take_back()
        except RotationStop:
            self.notes.append("the successor that was made is switched off by the next run")

    def _wait(self, step: Step) -> None:
        now = self._context.clock.now()
        seconds = (step.until - now).total_seconds() if step.until is not None else _POLL
        if seconds > self._context.remaining() or self._account.writer.dry:
            raise Elsewhere("another rotation of the same key began a moment ago", "Run it again in a few minutes.")
        if not self._has_waited:
            self._context.notify(f"another rotation of this key began a moment ago; waiting {seconds:.0f} s at most")
        self._has_waited = True
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
