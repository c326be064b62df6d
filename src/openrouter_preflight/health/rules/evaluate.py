"""Evaluation: facts in; a row and findings for each key out. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from openrouter_preflight.findings import AccountStatus, KeyState, KeyStatus, KeyUsage, Severity
from openrouter_preflight.health.labels import is_ordinary_key
from openrouter_preflight.health.money.ceilings import binding, ceilings_of, free_requests
from openrouter_preflight.health.rules.availability import service_findings
from openrouter_preflight.health.rules.balance import balance_findings, is_account_known
from openrouter_preflight.health.rules.free_requests import free_request_findings
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
    from collections.abc import Sequence
    from datetime import datetime
    from decimal import Decimal

    from openrouter_preflight.findings import Ceiling, Finding
    from openrouter_preflight.health.facts import Facts, Target
    from openrouter_preflight.openrouter.answers import KeyInfo


def judge(facts: Facts, now: datetime) -> tuple[KeyStatus, tuple[Finding, ...]]:
    """The row and the findings of one key, as of `now`."""
    info = facts.key_info
    ceilings: tuple[Ceiling, ...] = ()
    if info is not None and not info.is_management_key:
        account = facts.account.data if facts.account is not None else None
        ceilings = ceilings_of(info, account, account_is_certain=facts.account_is_certain, now=now)
        ceilings = inferred_account(facts, ceilings)
    findings = (
        *format_findings(facts.target, is_accepted=info is not None, now=now),
        *service_findings(facts.target, facts.info, facts.address, facts.evidence),
        *validity_findings(facts, now),
        *balance_findings(facts, ceilings),
        *runway_findings(facts, ceilings, now),
        *model_findings(facts, now),
        *free_request_findings(facts, now),
        *hygiene_findings(facts, now),
        *probe_findings(facts),
    )
    lowest = binding(ceilings)
    key, token = facts.target.diagnosis.key, facts.target.diagnosis.token
    record = facts.record.data if facts.record is not None else None
    expires_at = info.expires_at if info else record.expires_at if record else None
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
        spendable_is_certain=lowest is not None and is_account_known(facts),
        expires_at=token.expires_at if token is not None and token.expires_at is not None else expires_at,
        runway_days=runway_days(facts, ceilings, now),
        ceilings=ceilings,
        daily_spend_usd=facts.spending.days if facts.spending else (),
        free_requests=free_requests(info, now) if info else None,
        usage=_usage(info) if info else None,
        name_at_openrouter=record.name if record else None,
        created_at=record.created_at if record else None,
        last_used_at=record.last_used_at if record else None,
        disabled=record.disabled if record else None,
        judged=rules_evaluated(facts),
    ), findings


def account_status(gathered: Sequence[Facts]) -> AccountStatus | None:
    """Return the account's money, where it is known."""
    told = (facts.account.data for facts in gathered if facts.account is not None and is_account_known(facts))
    account = next((each for each in told if each is not None), None)
    if account is None:
        return None
    return AccountStatus(balance_usd=account.balance, credits_usd=account.total, usage_usd=account.used)


def evaluate_management_key(target: Target, facts: Facts, now: datetime) -> tuple[Finding, ...]:
    """Return the findings about the management key; a refusal is a warning."""
    own, account = facts.management, facts.account
    is_accepted = own is not None and own.data is not None
    shape = format_findings(target, is_accepted=is_accepted, now=now)
    is_ordinary = is_ordinary_key(own, target.key_to_ask)
    if is_ordinary or (account is not None and account.kind is ReplyKind.MANAGEMENT_KEY_NEEDED):
        message = f"{target.name} is an ordinary key: what it was needed for is answered to management keys only."
        help_ = "Put a management key there, of the account that the checked keys belong to."
        return *shape, target.finding("key-forbidden", message, help_, Severity.WARNING)
    # Its own record cannot tell: management keys are not listed.
    evidence = None if facts.evidence is None else facts.evidence.about_management_key
    refusals = (
        replace(finding, severity=Severity.WARNING, help=finding.help.replace(_KEYS_PAGE, _MANAGEMENT_KEYS_PAGE))
        for finding in service_findings(target, own, facts.address, evidence)
    )
    return *shape, *refusals


_KEYS_PAGE: Final = "https://openrouter.ai/settings/keys"
_MANAGEMENT_KEYS_PAGE: Final = "https://openrouter.ai/settings/management-keys"


def _usage(info: KeyInfo) -> KeyUsage:
    """Return the key's spend, with BYOK where its limit counts that."""
    byok = info.byok_usage if info.include_byok_in_limit else None

    def total(spent: Decimal | None, more: Decimal | None) -> Decimal | None:
        return spent if spent is None or more is None else spent + more

    return KeyUsage(
        total=total(info.usage.total, byok.total if byok else None),
        day=total(info.usage.daily, byok.daily if byok else None),
        week=total(info.usage.weekly, byok.weekly if byok else None),
        month=total(info.usage.monthly, byok.monthly if byok else None),
    )


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
    """Return True for an odd shape that --allow-any-shape tolerates."""
    return finding.rule.key_state is KeyState.MALFORMED and finding.severity is not Severity.ERROR
