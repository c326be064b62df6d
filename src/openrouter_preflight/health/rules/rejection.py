"""Rules for a 401 in each attempt: bad key, or outage (API.md §3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from openrouter_preflight.health import wording
from openrouter_preflight.openrouter.reply_kind import ReplyKind
from openrouter_preflight.openrouter.retry import ASKED_BEFORE_BELIEVED

if TYPE_CHECKING:
    from openrouter_preflight.findings import Finding
    from openrouter_preflight.health.facts import Evidence, Target

_STATUS_PAGE: Final = "https://status.openrouter.ai"
_OUTAGE: Final = f"during an outage in February 2026 good keys were answered the same: {_STATUS_PAGE}"
_WAIT: Final = (
    f"Look at {_STATUS_PAGE} and run the step again later; where the refusal lasts and no outage is reported, the key "
    "itself is bad."
)


def rejection_finding(target: Target, evidence: Evidence | None) -> Finding:
    """The one finding about a key that was refused, by all that the run saw."""
    name, times = target.name, wording.times(ASKED_BEFORE_BELIEVED)
    refused = f"OpenRouter answered 401, {times} in a row"
    if target.diagnosis.token is not None:
        message = f"{name}, a workload-identity token, could not be checked: {refused}; some endpoints take keys only."
        return target.finding("token-unchecked", message)
    if evidence is None:
        return target.finding("key-rejected", f"{name} was rejected: {refused}; {_OUTAGE}.")
    record = evidence.record.data if evidence.record is not None else None
    if record is not None:
        known = f" ({record.name!r})" if (record.name or "").strip() else ""
        if record.disabled:
            return target.finding("key-disabled", f"{name}{known} was disabled by its owner: {refused}.")
        if record.expires_at is not None and record.expires_at <= evidence.now:
            message = f"{name}{known} expired on {wording.date(record.expires_at)}: {refused}."
            return target.finding("key-expired", message)
        message = f"{name}{known} could not be checked: {refused}, but its record says that it is neither disabled nor"
        return target.finding("service-unreachable", f"{message} expired, as during an outage.", _WAIT)
    if evidence.reason is not None:
        message = f"{name} could not be checked: {refused}, but {evidence.reason}: an outage answers so to good keys."
        return target.finding("service-unreachable", message, _WAIT)
    is_unknown = evidence.record is not None and evidence.record.kind is ReplyKind.NOT_FOUND
    why = "; the management key's account does not have this key: it was deleted" if is_unknown else f"; {_OUTAGE}"
    return target.finding("key-rejected", f"{name} was rejected: {refused}{why}.")
