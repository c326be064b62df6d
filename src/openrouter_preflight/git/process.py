"""The only place that runs git, always with the environment and options of `git.environment`.

Bytes in, bytes out. It knows how to run a command and what git's complaints mean, and nothing of keys or scans.
"""

from __future__ import annotations

import os
import re
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from openrouter_preflight.errors import PreflightError, UsageError
from openrouter_preflight.git.environment import OPTIONS, find_git, hardened_environment
from openrouter_preflight.git.special_files import blocker_below, blocker_in_tree
from openrouter_preflight.keys.printable import printable
from openrouter_preflight.scan.incomplete import DAMAGED, FETCH_ALL

if TYPE_CHECKING:
    import io
    from collections.abc import Iterator, Mapping

_STALLED = 600.0
"""Seconds after which a call that should take milliseconds is given up: something of the repository blocks git."""


_BLOCK = 1024 * 1024

_PATIENCE = 5.0
"""Seconds after which it is looked whether something blocks git."""


class GitError(PreflightError):
    """Git could not do what was asked. Unless it is caught on the way, the run is incomplete."""


class NotARepositoryError(UsageError):
    """The folder is in no repository."""


@dataclass(frozen=True)
class Git:
    """Git in one folder."""

    folder: Path
    environ: Mapping[str, str]

    def run(
        self, *arguments: str | bytes, stdin: int | IO[bytes] = subprocess.DEVNULL, timeout: float = _STALLED
    ) -> bytes:
        """What the command prints. Raises GitError, in words, where it fails."""
        return self.listen(*arguments, stdin=stdin, timeout=timeout)[0]

    def listen(
        self, *arguments: str | bytes, stdin: int | IO[bytes] = subprocess.DEVNULL, timeout: float = _STALLED
    ) -> tuple[bytes, bytes]:
        """What the command prints, and what it complains of though it does not fail. Raises GitError where it does."""
        with self.start(*arguments, stdin=stdin) as process:
            try:
                output, complaint = self._wait(process, timeout)
            except subprocess.TimeoutExpired as error:
                process.kill()
                raise GitError(
                    f"git {printable(arguments[0])} did not answer within {timeout:.0f} seconds",
                    "Look for something that is no ordinary file among .gitignore, .gitattributes and .git.",
                ) from error
            except BaseException:
                process.kill()
                raise
        if process.returncode != 0:
            raise explain(complaint, arguments[0], self.folder)
        return output, complaint

    def _wait(self, process: subprocess.Popen[bytes], timeout: float) -> tuple[bytes, bytes]:
        """What git prints. After a while it is asked whether it waits for something that never comes."""
        with suppress(subprocess.TimeoutExpired):
            return process.communicate(timeout=min(timeout, _PATIENCE))
        blocker = blocker_in_tree(self.folder)
        if blocker is not None:
            raise never_ends(blocker)
        return process.communicate(timeout=timeout)

    def fields(self, *arguments: str | bytes, most: int) -> Iterator[bytes]:
        """What the command prints between NULs, as it comes: at most about `most` bytes, and nothing if it fails."""
        with self.start(*arguments, stderr=subprocess.DEVNULL) as process:
            output = cast("io.FileIO", process.stdout)
            try:
                yield from fields(output, most)
            finally:
                process.kill()

    def ask(self, *arguments: str | bytes) -> bytes:
        """What the command prints; nothing where git says no (`rev-parse --verify --quiet`)."""
        try:
            return self.run(*arguments)
        except GitError:
            return b""

    def has(self, revision: str) -> bool:
        """Whether the repository has the object that `revision` names."""
        return bool(self.ask("rev-parse", "--verify", "--quiet", f"{revision}^{{object}}"))

    def start(
        self,
        *arguments: str | bytes,
        stdin: int | IO[bytes] = subprocess.DEVNULL,
        stdout: int | IO[bytes] = subprocess.PIPE,
        stderr: int | IO[bytes] = subprocess.PIPE,
        settings: tuple[str, ...] = (),
    ) -> subprocess.Popen[bytes]:
        """The running command. `settings` are further `name=value` pairs of configuration.

        A command whose output is streamed needs a file as `stderr`: nobody empties a pipe meanwhile.
        """
        options = [word for setting in settings for word in ("-c", setting)]
        program = find_git(self.environ)
        if program is None:
            raise GitError("git was not found on PATH", "Install git, or add it to PATH.")
        return subprocess.Popen(
            [program, *OPTIONS, *options, *arguments],
            cwd=self.folder,
            env=self._environment,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            bufsize=0,
        )

    @cached_property
    def _environment(self) -> dict[str, str]:
        return hardened_environment(self.environ)

    @cached_property
    def top(self) -> Path:
        """The top of the working tree: the nearest folder with `.git`. Raises UsageError where there is none.

        `core.worktree`, a setting of the repository, may point anywhere; GIT_DIR and GIT_WORK_TREE are the user's word.
        """
        if self.repository.bare:
            raise UsageError("a bare repository has no index and no working tree", "Scan it with --history or --range.")
        if not {"GIT_DIR", "GIT_WORK_TREE"} & self.environ.keys():
            here = self.folder.absolute()
            for place in (here, *here.parents):
                if os.path.lexists(place / ".git"):
                    return place
        return Path(os.fsdecode(self.run("rev-parse", "--show-toplevel").removesuffix(b"\n")))

    @cached_property
    def repository(self) -> Repository:
        """Where the repository is and what it lacks. Raises NotARepositoryError or GitError."""
        asked = ("--absolute-git-dir", "--git-common-dir", "--is-bare-repository", "--is-shallow-repository")
        answers = self.run("rev-parse", *asked, "--show-object-format").split(b"\n")
        common = self.folder / os.fsdecode(answers[1])
        return Repository(
            git_dir=Path(os.fsdecode(answers[0])),
            common_dir=common,
            bare=answers[2] == b"true",
            shallow=answers[3] == b"true",
            hash=answers[4].decode(),
        )


