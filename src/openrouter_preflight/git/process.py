"""Git in one folder: hardened, bytes in and out. Only this module runs it.

Every commit waits for this import, so that the words of its errors are loaded when git fails.
"""

from __future__ import annotations

import os
from functools import cached_property

from openrouter_preflight.git.environment import OPTIONS, find_git, hardened_environment
from openrouter_preflight.git.spawn import start

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from openrouter_preflight.errors import PreflightError
    from openrouter_preflight.git.spawn import Process

_STALLED = 600.0
"""Seconds after which a call that should take milliseconds is given up: something of the repository blocks git."""

_BLOCK = 1024 * 1024
_ENDLESS = float("inf")


class Repository:
    """Facts that `git rev-parse` tells of a repository."""

    __slots__ = ("bare", "common_dir", "git_dir", "hash", "shallow")

    def __init__(self, git_dir: str, common_dir: str, *, bare: bool, shallow: bool, hash: str) -> None:  # noqa: A002
        """Take the folder, the one that worktrees share, and `sha1` or `sha256`."""
        self.git_dir = git_dir
        self.common_dir = common_dir
        self.bare = bare
        self.shallow = shallow
        self.hash = hash


class Git:
    """Git in one folder."""

    def __init__(self, folder: str | os.PathLike[str], environ: Mapping[str, str]) -> None:
        self.folder = os.fspath(folder)
        self.environ = environ

    def run(self, *arguments: str | bytes, stdin: bytes = b"", timeout: float = _STALLED) -> bytes:
        """Return what the command prints. Raises GitError, in words, where it fails."""
        return self.listen(*arguments, stdin=stdin, timeout=timeout)[0]

    def listen(self, *arguments: str | bytes, stdin: bytes = b"", timeout: float = _STALLED) -> tuple[bytes, bytes]:
        """Return output and complaints of the command. Raises GitError."""
        output = bytearray()
        with self.start(*arguments, feed=iter((stdin,)) if stdin else None, timeout=timeout) as process:
            while block := process.read(_BLOCK):
                output += block
            if process.wait() != 0:
                raise self.explain(process.complaint, arguments[0])
        return bytes(output), process.complaint

    def fields(self, *arguments: str | bytes, most: int) -> Iterator[bytes]:
        """Yield the fields between NULs of what `read` gives, up to about `most` bytes."""
        with self.start(*arguments) as process:
            yield from fields(process.read, most)

    def ask(self, *arguments: str | bytes, stdin: bytes = b"") -> bytes:
        """Return the command's output, nothing where git says no."""
        from openrouter_preflight.git.errors import GitError

        try:
            return self.run(*arguments, stdin=stdin)
        except GitError:
            return b""

    def has(self, revision: str) -> bool:
        """Return True where the repository has the object of `revision`."""
        return bool(self.ask("rev-parse", "--verify", "--quiet", f"{revision}^{{object}}"))

    def start(
        self,
        *arguments: str | bytes,
        feed: Iterator[bytes] | None = None,
        stdin: int | None = None,
        stdout: int | None = None,
        settings: tuple[str, ...] = (),
        timeout: float = _ENDLESS,
    ) -> Process:
        """Start the command as a context manager, with further `settings`.

        It reads what `feed` gives, or the descriptor `stdin`, and prints to `stdout`, or to us. Raises GitError.
        """
        options = [word for setting in settings for word in ("-c", setting)]
        if self._program is None:
            from openrouter_preflight.git.errors import not_found

            raise not_found()
        place, folder = self._place
        try:
            return start(
                self._program,
                [*place, *OPTIONS, *options, *arguments],
                self._environment,
                folder=folder,
                feed=feed,
                stdin=stdin,
                stdout=stdout,
                on_silence=self._watchman(arguments[0], timeout),
            )
        except OSError as error:
            from openrouter_preflight.git.errors import not_started

            raise not_started(error) from None

    def explain(self, complaint: bytes, command: str | bytes) -> PreflightError:
        """Return git's complaint as an error for the person who must act."""
        from openrouter_preflight.git.errors import explain, is_refused_option, too_old

        error = too_old(self.ask("version")) if is_refused_option(complaint) and command != "version" else None
        return error or explain(complaint, command, self.folder)

    def _watchman(self, command: str | bytes, timeout: float) -> Callable[[float], None]:
        """Return the watcher that asks whether a silent git waits in vain."""

        def look(seconds: float) -> None:
            from openrouter_preflight.git.errors import never_ends, no_answer
            from openrouter_preflight.git.special_files import find_special_file

            special = find_special_file(self.folder, self.environ) if seconds < _LOOK_UNTIL else None
            if special is not None:
                raise never_ends(special)
            if seconds >= timeout:
                raise no_answer(command, timeout)

        return look

    @cached_property
    def _place(self) -> tuple[tuple[str, ...], str | None]:
        """Return the options that lead git to the folder, or the folder."""
        if self.folder in {"", "."}:
            return (), None
        if "sk-or-" in self.folder.lower():
            return (), self.folder
        return ("-C", self.folder), None

    @cached_property
    def _program(self) -> str | None:
        return find_git(self.environ)

    @cached_property
    def _environment(self) -> dict[str, str]:
        return hardened_environment(self.environ)

    @cached_property
    def top(self) -> str:
        """The top of the working tree. Raises UsageError where there is none.

        `core.worktree`, a setting of the repository, may point anywhere; GIT_DIR and GIT_WORK_TREE are the user's word.
        """
        if self.repository.bare:
            from openrouter_preflight.errors import UsageError

            raise UsageError("a bare repository has no index and no working tree", "Scan it with --history or --range.")
        if not {"GIT_DIR", "GIT_WORK_TREE"} & self.environ.keys():
            from openrouter_preflight.repository_root import find_root

            root = find_root(self.folder)
            if root is not None:
                return root
        return os.fsdecode(self.run("rev-parse", "--show-toplevel").removesuffix(b"\n"))

    @cached_property
    def repository(self) -> Repository:
        """The repository's place and gaps. Raises NotARepositoryError or GitError."""
        asked = ("--absolute-git-dir", "--git-common-dir", "--is-bare-repository", "--is-shallow-repository")
        answers = self.run("rev-parse", *asked, "--show-object-format").split(b"\n")
        return Repository(
            os.fsdecode(answers[0]),
            os.path.join(self.folder, os.fsdecode(answers[1])),
            bare=answers[2] == b"true",
            shallow=answers[3] == b"true",
            hash=answers[4].decode(),
        )


_LOOK_UNTIL = 60.0
"""Seconds of silence after which one more look for special files would find nothing new."""


def how_to_have(git: Git) -> str:
    """Advice for a revision that the repository does not know."""
    from openrouter_preflight.git.errors import FETCH_ALL

    if git.repository.shallow:
        return FETCH_ALL
    return (
        "See that it is spelled right, or fetch it (`git fetch origin NAME`; in the checkout step `fetch-depth: 0`), "
        "and scan again."
    )


def fields(read: Callable[[int], bytes], most: int) -> Iterator[bytes]:
    """Yield the fields between NULs of what `read` gives, up to about `most` bytes."""
    rest = b""
    while most > 0 and (block := read(_BLOCK)):
        most -= len(block)
        *whole, rest = (rest + block).split(b"\0")
        yield from whole
