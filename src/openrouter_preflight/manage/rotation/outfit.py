"""Steps for a successor: equipment, proof, limit, destination, name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from openrouter_preflight.manage.found import reason
from openrouter_preflight.manage.marks import LONGEST_BASE, Stage, base_name, retired_name
from openrouter_preflight.manage.rotation.equipment import read_equipment, with_successor
from openrouter_preflight.manage.rotation.stop import HandOverFailed, Incomplete, NotReady, NotTaken
from openrouter_preflight.manage.writes import Write
from openrouter_preflight.openrouter.endpoints import key_info
from openrouter_preflight.openrouter.reply_kind import ReplyKind

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from openrouter_preflight.keys import ApiKey
    from openrouter_preflight.manage.client import Management
    from openrouter_preflight.manage.destinations.interface import Destination
    from openrouter_preflight.manage.rotation.account import RotationAccount
    from openrouter_preflight.manage.rotation.state import Successor
    from openrouter_preflight.manage.writes import Writer
    from openrouter_preflight.openrouter.answers import KeyRecord


def equip(account: RotationAccount, new: str, old: KeyRecord) -> None:
    """Give the successor the old key's guardrail and lists.

    Raises:
        Incomplete: a change could not be confirmed.
        NotReady: OpenRouter refuses one.
    """
    equipment = read_equipment(account.management, old)
    guardrail = equipment.guardrails.get(old.hash)
    if guardrail is not None and equipment.guardrails.get(new) != guardrail:
        _assign(account, new, guardrail)
    for kind, row in equipment.lists_with(old.hash):
        keys = with_successor(row.keys or (), old.hash, new, old_is_off=bool(old.disabled))
        if set(keys) != set(row.keys or ()):
            account.set_list(kind, row, keys, new, f"add the successor to the {kind.title} {row.name}")


def _assign(account: RotationAccount, new: str, guardrail: str) -> None:
    """Assign a guardrail, in place of another one (API.md §6)."""

    def holds() -> bool | None:
        listing = account.management.guardrail_assignments()
        if any(each.key == new and each.guardrail == guardrail for each in listing.rows):
            return True
        return False if listing.is_complete else None

    write = Write(
        method="POST",
        path=f"/guardrails/{guardrail}/assignments/keys",
        payload={"key_hashes": [new]},
        fingerprint=new,
        what="assign the old key's guardrail to the successor",
    )
    account.expect(write, holds)


_KNOWN: Final = frozenset(
    {
        ReplyKind.KEY_LIMIT_SPENT,
        ReplyKind.KEY_LIMIT_TOO_LOW,
        ReplyKind.BUDGET_SPENT,
        ReplyKind.CREDIT_EXHAUSTED,
        ReplyKind.UNAFFORDABLE,
        ReplyKind.REQUEST_TOO_LARGE,
        ReplyKind.FREE_REQUESTS_SPENT,
    }
)
"""Refusals of a key that is known: with its limit of 0 it may be called spent."""
_REFUSED: Final = frozenset({ReplyKind.KEY_LIFETIME, ReplyKind.KEY_FORBIDDEN, ReplyKind.REGION_REFUSED})


def prove(management: Management, key: ApiKey) -> None:
    """See that the new key is accepted.

    A 401 decides nothing: the account has just made the key, and good keys get them in an outage (API.md §3).

    Raises:
        Incomplete: it could not be found out.
        NotReady: OpenRouter refuses the key by a rule.
    """
    answer = management.asker.ask(key_info(key))
    if answer.kind in _KNOWN or (answer.data is not None and not answer.data.is_management_key):
        return
    if answer.kind in _REFUSED:
        raise NotReady(
            f"OpenRouter does not accept the new key ({answer.kind}); the old one is as it was",
            "Look at the account's policies: a maximum lifetime of keys asks for --ttl.",
        )
    raise Incomplete(f"whether the new key is accepted could not be found out: {reason(answer)}")


def hand_over(writer: Writer, destination: Destination, key: ApiKey | None, fingerprint: str) -> None:
    """Give a destination the new key. Raises HandOverFailed or NotTaken."""
    write = Write(
        method="HAND OVER",
        path=destination.label,
        fingerprint=fingerprint,
        what=f"hand the new key over to {destination.label}",
    )
    writer.note(write, None)
    if writer.dry or key is None:
        return
    given = destination.hand_over(key)
    if not given.is_done:
        error = HandOverFailed if given.may_hold else NotTaken
        raise error(f"{destination.label} did not take the new key: {given.problem}")


def announce(
    account: RotationAccount, successor: Successor, old: KeyRecord, limit: Decimal | None, now: datetime
) -> None:
    """Set limit and mark in one change: destinations may hold it now."""
    account.change(
        successor.record,
        "give the successor its limit",
        name=successor.mark.at(Stage.HANDING, now).name,
        limit=limit,
        limit_reset=old.limit_reset,
        include_byok_in_limit=old.include_byok_in_limit,
    )


def retire(account: RotationAccount, old: KeyRecord, new: str) -> str:
    """Rename the old key after its replacement; return the free name.

    How long a name may be is not documented: one that is refused is cut.
    """
    name = base_name(old.name)
    what = "rename the old key after its successor"
    try:
        account.change(old, what, name=retired_name(name, new))
    except NotReady as refusal:
        if refusal.status not in (400, 422) or len(name) <= LONGEST_BASE:
            raise
        account.change(old, what, name=retired_name(name[:LONGEST_BASE], new))
    return name
