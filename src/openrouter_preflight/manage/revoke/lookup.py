"""Look-up of a key's record and recent use; a 404 is sorted.

API.md §6: deleted keys, management keys, keys made by OAuth and keys of other accounts are all answered 404. With the
key itself at hand `/key` tells more; without it nobody can.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from openrouter_preflight.findings.amounts import usd
from openrouter_preflight.manage.found import found, reason
from openrouter_preflight.openrouter.endpoints import key_info
from openrouter_preflight.openrouter.reply_kind import ReplyKind

if TYPE_CHECKING:
    from datetime import datetime

    from openrouter_preflight.findings import Finding
    from openrouter_preflight.manage.client import Management
    from openrouter_preflight.manage.revoke.targets import RevokeTarget
    from openrouter_preflight.openrouter.answers import KeyRecord
    from openrouter_preflight.openrouter.request import Answer

_USUAL_WINDOW: Final = timedelta(days=30)
_LEAST_WINDOW: Final = timedelta(hours=1)
_PAGE: Final = "https://openrouter.ai/keys/"
"""Followed by a fingerprint, it opens the key for its signed-in owner (API.md §4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """One key, as it was found."""

    target: RevokeTarget
    answer: Answer[KeyRecord]
    did: str = ""
    """Recent use, as the end of a sentence."""

    @property
    def record(self) -> KeyRecord | None:
        """The account's record of the key, or None."""
        return self.answer.data

    @property
    def name(self) -> str:
        """The key's name at OpenRouter with its label, else its variable."""
        record = self.record
        if record is None:
            return self.target.name
        label = f" ({record.label})" if record.label else ""
        return f"{(record.name or '').strip() or self.target.name}{label}"


def look_up(management: Management, target: RevokeTarget, now: datetime) -> Lookup:
    """Return the key's record, and its use since it leaked or in 30 days."""
    answer = management.key_record(target.fingerprint)
    did = _activity(management, target, now) if answer.data is not None else ""
    return Lookup(target=target, answer=answer, did=did)


def _activity(management: Management, target: RevokeTarget, now: datetime) -> str:
    """From analytics, whose zero is one only without warnings (API.md §6)."""
    start = min(target.since or now - _USUAL_WINDOW, now - _LEAST_WINDOW)
    since = f"since {start:%Y-%m-%d}" + (", when it leaked," if target.since is not None else "")
    answer = management.usage_between(target.fingerprint, start, now)
    if answer.data is None:
        return f"what it did {since} is not known: {reason(answer)}"
    count = answer.data
    requests = "1 request" if count.requests == 1 else f"{count.requests:,} requests"
    spend = f", {usd(count.spend)}" if count.spend is not None else ""
    doubt = "" if count.is_sure else " at least; the figures came with a warning"
    return f"{since} it made {requests}{spend}{doubt}"


def sort_out(lookup: Lookup, management: Management) -> Finding:
    """Return the finding about a key without a readable record."""
    target, answer = lookup.target, lookup.answer
    page = f"{_PAGE}{target.fingerprint}"
    if answer.kind is not ReplyKind.NOT_FOUND:
        what = f"{target.name} was not switched off: its record could not be read: {reason(answer)}."
        return found("revoke-undecided", what, key=target.name, fingerprint=target.fingerprint)
    if target.key is None:
        what = (
            f"the account has no key {target.name}: it was deleted, is a management key, was made by OAuth, or belongs "
            "to another account."
        )
        help_ = (
            f"{page} opens it for its owner; management keys: https://openrouter.ai/settings/management-keys, keys "
            "made by OAuth: https://openrouter.ai/settings/security. With the key at hand (--key-env) more is said."
        )
        return found("key-not-found", what, help_=help_, fingerprint=target.fingerprint)
    return _with_key(target, management, page)


def _with_key(target: RevokeTarget, management: Management, page: str) -> Finding:
    assert target.key is not None  # noqa: S101 - the caller looked
    own = management.asker.ask(key_info(target.key))
    name, fingerprint = target.name, target.fingerprint
    if own.kind is ReplyKind.KEY_REJECTED:
        return found("key-already-off", f"{name} is dead already: OpenRouter answers 401 to it.", key=name)
    if own.data is None:
        what = f"{name} is not in the account's list, and what else it is could not be decided: {reason(own)}."
        return found("revoke-undecided", what, help_=f"{page} opens it for its owner.", key=name)
    if own.data.is_management_key:
        what = f"{name} is a management key, and alive: no API switches those off."
        help_ = "Delete it at https://openrouter.ai/settings/management-keys, at once: it can do anything to every key."
        return found("key-not-found", what, help_=help_, key=name, fingerprint=fingerprint)
    mine = management.self_info()
    accounts = (own.data.account, mine.data.account if mine.data is not None else None)
    if None not in accounts and accounts[0] != accounts[1]:
        what = f"{name} is alive, and belongs to another account than the management key."
        help_ = f"Use a management key of its account, or let its owner switch it off: {page}."
        return found("key-not-found", what, help_=help_, key=name, fingerprint=fingerprint)
    is_ours = "is of this account" if None not in accounts else "may be of this account"
    what = f"{name} is alive and {is_ours}, and no list has it: keys made by OAuth are like that."
    help_ = f"Take the permission back at https://openrouter.ai/settings/security, or switch it off at {page}."
    return found("key-not-found", what, help_=help_, key=name, fingerprint=fingerprint)
