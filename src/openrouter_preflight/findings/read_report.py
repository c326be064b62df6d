"""A JSON report read back into an Outcome: from another machine or version.

Nothing in it is believed further than its types: a field of another kind makes the whole report unusable. Fields that
an older version does not write are taken as not known.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import inf
from typing import Final

from openrouter_preflight.findings.catalogue import RULES
from openrouter_preflight.findings.finding import Finding
from openrouter_preflight.findings.json_object import JsonObject, ReportError
from openrouter_preflight.findings.key_state import KeyState
from openrouter_preflight.findings.outcome import (
    SCHEMA,
    AccountStatus,
    Ceiling,
    ExitCode,
    FreeRequests,
    KeyStatus,
    KeyUsage,
    Outcome,
    RefTips,
    ScanSummary,
    Verdict,
    WriteRow,
)
from openrouter_preflight.findings.rule import Rule
from openrouter_preflight.findings.severity import Severity

LARGEST: Final = 256 * 1024 * 1024
"""Bytes of a report."""
_RULE_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,63}")
_SHARD: Final = re.compile(r"([1-9]\d{0,5})/([1-9]\d{0,5})")
_UNKNOWN: Final = "A finding of a rule that this version of the program does not know."


@dataclass(frozen=True, slots=True)
class ReadReport:
    """A report, and the verdict that it gives itself."""

    outcome: Outcome
    verdict: Verdict


def read_report(content: bytes) -> ReadReport:
    """The report in `content`. Raises ReportError."""
    if len(content) > LARGEST:
        raise ReportError(f"it is larger than {LARGEST // 1024 // 1024} MiB")
    try:
        parsed = json.loads(content)
    except (ValueError, RecursionError):
        raise ReportError("it is not JSON") from None
    if not isinstance(parsed, dict) or not isinstance(parsed.get("schema"), str):
        raise ReportError("it is no report of this program")
    if parsed["schema"] != SCHEMA:
        raise ReportError(f"its schema is not {SCHEMA}")
    return _report(JsonObject(parsed))


def _report(report: JsonObject) -> ReadReport:
    verdict = report.word("verdict", Verdict)
    if report.count("exit_code") != ExitCode[verdict.name].value:
        raise ReportError("its exit code is not that of its verdict")
    if not (report.has("findings", list) and report.has("keys", list)):
        raise ReportError("it lists no findings or no keys")
    outcome = Outcome(
        command=report.text("command"),
        findings=report.objects("findings", lambda entry: _finding(entry, verdict)),
        keys=report.objects("keys", _key),
        scan=report.maybe("scan", _scan),
        account=report.maybe("account", _account),
        simulated=(report.maybe_text("scenario") or "") if report.flag("simulated") else None,
        base_url=report.maybe_text("base_url"),
        is_dry_run=report.maybe_flag("dry_run") or False,
        writes=report.objects("writes", _write),
    )
    return ReadReport(outcome, verdict)


def _finding(entry: JsonObject, verdict: Verdict) -> Finding:
    severity = entry.word("severity", Severity)
    what = entry.maybe_text("what")
    return Finding(
        rule=_rule(entry.text("rule"), severity, verdict),
        severity=severity,
        what=entry.text("message") if what is None else what,
        where=entry.maybe_text("where") or "",
        remarks=entry.texts("remarks"),
        about=entry.maybe_text("about") or "",
        help=entry.text("help"),
        key=entry.maybe_text("key"),
        fingerprint=entry.fingerprint("fingerprint"),
        repository=entry.maybe_text("repository"),
        path=entry.maybe_text("path"),
        line=entry.maybe_count("line") or None,
        column=entry.maybe_count("column") or None,
        commit=entry.maybe_text("commit"),
        refs=entry.texts("refs"),
        more_refs=max((entry.maybe_count("refs_count") or 0) - len(entry.texts("refs")), 0),
        author_date=entry.maybe_text("author_date"),
        in_head=entry.maybe_flag("in_head"),
        encoding=entry.maybe_text("encoding"),
        member=entry.maybe_text("member"),
        live=entry.maybe_text("live"),
    )


def _rule(name: str, severity: Severity, verdict: Verdict) -> Rule:
    """Return the rule; an unknown one weighs what the report's verdict says."""
    if name in RULES:
        return RULES[name]
    if not _RULE_NAME.fullmatch(name):
        raise ReportError("it names a rule in a way that none is named")
    is_undecided = verdict is Verdict.INCOMPLETE
    return Rule(name=name, severity=severity, what=_UNKNOWN, why="", fix="", undecided=is_undecided)


