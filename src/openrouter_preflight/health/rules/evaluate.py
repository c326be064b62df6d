"""Facts in, a verdict on each key out: its row for the report, and its findings. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openrouter_preflight.findings import KeyState, KeyStatus, Severity
from openrouter_preflight.health.money.ceilings import binding, ceilings_of, free_requests
from openrouter_preflight.health.rules.availability import service_findings
from openrouter_preflight.health.rules.balance import balance_findings
from openrouter_preflight.health.rules.hygiene import hygiene_findings
from openrouter_preflight.health.rules.model_access import model_findings
from openrouter_preflight.health.rules.probe_results import inferred_account, probe_findings
from openrouter_preflight.health.rules.rules_evaluated import rules_evaluated
from openrouter_preflight.health.rules.runway_gate import runway_days, runway_findings
from openrouter_preflight.health.rules.secret_format import format_findings
from openrouter_preflight.health.rules.validity import validity_findings
from openrouter_preflight.openrouter.reply_kind import ReplyKind
from openrouter_preflight.settings.model import OnMissing

if TYPE_CHECKING:
    from datetime import datetime

    from openrouter_preflight.findings import Ceiling, Finding
    from openrouter_preflight.health.facts import Facts, Target
    from openrouter_preflight.openrouter.answers import Credits
    from openrouter_preflight.openrouter.request import Answer


def judge(facts: Facts, now: datetime) -> tuple[KeyStatus, tuple[Finding, ...]]:
    """The row and the findings of one key, as of `now`."""
    info = facts.key_info
    ceilings: tuple[Ceiling, ...] = ()
    if info is not None and not info.is_management_key:
        account = facts.account.data if facts.account is not None else None
        ceilings = ceilings_of(info, account, account_is_certain=facts.account_is_certain, now=now)
        ceilings = inferred_account(facts, ceilings)
    findings = (
        *format_findings(facts.target, is_accepted=info is not None),
        *service_findings(facts.target, facts.info),
        *validity_findings(facts, now),
        *balance_findings(facts, ceilings),
        *runway_findings(facts, ceilings, now),
        *model_findings(facts, now),
        *hygiene_findings(facts, now),
        *probe_findings(facts),
    )
    lowest = binding(ceilings)
    key = facts.target.diagnosis.key
    return KeyStatus(
        name=facts.target.name,
        source=facts.target.source,
        state=_state(facts.target, findings),
        kind="unknown" if info is None else "management" if info.is_management_key else "inference",
        fingerprint=key.fingerprint if key else None,
        label=key.label if key else None,
        spendable_usd=lowest.remaining if lowest else None,
        binding_ceiling=lowest.name if lowest else None,
        resets_at=lowest.resets_at if lowest else None,
        expires_at=info.expires_at if info else None,
        runway_days=runway_days(facts, ceilings, now),
        ceilings=ceilings,
        daily_spend_usd=facts.spending.days if facts.spending else (),
        free_requests=free_requests(info, now) if info else None,
        judged=rules_evaluated(facts),
    ), findings


def evaluate_management_key(target: Target, account: Answer[Credits] | None) -> tuple[Finding, ...]:
    """The findings about the management key itself. A refusal is a warning: gates that need the key say more."""
    if account is not None and account.kind is ReplyKind.MANAGEMENT_KEY_NEEDED:
        message = (
            f"{target.name} is an ordinary key: what it was to be asked is told to management keys only (HTTP 403)."
        )
        help_ = "Put a management key there, of the account that the checked keys belong to."
        return (
            *format_findings(target, is_accepted=False),
            target.finding("key-forbidden", message, help_, Severity.WARNING),
        )
    refusals = (finding.with_severity(Severity.WARNING) for finding in service_findings(target, account))
    is_accepted = account is not None and account.data is not None
    return (*format_findings(target, is_accepted=is_accepted), *refusals)


def _state(target: Target, findings: tuple[Finding, ...]) -> KeyState:
    """The state that comes first of those that the findings put the key in."""
    found = [
        (finding.rule.state_yields, finding.rule.key_state.rank, finding.rule.key_state)
        for finding in findings
        if finding.rule.key_state is not None and not _is_tolerated_shape(finding)
    ]
    state = min(found)[2] if found else KeyState.VALID
    is_skipped = state is KeyState.MISSING and target.policies.on_missing is OnMissing.SKIP
    return KeyState.SKIPPED if is_skipped else state


def _is_tolerated_shape(finding: Finding) -> bool:
    """Whether it warns of an odd shape that --allow-any-shape tolerates: OpenRouter's answer says more."""
    return finding.rule.key_state is KeyState.MALFORMED and finding.severity is not Severity.ERROR
