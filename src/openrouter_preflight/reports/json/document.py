"""The JSON report: schema `openrouter-preflight/1`. Fields are only added.

Money is a string of digits, so that no reader rounds it; times end in Z; what is unknown is null.
"""

from __future__ import annotations

from math import inf, isfinite
from typing import TYPE_CHECKING, Any

from openrouter_preflight.findings import SCHEMA
from openrouter_preflight.reports.json.as_json import as_json
from openrouter_preflight.reports.words import binding_ceiling, plain

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from openrouter_preflight.findings import (
        AccountStatus,
        Ceiling,
        Finding,
        FreeRequests,
        KeyStatus,
        KeyUsage,
        Outcome,
        RefTips,
        ScanSummary,
        WriteRow,
    )
    from openrouter_preflight.reports.interface import ReportContext


def render(outcome: Outcome, context: ReportContext) -> str:
    """The whole report: one object, in ASCII, whatever the stream's encoding is."""
    return as_json(document(outcome, context.version), indent=2)


def document(outcome: Outcome, version: str) -> dict[str, Any]:
    """The report's object."""
    return {
        "schema": SCHEMA,
        "version": version,
        "command": outcome.command,
        "verdict": outcome.verdict.value,
        "exit_code": outcome.exit_code.value,
        "simulated": outcome.simulated is not None,
        "scenario": outcome.simulated,
        "base_url": outcome.base_url,
        "keys": [_key(key) for key in outcome.keys],
        "account": _account(outcome.account) if outcome.account else None,
        "scan": _scan(outcome.scan) if outcome.scan else None,
        "findings": [_finding(finding) for finding in outcome.ordered_findings],
        "dry_run": outcome.is_dry_run,
        "writes": [_write(row) for row in outcome.writes],
    }


def _key(key: KeyStatus) -> dict[str, Any]:
    return {
        "name": key.name,
        "source": key.source,
        "fingerprint": key.fingerprint,
        "label": key.label,
        "state": key.state.value,
        "kind": key.kind,
        "spendable_usd": _money(key.spendable_usd),
        "spendable_is_certain": key.spendable_is_certain,
        "binding_ceiling": key.binding_ceiling,
        "resets_at": _time(key.resets_at),
        "expires_at": _time(key.expires_at),
        "runway_days": key.runway_days if key.runway_days is not None and isfinite(key.runway_days) else None,
        "runway_unlimited": key.runway_days == inf,
        "ceilings": [_ceiling(ceiling, binds=ceiling is binding_ceiling(key)) for ceiling in key.ceilings],
        "free_requests": _free_requests(key.free_requests) if key.free_requests else None,
        "daily_spend_usd": [{"date": day.isoformat(), "usd": _money(spent)} for day, spent in key.daily_spend_usd],
        "usage_usd": _usage(key.usage) if key.usage else None,
        "name_at_openrouter": key.name_at_openrouter,
        "workspace": key.workspace,
        "created_at": _time(key.created_at),
        "last_used_at": _time(key.last_used_at),
        "disabled": key.disabled,
    }


def _ceiling(ceiling: Ceiling, *, binds: bool) -> dict[str, Any]:
    return {
        "name": ceiling.name,
        "remaining_usd": _money(ceiling.remaining),
        "limit_usd": _money(ceiling.limit),
        "spent_usd": _money(ceiling.spent),
        "reset_interval": ceiling.reset_interval,
        "resets_at": _time(ceiling.resets_at),
        "certain": ceiling.certain,
        "binds": binds,
    }


def _usage(usage: KeyUsage) -> dict[str, Any]:
    return {name: _money(getattr(usage, name)) for name in ("total", "day", "week", "month")}


def _account(account: AccountStatus) -> dict[str, Any]:
    return {name: _money(getattr(account, name)) for name in ("balance_usd", "credits_usd", "usage_usd")}


def _free_requests(free: FreeRequests) -> dict[str, Any]:
    return {"used": free.used, "limit": free.limit, "remaining": free.remaining, "resets_at": _time(free.resets_at)}


def _scan(scan: ScanSummary) -> dict[str, Any]:
    return {
        "mode": scan.mode,
        "objects": scan.objects,
        "bytes": scan.bytes,
        "commits": scan.commits,
        "complete": scan.complete,
        "shard": None if scan.shard is None else f"{scan.shard[0]}/{scan.shard[1]}",
        "repository": scan.repository,
        "refs": None if scan.refs is None else _refs(scan.refs),
    }


def _refs(refs: RefTips) -> dict[str, Any]:
    return {"count": refs.count, "digest": refs.digest, "head": refs.head, "tips": dict(refs.tips)}


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule.name,
        "severity": finding.severity.value,
        "message": finding.message,
        "what": finding.what,
        "where": finding.where or None,
        "remarks": list(finding.remarks),
        "about": finding.about or None,
        "help": finding.help,
        "key": finding.key,
        "fingerprint": finding.fingerprint,
        "live": finding.live,
        "repository": finding.repository,
        "path": finding.path,
        "line": finding.line,
        "column": finding.column,
        "commit": finding.commit,
        "ref": finding.ref,
        "refs": list(finding.refs),
        "refs_count": len(finding.refs) + finding.more_refs,
        "author_date": finding.author_date,
        "in_head": finding.in_head,
        "encoding": finding.encoding,
        "member": finding.member,
    }


def _write(row: WriteRow) -> dict[str, Any]:
    return {
        "method": row.method,
        "path": row.path,
        "fingerprint": row.fingerprint,
        "status": row.status,
        "what": row.what,
    }


def _money(amount: Decimal | None) -> str | None:
    return plain(amount) if amount is not None and amount.is_finite() else None


def _time(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC, ending in Z; fractions of a second only where there are some."""
    if moment is None:
        return None
    from datetime import UTC

    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