def _key(entry: JsonObject) -> KeyStatus:
    unlimited = entry.maybe_flag("runway_unlimited")
    return KeyStatus(
        name=entry.text("name"),
        source=entry.text("source"),
        state=entry.word("state", KeyState),
        kind=entry.text("kind"),
        fingerprint=entry.fingerprint("fingerprint"),
        label=entry.maybe_text("label"),
        spendable_usd=entry.amount("spendable_usd"),
        spendable_is_certain=entry.maybe_flag("spendable_is_certain") or False,
        binding_ceiling=entry.maybe_text("binding_ceiling"),
        resets_at=entry.moment("resets_at"),
        expires_at=entry.moment("expires_at"),
        runway_days=inf if unlimited else entry.days("runway_days"),
        ceilings=entry.objects("ceilings", _ceiling),
        free_requests=entry.maybe("free_requests", _free_requests),
        daily_spend_usd=entry.objects("daily_spend_usd", _daily_spend),
        usage=entry.maybe("usage_usd", _usage),
        name_at_openrouter=entry.maybe_text("name_at_openrouter"),
        workspace=entry.maybe_text("workspace"),
        created_at=entry.moment("created_at"),
        last_used_at=entry.moment("last_used_at"),
        disabled=entry.maybe_flag("disabled"),
    )


def _usage(entry: JsonObject) -> KeyUsage:
    return KeyUsage(**{name: entry.amount(name) for name in ("total", "day", "week", "month")})


def _account(entry: JsonObject) -> AccountStatus:
    return AccountStatus(**{name: entry.amount(name) for name in ("balance_usd", "credits_usd", "usage_usd")})


def _ceiling(entry: JsonObject) -> Ceiling:
    remaining = entry.amount("remaining_usd")
    return Ceiling(
        name=entry.text("name"),
        remaining=Decimal(0) if remaining is None else remaining,
        limit=entry.amount("limit_usd"),
        spent=entry.amount("spent_usd"),
        reset_interval=entry.maybe_text("reset_interval"),
        resets_at=entry.moment("resets_at"),
        certain=entry.flag("certain"),
    )


def _free_requests(entry: JsonObject) -> FreeRequests:
    resets_at = entry.moment("resets_at")
    if resets_at is None:
        raise ReportError("its free requests reset at no time")
    used, limit = entry.maybe_count("used"), entry.maybe_count("limit")
    return FreeRequests(used=used, limit=limit, remaining=entry.count("remaining"), resets_at=resets_at)


def _daily_spend(entry: JsonObject) -> tuple[date, Decimal]:
    try:
        day, spent = date.fromisoformat(entry.text("date")), entry.amount("usd")
    except ValueError:
        raise ReportError("a day of its spending is no date") from None
    return day, Decimal(0) if spent is None else spent


def _scan(entry: JsonObject) -> ScanSummary:
    return ScanSummary(
        mode=entry.text("mode"),
        objects=entry.count("objects"),
        bytes=entry.count("bytes"),
        commits=entry.count("commits"),
        complete=entry.flag("complete"),
        shard=_shard(entry.maybe_text("shard")),
        repository=entry.maybe_text("repository"),
        refs=entry.maybe("refs", _tips),
    )


def _shard(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    found = _SHARD.fullmatch(text)
    if not found or int(found[1]) > int(found[2]):
        raise ReportError("its share is no share such as 2/9")
    return int(found[1]), int(found[2])


def _tips(entry: JsonObject) -> RefTips:
    return RefTips(
        count=entry.count("count"),
        digest=entry.text("digest"),
        head=entry.maybe_text("head"),
        tips=entry.pairs("tips"),
    )


def _write(entry: JsonObject) -> WriteRow:
    return WriteRow(
        method=entry.text("method"),
        path=entry.text("path"),
        fingerprint=entry.fingerprint("fingerprint"),
        status=entry.maybe_count("status"),
        what=entry.text("what"),
    )
