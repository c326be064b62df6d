"""Errors of git, in words for the person who must act."""

from __future__ import annotations

import os

from openrouter_preflight.errors import ALL_OBJECTS, WHOLE_HISTORY, PreflightError, UsageError

DAMAGED = "Run `git fsck --full` to see what is damaged, fetch the objects again from another clone, and scan again."
FETCH_ALL = WHOLE_HISTORY
FETCH_BLOBS = ALL_OBJECTS
OLDEST_GIT = (2, 25)
"""The least version of git that is supported: that of Ubuntu 20.04."""


class GitError(PreflightError):
    """Raised when git fails. Uncaught, it makes the run incomplete."""


class NotARepositoryError(UsageError):
    """The folder is in no repository."""


def not_found() -> GitError:
    """The error for a machine without git."""
    return GitError("git was not found on PATH", "Install git, or add it to PATH.")


def not_started(error: OSError) -> GitError:
    """The error for a git that the system could not start."""
    return GitError(
        f"git could not be started: {error.strerror or 'no reason given'}",
        "Give this user more memory, processes or open files (ulimit), and scan again.",
    )


def no_answer(command: str | bytes, seconds: float) -> GitError:
    """The error for a call that should take milliseconds."""
    from openrouter_preflight.keys.printable import printable

    return GitError(
        f"git {printable(command)} did not answer within {seconds:.0f} seconds",
        "Look for something that is not a regular file among .gitignore, .gitattributes and .git.",
    )


def never_ends(special_file: str) -> GitError:
    """The error for a file of the repository that is a FIFO or a device."""
    from openrouter_preflight.keys.printable import printable

    return GitError(
        f"{printable(special_file)} is not a regular file, and git would wait for it without end",
        "Take it away, and scan again.",
    )


def in_one_line(complaint: bytes) -> str:
    """Git's complaint in one printable line."""
    from openrouter_preflight.keys.printable import printable

    return " ".join(printable(complaint).replace("\\n", " ").split())


def explain(complaint: bytes, command: str | bytes, folder: str) -> PreflightError:
    """Git's complaint as an error for the person who must act."""
    import re

    from openrouter_preflight.keys.printable import printable

    text = in_one_line(complaint)
    if "not a git repository" in text or "must be run in a work tree" in text:
        return NotARepositoryError(
            f"{printable(_absolute(folder))} is not in a git repository that this mode can read",
            "Run it inside a clone, or pass files and folders to scan.",
        )
    if "dubious ownership" in text:
        owner = re.search(r"safe\.directory '?([^' ]+)", text)
        place = owner[1] if owner else printable(_absolute(folder))
        return GitError(
            "git refuses to read the repository: it belongs to another user (dubious ownership)",
            f"If you trust it: git config --global --add safe.directory {place}",
        )
    if re.search(
        r"unknown revision|bad revision|bad object|Invalid revision range|Not a valid|ambiguous argument", text
    ):
        return GitError(f"git does not know the revision: {text}", FETCH_ALL)
    if re.search(r"bad (?:\w+ )?config|reading the configuration", text):
        return GitError(f"git cannot read its configuration: {text}", "Correct the line that it names, and scan again.")
    reason = re.search(
        r"Permission denied|cannot change to|No space left|Cannot allocate|out of memory|[Tt]oo many", text
    )
    fix = "Give this user what the message names, and scan again." if reason else DAMAGED
    return GitError(f"git {printable(command)} failed: {text or 'no reason given'}", fix)


def is_refused_option(complaint: bytes) -> bool:
    """Return True where git does not know an option."""
    return any(words in complaint for words in (b"usage: git", b"unknown option", b"unknown switch"))


def too_old(version: bytes) -> GitError | None:
    """The error for a git that is older than what is supported; None where it is not."""
    words = version.split()
    numbers = words[2].split(b".") if len(words) > 2 else []
    found = tuple(int(each) for each in numbers[:2] if each.isdigit())
    if len(found) < 2 or found >= OLDEST_GIT:
        return None
    least = ".".join(map(str, OLDEST_GIT))
    return GitError(f"git {'.'.join(map(str, found))} is too old", f"Install git {least} or newer.")


def _absolute(folder: str) -> str:
    """The folder from the root of the file system, as far as that can be told."""
    try:
        return os.path.abspath(folder)
    except OSError:
        return folder
