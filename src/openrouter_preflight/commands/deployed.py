"""Join of the wings: committed keys that this environment deploys with.

They are joined by fingerprint, on this machine; no request is made.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from openrouter_preflight.findings import rule
from openrouter_preflight.keys.diagnosis import diagnose
from openrouter_preflight.settings.model import DEFAULT_KEY_ENV, DEFAULT_MANAGEMENT_KEY_ENV

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from openrouter_preflight.findings import Finding
    from openrouter_preflight.settings.model import Config

_RULE: Final = rule("deployed-key-committed")
_REPLACE: Final = "Before you revoke it, a new key must take its place in the deploy."


def mark_deployed(findings: Iterable[Finding], deployed: Mapping[str, str]) -> tuple[Finding, ...]:
    """Return the findings, with committed keys that are deployed marked as such.

    `deployed` holds variables by the fingerprint of the key in them. A key that is allowed stays so.
    """
    return tuple(_marked(finding, deployed) for finding in findings)


def deployed_keys(environ: Mapping[str, str], config: Config) -> dict[str, str]:
    """Return the variables that hold a key to deploy with, by fingerprint."""
    names = (*(entry.env for entry in config.keys), DEFAULT_MANAGEMENT_KEY_ENV, DEFAULT_KEY_ENV)
    held = ((name, diagnose(environ.get(name)).key) for name in names)
    return {key.fingerprint: name for name, key in held if key is not None}


def _marked(finding: Finding, deployed: Mapping[str, str]) -> Finding:
    variable = deployed.get(finding.fingerprint or "")
    if variable is None or not finding.rule.is_leak:
        return finding
    remark = f"it is the key in {variable}, which this environment deploys with"
    told = finding.with_remark(remark)
    is_committed = finding.commit is not None or finding.in_head is not None
    help_ = _RULE.fix if is_committed else f"{finding.help} {_REPLACE}"
    return replace(told, rule=_RULE, help=help_, key=variable)
