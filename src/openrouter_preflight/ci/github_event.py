"""GitHub events: from name and payload to the commits that a scan reads. Pure.

No git is asked here. Where the answer depends on what the clone holds, the plan lists what to try, in order.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from openrouter_preflight.ci.payload import dig, text_at

_OBJECT_ID: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_PULL_REQUESTS: Final = frozenset(
    {"pull_request", "pull_request_target", "pull_request_review", "pull_request_review_comment"}
)


class EventError(ValueError):
    """The payload of a pull request does not name its commits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """The commits that an event adds: those of `head` that are not in the base."""

    head: str
    base: str | None
    """An object id; None where the event knows none, as for a new branch."""
    instead: tuple[str, ...] = ()
    """Refs to use where there is no base, the best first; where none exists, all that `head` reaches is new.

    After a force push there is none either, once nothing holds the old commits any longer.
    """
    is_proposal: bool = False
    """It asks to be merged into `base`: what is allowed is read from there."""
    fetch: str = ""
    """The ref that brings `head`, where a checkout does not do so by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPlan:
    """The plan of a run for one event."""

    event: str
    adds: Addition | None = None
    """None: the event adds nothing of its own, so that the whole history is looked at."""
    why_no_check: str = ""
    """Why a key must not be used in this run, as a sentence; empty where it may be."""
    is_proposal: bool = False
    """True where anybody may have written what is checked out."""
    policy_base: str = ""
    """Of a proposal, the commit whose config file and comments count; empty where the event names none."""


def plan_event(name: str, event: object, sha: str = "") -> EventPlan:
    """Return the plan for the event `name` with the payload `event`.

    In a reusable workflow GitHub passes on the caller's event; where it is called workflow_call, the payload tells.
    A push whose payload names no commits is answered by the whole history, which holds them. Raises EventError for a
    pull request that names none: without its base nobody can say what is allowed.
    """
    kind = _kind(name, event)
    if kind in _PULL_REQUESTS:
        return _proposal(kind, _pull_request(kind, event))
    if kind == "merge_group":
        return _proposal(kind, _merge_group(event))
    if _is_run_after_pull_request(kind, event) or _is_comment_on_pull_request(kind, event):
        # GITHUB_SHA is the default branch's last commit in these events, whatever was checked out.
        base = sha if _OBJECT_ID.fullmatch(sha) else ""
        return EventPlan(event=kind, why_no_check=_why_no_check(kind), is_proposal=True, policy_base=base)
    if kind == "push":
        return EventPlan(event=kind, adds=_push(event))
    return EventPlan(event=kind)


def _kind(name: str, event: object) -> str:
    if name != "workflow_call":
        return name
    if dig(event, "pull_request") is not None:
        return "pull_request"
    if dig(event, "merge_group") is not None:
        return "merge_group"
    if dig(event, "workflow_run") is not None:
        return "workflow_run"
    if dig(event, "comment") is not None and dig(event, "issue") is not None:
        return "issue_comment"
    return "push" if dig(event, "after") is not None else name


def _proposal(kind: str, adds: Addition) -> EventPlan:
    return EventPlan(
        event=kind, adds=adds, why_no_check=_why_no_check(kind), is_proposal=True, policy_base=adds.base or ""
    )


def _is_run_after_pull_request(kind: str, event: object) -> bool:
    """Return True for a workflow_run that follows a proposal."""
    if kind != "workflow_run":
        return False
    head = dig(event, "workflow_run", "head_repository", "full_name")
    own = dig(event, "repository", "full_name")
    return (
        text_at(event, "workflow_run", "event") in {*_PULL_REQUESTS, "issue_comment"}
        or bool(dig(event, "workflow_run", "pull_requests"))
        or (own is not None and head != own)
    )


def _is_comment_on_pull_request(kind: str, event: object) -> bool:
    return kind == "issue_comment" and dig(event, "issue", "pull_request") is not None


_SECRETS_FOR_ANYBODY: Final = {
    "pull_request_target": "for pull requests from anywhere",
    "workflow_run": "after the run of a pull request, which may be from anywhere",
    "issue_comment": "for comments from anywhere on pull requests from anywhere",
}


def _why_no_check(kind: str) -> str:
    if kind not in _SECRETS_FOR_ANYBODY:
        return ""
    return f"{kind} runs with this repository's secrets {_SECRETS_FOR_ANYBODY[kind]}, so that no key is used in it"


def _pull_request(kind: str, event: object) -> Addition:
    number = dig(event, "pull_request", "number") or dig(event, "number")
    brings_head = kind == "pull_request_target" and isinstance(number, int)
    return Addition(
        head=_named(event, "pull_request", "head", "sha"),
        base=_named(event, "pull_request", "base", "sha"),
        is_proposal=True,
        fetch=f"refs/pull/{number}/head" if brings_head else "",
    )


def _merge_group(event: object) -> Addition:
    return Addition(
        head=_named(event, "merge_group", "head_sha"),
        base=_named(event, "merge_group", "base_sha"),
        is_proposal=True,
    )


def _push(event: object) -> Addition | None:
    """Return `before..after`; new refs lack `before`, deleted ones `after`."""
    before, after = text_at(event, "before"), text_at(event, "after")
    if not (_OBJECT_ID.fullmatch(before) and _OBJECT_ID.fullmatch(after)):
        return None
    default = text_at(event, "repository", "default_branch")
    is_default = text_at(event, "ref") == f"refs/heads/{default}"
    return Addition(
        head=after,
        base=None if _is_zero(before) else before,
        instead=(f"refs/remotes/origin/{default}", f"refs/heads/{default}") if default and not is_default else (),
    )


def _named(event: object, *names: str) -> str:
    found = text_at(event, *names)
    if not _OBJECT_ID.fullmatch(found):
        raise EventError(f"the event's payload has no commit id at {'.'.join(names)}")
    return found


def _is_zero(oid: str) -> bool:
    """Return True for the id by which GitHub says that there is no commit."""
    return set(oid) == {"0"}
