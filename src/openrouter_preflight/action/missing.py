"""Reasons for a missing key, and those that `on-missing: skip` excuses. Pure.

GitHub hands an empty text to a step in place of a secret that its run may not see. That is excused only where it is
known to happen: whoever can push to the repository could otherwise switch the check off by renaming a secret.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from openrouter_preflight.ci import NoSecrets
from openrouter_preflight.findings import KeyState, Severity
from openrouter_preflight.settings.model import OnMissing

if TYPE_CHECKING:
    from openrouter_preflight.findings import Finding, Outcome
    from openrouter_preflight.settings.model import CheckSettings, KeyTarget

_REASONS: Final = {
    NoSecrets.FORK: "GitHub gives no secrets to pull requests from forks",
    NoSecrets.DEPENDABOT: "GitHub gives Dependabot's runs Dependabot's secrets, not those of Actions",
    NoSecrets.DEPENDABOT_PUSH: "GitHub gives Dependabot's pushes Dependabot's secrets, not those of Actions",
}
_FIXES: Final = {
    NoSecrets.FORK: "With on-missing: skip, such pull requests are scanned and their check is skipped; the push that "
    "merges them is checked all the same.",
    NoSecrets.DEPENDABOT: "Store the key under Settings → Secrets and variables → Dependabot too, or write "
    "on-missing: skip: its pull requests are then scanned, and the push that merges them is checked.",
    NoSecrets.DEPENDABOT_PUSH: "Store the key under Settings → Secrets and variables → Dependabot too, or leave its "
    "branches out of the workflow (on: push: branches-ignore: dependabot/**).",
}
_EXCUSED: Final = frozenset({NoSecrets.FORK, NoSecrets.DEPENDABOT})
_SKIPPED_FIX: Final = "Nothing to do here, as long as the push that merges this is checked."
_UNEXPECTED: Final = (
    "this run may see secrets, so that the secret has another name or is not set, or the step is not given it"
)
_UNEXPECTED_FIX: Final = (
    "See that the step has `api-key: ${{ secrets.NAME }}`, or the variable in its env:, and that the secret exists "
    "under that name (Settings → Secrets and variables → Actions). A secret of an environment needs "
    "environment: in the job; a called workflow gets a secret that its caller names."
)
_NOT_EXCUSED: Final = "on-missing: skip excuses only pull requests from forks and from Dependabot"


def excuse(settings: CheckSettings, reason: NoSecrets | None) -> CheckSettings:
    """Return settings that skip a missing key only for a known reason."""
    if reason in _EXCUSED:
        return settings
    return replace(settings, targets=tuple(map(_strict, settings.targets)))


def tell_reason(outcome: Outcome, reason: NoSecrets | None, *, skip_asked: bool) -> Outcome:
    """Return the outcome with the reason why a key is missing."""
    return replace(outcome, findings=tuple(_told(finding, reason, skip_asked) for finding in outcome.findings))


def _strict(target: KeyTarget) -> KeyTarget:
    return replace(target, policies=replace(target.policies, on_missing=OnMissing.FAIL))


def _told(finding: Finding, reason: NoSecrets | None, skip_asked: bool) -> Finding:  # noqa: FBT001 - one caller
    if finding.rule.key_state is not KeyState.MISSING:
        return finding
    if finding.severity is Severity.NOTE:
        skipped = f"{finding.key} is empty, and its check was skipped: {_REASONS[reason] if reason else _UNEXPECTED}."
        return replace(finding, severity=Severity.WARNING, what=skipped, help=_SKIPPED_FIX)
    why, fix = (_REASONS[reason], _FIXES[reason]) if reason else (_UNEXPECTED, _UNEXPECTED_FIX)
    also = f" ({_NOT_EXCUSED})" if skip_asked and reason not in _EXCUSED else ""
    return replace(finding.with_remark(f"{why}{also}"), help=fix)
