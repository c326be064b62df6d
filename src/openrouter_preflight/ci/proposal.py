"""Proposals such as pull requests, and the commit they are proposed to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openrouter_preflight.ci.detection import Ci, detect_ci

if TYPE_CHECKING:
    from collections.abc import Mapping


def proposal_base(environ: Mapping[str, str]) -> str | None:
    """Return the commit whose config file counts, None for no proposal."""
    ci = detect_ci(environ)
    if ci is Ci.GITLAB and environ.get("CI_MERGE_REQUEST_IID"):
        return environ.get("CI_MERGE_REQUEST_TARGET_BRANCH_SHA") or environ.get("CI_MERGE_REQUEST_DIFF_BASE_SHA") or ""
    if ci is not Ci.GITHUB:
        return None
    from openrouter_preflight.ci.github_event import EventError, plan_event

    try:
        plan = plan_event(environ.get("GITHUB_EVENT_NAME", ""), load_event(environ), environ.get("GITHUB_SHA", ""))
    except EventError:
        return ""
    return plan.policy_base if plan.is_proposal else None


def load_event(environ: Mapping[str, str]) -> object:
    """Return GitHub's event payload; None where there is none that can be read."""
    path = environ.get("GITHUB_EVENT_PATH")
    if not path:
        return None
    import json
    from pathlib import Path

    try:
        event: object = json.loads(Path(path).read_bytes())
    except (OSError, ValueError):
        return None
    return event
