"""The commits of a push, from a hook's input or pre-commit's variables."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from openrouter_preflight.errors import UsageError
from openrouter_preflight.git.errors import FETCH_ALL, GitError
from openrouter_preflight.git.process import Git
from openrouter_preflight.keys.printable import printable
from openrouter_preflight.scan.scan_data import ScanData
from openrouter_preflight.scan.sources.revisions import read_revisions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openrouter_preflight.scan.job import Progress, ScanJob

_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")

_HELP = 'In a pre-push hook git writes these lines itself: `openrouter-preflight scan --push -- "$@"`.'


@dataclass(frozen=True, slots=True)
class Update:
    """One ref that the push changes."""

    new: str
    """The commit or tag that is pushed."""
    old: str | None
    """The remote's present object; None for a new ref."""
    name: str
    """The ref's name on the remote."""


def read(request: ScanJob, progress: Progress) -> ScanData:
    """Read what the remote does not have yet. Raises UsageError."""
    git = Git(request.folder, request.environ)
    environ = request.environ
    remote = request.paths[0] if request.paths else environ.get("PRE_COMMIT_REMOTE_NAME")
    if environ.get("PRE_COMMIT_TO_REF") or environ.get("PRE_COMMIT_LOCAL_BRANCH"):
        updates = [_from_pre_commit(environ)]
    elif environ.get("PRE_COMMIT") and git.has("HEAD"):
        updates = [Update("HEAD", None, "")]  # run by hand: `pre-commit run --hook-stage pre-push --all-files`
    else:
        updates = _from_git(request.read_stdin())
    pushed = [update for update in updates if update.new.strip("0")]
    if not pushed:
        return ScanData()
    known = [update.old for update in pushed if update.old and git.has(update.old)]
    elsewhere = [*_except_nested(git, remote), f"--remotes={remote}"] if remote else ["--remotes"]
    revisions = [*(update.new for update in pushed), "--not", *known, *elsewhere]
    _refuse_unknown(git, pushed)
    data = read_revisions(git, request, revisions, progress, excluded=known)
    names = (update.name.encode("utf-8", "surrogateescape") for update in pushed)
    data.add_names(names, "the name of", request.limits, are_refs=True)
    return data


def _except_nested(git: Git, remote: str) -> list[str]:
    """Return options that tell `pub/private` from a part of `pub`."""
    names = git.ask("remote").decode("utf-8", "surrogateescape").split("\n")
    return [f"--exclude={name}/*" for name in names if name.startswith(f"{remote}/")]


def _refuse_unknown(git: Git, pushed: list[Update]) -> None:
    """Raise GitError if the repository lacks what is pushed."""
    unknown = next((update.new for update in pushed if not git.has(update.new)), None)
    if unknown is not None:
        fix = FETCH_ALL if git.repository.shallow else "Fetch it (`git fetch`), and scan again."
        raise GitError(f"the repository has no {printable(unknown)}, which is to be pushed", fix)


def _from_pre_commit(environ: Mapping[str, str]) -> Update:
    """Return the ref of pre-commit's or prek's variables."""
    new = environ.get("PRE_COMMIT_TO_REF") or environ["PRE_COMMIT_LOCAL_BRANCH"]
    old = environ.get("PRE_COMMIT_FROM_REF")
    if new.startswith("-") or (old or "").startswith("-"):
        raise UsageError("PRE_COMMIT_TO_REF and PRE_COMMIT_FROM_REF must be revisions", _HELP)
    return Update(new, old if old and old.strip("0") else None, environ.get("PRE_COMMIT_REMOTE_BRANCH", ""))


def _from_git(lines: bytes) -> list[Update]:
    """Return the updates of git's lines: local ref, id, remote ref, id."""
    updates = []
    for line in lines.splitlines():  # as bytes: only newlines part lines, and no other character of a name
        words = line.decode("utf-8", "surrogateescape").rsplit(" ", 3)
        if len(words) != 4 or not (_ID.fullmatch(words[1]) and _ID.fullmatch(words[3])):
            raise UsageError("standard input does not say what is pushed", _HELP)
        updates.append(Update(words[1], words[3] if words[3].strip("0") else None, words[2]))
    return updates
