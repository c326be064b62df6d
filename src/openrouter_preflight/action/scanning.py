"""The scan of one event: its commits, and the commits that the clone lacks.

Where it lacks some, the message holds the exact lines that the workflow needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from openrouter_preflight.action.inputs import naming
from openrouter_preflight.commands.scan import scan, undecided
from openrouter_preflight.errors import WHOLE_HISTORY, PreflightError, UsageError
from openrouter_preflight.git.errors import NotARepositoryError
from openrouter_preflight.git.process import Git
from openrouter_preflight.settings import CONFIG_NAMES
from openrouter_preflight.settings.config.config_file import find_config
from openrouter_preflight.settings.model import ScanMode
from openrouter_preflight.settings.resolve import resolve_scan

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from openrouter_preflight.action.inputs import Inputs
    from openrouter_preflight.action.requests import Requests
    from openrouter_preflight.ci.github_event import Addition, EventPlan
    from openrouter_preflight.clock import Clock
    from openrouter_preflight.findings import Outcome

_NOTHING: Final = "0" * 40
"""The id of no commit: a range that ends there holds nothing, one that starts there everything."""
_FETCH_HEAD: Final = """Fetch the pull request's commits before this step, as data only (do not check them out here):
    - run: git fetch --no-tags origin "+{ref}:refs/remotes/pull/head\""""
_ADD_CHECKOUT: Final = """Add a checkout before this step, or write `scan: off`:
    - uses: actions/checkout@v7
      with:
        fetch-depth: 0
Where the checkout has a `path`, give it to this step as `working-directory`."""


class MissingCommitError(PreflightError):
    """The clone lacks a commit that the event names."""


def scan_event(
    inputs: Inputs, requests: Requests, plan: EventPlan, *, folder: Path, environ: Mapping[str, str], clock: Clock
) -> Outcome | None:
    """Scan for the event; None where the input says off. Raises UsageError."""
    if inputs.scan == "off":
        return None
    git = Git(folder, environ)
    try:
        git.repository  # noqa: B018 - asks git, which refuses where there is no repository
        given = _what_to_scan(inputs.scan, plan, git)
    except NotARepositoryError:
        return undecided(ScanMode.TREE, "nothing is checked out here, so that nothing was scanned", _ADD_CHECKOUT)
    except UsageError:
        raise
    except PreflightError as error:
        return undecided(ScanMode.RANGE, f"nothing was scanned: {error}", error.hint)
    settings = resolve_scan(requests.scan.new_child(given), environ)
    config = requests.scan_config
    with naming("config", inputs.config):
        return scan(settings, config_path=config, folder=folder, environ=environ, clock=clock, is_named=True)


def needs_config(
    inputs: Inputs,
    requests: Requests,
    plan: EventPlan,
    *,
    folder: Path,
    environ: Mapping[str, str],
    is_for_check: bool = False,
) -> bool:
    """Return True where a config file must be read. Raises UsageError for two."""
    if inputs.scan == "off" and not is_for_check:
        return False
    named = requests.check_config if is_for_check else requests.scan_config
    if named is not None or find_config(folder) is not None:
        return True
    if not plan.policy_base:
        return False
    listed = Git(folder, environ).ask("ls-tree", "--full-tree", "--name-only", plan.policy_base, "--", *CONFIG_NAMES)
    return bool(listed)


def _what_to_scan(word: str, plan: EventPlan, git: Git) -> dict[str, object]:
    """Return the scan for `settings.resolve`. Raises MissingCommitError, UsageError.

    A proposal cannot allow its own keys: whatever of it is scanned, its base says what is allowed.
    """
    policy = {"policy_from": _policy_base(plan, git)} if plan.is_proposal else {}
    if word in ("history", "staged", "tree"):
        return {"mode": ScanMode(word), **policy}
    if plan.adds is not None:
        added = f"{_base_of(plan.adds, git)}..{_head_of(plan.adds, git)}"
        return {"mode": ScanMode.RANGE, "range": added, **policy}
    if word == "range":
        raise UsageError(
            f"input scan: `range` needs an event that adds commits, and {plan.event or 'this one'} adds none.",
            "Write `auto`, or `history`.",
        )
    return {"mode": ScanMode.HISTORY, **policy}


def _policy_base(plan: EventPlan, git: Git) -> str:
    """Return the revision whose policy counts. Raises MissingCommitError."""
    if plan.policy_base and git.has(plan.policy_base):
        return plan.policy_base
    named = f"the commit {plan.policy_base[:12]}" if plan.policy_base else "the commit of the default branch"
    raise MissingCommitError(f"{named}, whose config file says what is allowed, is not in the clone", WHOLE_HISTORY)


def _head_of(adds: Addition, git: Git) -> str:
    if adds.head == _NOTHING or git.has(adds.head):
        return adds.head
    fix = _FETCH_HEAD.format(ref=adds.fetch) if adds.fetch else WHOLE_HISTORY
    raise MissingCommitError(f"the commit {adds.head[:12]}, which the event is about, is not in the clone", fix)


def _base_of(adds: Addition, git: Git) -> str:
    """The revision whose commits are known already."""
    if adds.base is not None:
        if git.has(adds.base):
            return adds.base
        if adds.is_proposal or git.repository.shallow:
            raise MissingCommitError(
                f"the commit {adds.base[:12]}, from which the event starts, is not in the clone", WHOLE_HISTORY
            )
    return next((ref for ref in adds.instead if git.has(ref)), _NOTHING)