@dataclass(frozen=True, slots=True)
class Repository:
    """What `git rev-parse` says of a repository."""

    git_dir: Path
    common_dir: Path
    bare: bool
    shallow: bool
    hash: str
    """`sha1` or `sha256`."""


def refuse_special_files(git: Git) -> None:
    """Raise GitError where a file of the repository is a FIFO or a device."""
    blocker = blocker_below(git.repository.common_dir)
    if blocker is not None:
        raise never_ends(blocker)


def never_ends(blocker: Path) -> GitError:
    """The error for a file of the repository that is a FIFO or a device."""
    return GitError(
        f"{printable(str(blocker))} is no ordinary file, and git would wait for it without end",
        "Take it away, and scan again.",
    )


def how_to_have(git: Git) -> str:
    """What to do about a revision that the repository does not know."""
    if git.repository.shallow:
        return FETCH_ALL
    return (
        "See that it is spelled right, or fetch it (`git fetch origin NAME`; in the checkout step `fetch-depth: 0`), "
        "and scan again."
    )


def fields(output: IO[bytes] | io.FileIO, most: int) -> Iterator[bytes]:
    """What stands between the NULs of `output`, of which about `most` bytes are read."""
    rest = b""
    while most > 0 and (block := output.read(_BLOCK)):
        most -= len(block)
        *whole, rest = (rest + block).split(b"\0")
        yield from whole


def in_one_line(complaint: bytes) -> str:
    """What git complained of, printable."""
    return " ".join(printable(complaint).replace("\\n", " ").split())


def explain(complaint: bytes, command: str | bytes, folder: Path) -> PreflightError:
    """Git's complaint as an error for the person who must act."""
    text = in_one_line(complaint)
    if "not a git repository" in text or "must be run in a work tree" in text:
        return NotARepositoryError(
            f"{printable(str(folder))} is not in a git repository that this mode can read",
            "Run it inside a clone, or pass files and folders to scan.",
        )
    if "dubious ownership" in text:
        owner = re.search(r"safe\.directory '?([^' ]+)", text)
        place = owner[1] if owner else printable(str(folder.resolve()))
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
    return GitError(f"git {printable(command)} failed: {text or 'no reason given'}", DAMAGED)
