"""Verification: each key found is asked about once.

Only keys that chance made are sent, never published examples or dummies, and none in a pull request from a fork, where
whoever wrote it would choose what is sent. Dead needs what `check` needs: 401 each time, and no sign of an outage.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from openrouter_preflight.ci.fork import is_fork_pull_request
from openrouter_preflight.findings import Finding, Severity
from openrouter_preflight.findings.amounts import date, usd
from openrouter_preflight.keys.diagnosis import diagnose
from openrouter_preflight.manage.found import found, reason
from openrouter_preflight.openrouter.batch import Batch
from openrouter_preflight.openrouter.endpoints import key_info
from openrouter_preflight.openrouter.reply_kind import ReplyKind
from openrouter_preflight.openrouter.session import open_session
from openrouter_preflight.settings.model import DEFAULT_MANAGEMENT_KEY_ENV

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from openrouter_preflight.clock import Clock
    from openrouter_preflight.keys import ApiKey
    from openrouter_preflight.openrouter.answers import KeyInfo
    from openrouter_preflight.openrouter.client import Client
    from openrouter_preflight.openrouter.request import Answer
    from openrouter_preflight.settings.model import VerifySettings

MOST_PER_SECOND: Final = 10.0
_OUTAGE: Final = frozenset({ReplyKind.OUTAGE, ReplyKind.REJECTION_UNCONFIRMED})
_OTHERS_ANSWER: Final = frozenset({ReplyKind.CALLER_BLOCKED, ReplyKind.GATEWAY_REFUSED})
"""Kinds of a 402 or 403 that did not come from OpenRouter, or that it gives for any key."""
_DEAD_HELP: Final = (
    "Nothing opens with it any more. Take it out when you touch the place, or allow it with the reason "
    "(openrouter-preflight allow FINGERPRINT --reason TEXT)."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Liveness:
    """The result for one key."""

    word: str
    """`alive`, `dead` or `unknown`."""
    remark: str
    """The end of a sentence about the key; no identifier of an account is in it."""


def verify(
    findings: Iterable[Finding],
    keys: Mapping[str, ApiKey],
    settings: VerifySettings,
    *,
    environ: Mapping[str, str],
    clock: Clock,
) -> tuple[Finding, ...]:
    """Return the findings with OpenRouter's answers about their keys."""
    listed = tuple(findings)
    wanted = {each.fingerprint for each in listed if each.rule.is_leak}
    asked = [key for fingerprint, key in keys.items() if fingerprint in wanted]
    if not asked:
        return listed
    if is_fork_pull_request(environ):
        what = "no key was asked about: this is, or may be, a pull request from a fork."
        return (*listed, found("verify-not-run", what))
    known = _ask(asked, settings, environ, clock)
    marked = [_marked(each, known.get(each.fingerprint or "")) for each in listed]
    return (*marked, *_undecided(marked))


def _ask(keys: list[ApiKey], settings: VerifySettings, environ: Mapping[str, str], clock: Clock) -> dict[str, Liveness]:
    with open_session(
        settings.base_url,
        environ=environ,
        clock=clock,
        jitter=random.random,
        timeout=settings.timeout,
        deadline=settings.deadline,
        most_per_second=MOST_PER_SECOND,
    ) as client:
        batch = Batch(client)
        pending = {key.fingerprint: batch.add(key_info(key)) for key in keys}
        batch.run()
        answers = {fingerprint: each.answer for fingerprint, each in pending.items()}
        trouble = _trouble(answers.values(), client, environ)
    return {fingerprint: _liveness(answer, trouble) for fingerprint, answer in answers.items()}


def _trouble(answers: Iterable[Answer[KeyInfo]], client: Client, environ: Mapping[str, str]) -> str:
    """The reason why a 401 proves nothing now; empty where it does (API.md §3).

    An outage answers 401 to good keys: a 5xx in the same run shows it, and so does a management key that is refused at
    the same moment.
    """
    listed = list(answers)
    if any(answer.kind in _OUTAGE or answer.outage_status is not None for answer in listed):
        return "OpenRouter was in trouble, and answers 401 to good keys then"
    control = diagnose(environ.get(DEFAULT_MANAGEMENT_KEY_ENV)).key
    if control is None or not any(answer.kind is ReplyKind.KEY_REJECTED for answer in listed):
        return ""
    if client.ask(key_info(control)).status in (401, *range(500, 600)):
        return f"OpenRouter refused {DEFAULT_MANAGEMENT_KEY_ENV}, too, as in an outage"
    return ""


def _liveness(answer: Answer[KeyInfo], trouble: str) -> Liveness:
    if answer.data is not None:
        return Liveness(word="alive", remark=f"it is alive{_abilities(answer.data)}")
    is_openrouters = answer.refusal is not None and answer.kind not in _OTHERS_ANSWER
    if answer.kind is ReplyKind.KEY_LIFETIME or (answer.status in (402, 403) and is_openrouters):
        can = "it has nothing left to spend now" if answer.status == 402 else "OpenRouter knows it"
        return Liveness(word="alive", remark=f"it is alive: {can} (HTTP {answer.status})")
    is_rejected = answer.kind is ReplyKind.KEY_REJECTED
    if is_rejected and not trouble:
        return Liveness(word="dead", remark="it is dead: OpenRouter answers 401 to it")
    why = trouble if is_rejected else reason(answer)
    return Liveness(word="unknown", remark=f"whether it is alive could not be decided: {why}")


def _abilities(info: KeyInfo) -> str:
    """Return what a finder of the key could do with it."""
    if info.is_management_key:
        return ", and a management key: every key of its account is at risk"
    ceilings = (info.limit_remaining, *(budget.remaining for budget in info.budgets))
    left = [each for each in ceilings if each is not None]
    parts = [f"it can spend at most {usd(min(left))}" if left else "it has no limit or budget"]
    if info.limit is not None:
        parts.append(f"its limit resets {info.limit_reset}" if info.limit_reset else "its limit never resets")
    parts.append(f"it expires {date(info.expires_at)}" if info.expires_at is not None else "it never expires")
    return f": {', '.join(parts)}"


def _marked(finding: Finding, liveness: Liveness | None) -> Finding:
    """Return the finding with the result: dead keys warn, live ones are never excused."""
    if liveness is None or not finding.rule.is_leak:
        return finding
    marked = replace(finding.with_remark(liveness.remark), live=liveness.word)
    if liveness.word == "dead":
        return replace(marked, severity=min(Severity.WARNING, finding.severity, key=_mildness), help=_DEAD_HELP)
    if liveness.word == "alive":
        now = f"Switch it off now (openrouter-preflight revoke {finding.fingerprint}). {finding.help}"
        return replace(marked, severity=Severity.ERROR, help=now)
    return marked


def _mildness(severity: Severity) -> int:
    return -severity.rank


def _undecided(findings: Iterable[Finding]) -> Iterable[Finding]:
    """Return findings for undecided keys that an excuse had softened."""
    softened = {each.fingerprint for each in findings if each.live == "unknown" and each.severity is not Severity.ERROR}
    failing = {each.fingerprint for each in findings if each.severity is Severity.ERROR}
    for fingerprint in softened - failing:
        what = f"whether the key {(fingerprint or '')[:12]} is alive could not be decided."
        yield found("liveness-unknown", what, fingerprint=fingerprint)
