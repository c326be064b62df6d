"""A range of commits: contents, messages, names, and merges' own."""

from __future__ import annotations

from openrouter_preflight.git.process import Git
from openrouter_preflight.scan.scan_data import ScanData
from openrouter_preflight.scan.sources.revisions import read_revisions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openrouter_preflight.scan.job import Progress, ScanJob

_UNSET = "See that the variable it stands for is set; where HEAD is meant, write HEAD."
_EXAMPLE = "Write it as A..B: everything in B that is not in A. Both may be branches, tags or commit ids."


def read(request: ScanJob, progress: Progress) -> ScanData:
    """Read the range of `request`. Raises UsageError where it is none."""
    git = Git(request.folder, request.environ)
    left, dots, right = _split(request.range or "")
    if _is_none(right):
        return ScanData()
    if not dots or _is_none(left):
        return read_revisions(git, request, resolve(git, right), progress)
    old, new = resolve(git, left, right)
    return read_revisions(git, request, [f"{old}{dots}{new}"], progress, excluded=[old])


def _split(text: str) -> tuple[str, str, str]:
    """The two ends, and the dots between them. One revision is `right`.

    To git an end that is left out is HEAD; here it is more often a variable that is not set.
    """
    left, dots, right = text.partition("...") if "..." in text else text.partition("..")
    if not dots:
        left, right = "", text
    is_odd = "\0" in text or "\n" in text or ".." in right or left.startswith(("-", "^"))
    if not text or is_odd or right.startswith(("-", "^")):
        from openrouter_preflight.errors import UsageError
        from openrouter_preflight.keys.printable import printable

        raise UsageError(f"{printable(text)!r} is no range of commits", _EXAMPLE)
    if dots and not (left and right):
        from openrouter_preflight.errors import UsageError
        from openrouter_preflight.keys.printable import printable

        side = "before" if not left else "after"
        raise UsageError(f"the range {printable(text)} has nothing {side} its dots", _UNSET)
    return left, dots, right


def _is_none(revision: str) -> bool:
    """Return True for the id by which hooks say that there is no commit."""
    return len(revision) in {40, 64} and not revision.strip("0")


def resolve(git: Git, *revisions: str) -> list[str]:
    """Return the object ids of `revisions`. Raises GitError."""
    asked = b"".join(f"{each}^{{object}}\n".encode("utf-8", "surrogateescape") for each in revisions)
    answers, complaint = git.listen(
        "-c", "core.warnAmbiguousRefs=true", "cat-file", "--batch-check=%(objectname)", stdin=asked
    )
    found = answers.decode("ascii", "replace").split("\n")
    if b"ambiguous" in complaint:
        for each in revisions:
            _refuse_ambiguous(git, each)
    for revision, oid in zip(revisions, found, strict=False):
        if not (len(oid) in {40, 64} and oid.isalnum()):
            raise _unknown(git, revision)
    return found[: len(revisions)]


def _unknown(git: Git, revision: str) -> Exception:
    from openrouter_preflight.git.errors import GitError
    from openrouter_preflight.git.process import how_to_have
    from openrouter_preflight.keys.printable import printable

    return GitError(f"the repository does not know the revision {printable(revision)}", how_to_have(git))


def _refuse_ambiguous(git: Git, revision: str) -> None:
    """Raise GitError for a name that is both a tag's and a branch's."""
    import re

    name = re.split(r"[~^:@]", revision, maxsplit=1)[0]
    if not name:
        return
    candidates = [f"refs/{kind}{name}" for kind in ("", "tags/", "heads/", "remotes/")]
    listed = git.ask("for-each-ref", "--format=%(refname) %(objectname)", *candidates).decode("utf-8", "replace")
    found = dict(line.rsplit(" ", 1) for line in listed.splitlines() if line.rsplit(" ", 1)[0] in candidates)
    if len(set(found.values())) > 1:
        from openrouter_preflight.git.errors import GitError
        from openrouter_preflight.keys.printable import printable

        names = " and ".join(map(printable, sorted(found)))
        raise GitError(f"{printable(name)} means several things: {names}", "Write the one that is meant in full.")
