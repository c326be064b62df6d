"""The whole of an audit, from its settings and a way to ask to its outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openrouter_preflight.findings import Outcome, Severity
from openrouter_preflight.manage.audit.collect import AccountData, collect
from openrouter_preflight.manage.audit.earlier import changes, read_earlier_audit, window_change
from openrouter_preflight.manage.audit.looks import LookContext, look_at_all
from openrouter_preflight.manage.audit.rows import account_of, by_spend, names_of, row_of
from openrouter_preflight.manage.found import found, reason, refused_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from openrouter_preflight.findings import Finding
    from openrouter_preflight.manage.client import Management
    from openrouter_preflight.settings.manage.model import AuditSettings


def audit(
    settings: AuditSettings,
    management: Management,
    *,
    now: datetime,
    remaining: Callable[[], float],
    progress: Callable[[int, int], None],
) -> Outcome:
    """Look at every key of the account.

    Args:
        settings: Which workspaces, and what is looked for.
        management: Reads the account.
        now: Ages and expiry dates count from it.
        remaining: The seconds until the deadline.
        progress: Hears how many workspaces of how many were read.

    Raises:
        UsageError: the earlier report cannot be used, or a workspace that was named is not there.
    """
    earlier = read_earlier_audit(settings.compare) if settings.compare is not None else None
    data = collect(
        management,
        settings.workspaces,
        now=now,
        remaining=remaining,
        progress=progress,
        with_activity=earlier is not None,
    )
    keys = by_spend(data.keys)
    names = names_of(keys)
    rows = tuple(row_of(key, names[key.record.hash], now) for key in keys)
    account = account_of(data.credits.data if data.credits else None)
    context = LookContext(settings=settings, ceilings=data.ceilings, now=now, names=names)
    findings = [*_gaps(data, settings), *look_at_all(keys, context), *_unknown_ceilings(data, context)]
    if earlier is not None:
        findings += changes(earlier, rows, account, is_whole=not data.gaps and not settings.workspaces)
        days = data.activity.data if data.activity else None
        window = window_change(days, now) if days is not None else None
        findings += [window] if window is not None else []
    findings.append(found("keys-not-listed", _NOT_LISTED))
    return Outcome(command="audit", findings=tuple(findings), keys=rows, account=account, simulated=settings.simulate)


_NOT_LISTED = "management keys and keys made by OAuth are not in this list: OpenRouter's API tells of neither."


def _gaps(data: AccountData, settings: AuditSettings) -> Iterator[Finding]:
    """Yield findings about unread parts, once for the management key's fault."""
    variable = settings.service.management_key_env
    refusal = next((gap.answer for gap in data.gaps if gap.is_refusal and gap.answer is not None), None)
    refused = refused_key(refusal, variable) if refusal is not None else None
    if refused is not None:
        yield refused
    for gap in data.gaps:
        if not gap.is_refusal:
            yield found("audit-incomplete", f"{gap.what} could not be read to the end: {gap.why}.")
    if data.credits is None or data.credits.data is None:
        why = reason(data.credits) if data.credits is not None else "the deadline passed"
        if refused is None:
            what = f"the account's balance could not be read: {why}."
            yield found("audit-incomplete", what, severity=Severity.WARNING)


def _unknown_ceilings(data: AccountData, context: LookContext) -> Iterator[Finding]:
    """Return one finding for keys whose ceilings are not known."""
    unknown = [key for key in data.keys if key.is_live(context.now) and context.ceilings.bounds(key) is None]
    if not unknown:
        return
    why = context.ceilings.why_unknown(unknown[0])
    count = f"{len(unknown)} keys without a limit" if len(unknown) > 1 else "a key without a limit"
    what = f"whether a guardrail or a budget bounds {count} is not known: {why}."
    yield found("audit-incomplete", what, severity=context.severity("require_limit"))
