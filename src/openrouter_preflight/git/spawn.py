"""Programs: started, fed, read and waited for.

Every commit waits for this import: `posix_spawn` where the system has it, else `portable`.
"""

from __future__ import annotations

import os

from openrouter_preflight.git.environment import LONGEST_COMPLAINT, PATIENCE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Protocol, Self

    class Process(Protocol):
        """A running program."""

        complaint: bytes

        def readinto(self, view: memoryview) -> int:
            """Read some of what it prints into `view`; the number of bytes, 0 at the end."""

        def read(self, most: int) -> bytes:
            """Read at most `most` bytes of what it prints, none at the end."""

        def wait(self) -> int:
            """Wait for its end. The exit code, negative for a signal."""

        def kill(self) -> None:
            """End it."""

        def __enter__(self) -> Self: ...

        def __exit__(self, *_: object) -> None: ...


_WIDE = 1024 * 1024
_BLOCK = 64 * 1024
_SIGPIPE = 13
_READABLE = 0x001 | 0x008 | 0x010  # POLLIN, POLLERR, POLLHUP
_WRITABLE = 0x004 | 0x008 | 0x010


def never(_seconds: float) -> None:
    """Wait as long as it takes."""


def start(
    program: str,
    arguments: Sequence[str | bytes],
    environ: Mapping[str, str],
    *,
    folder: str | None = None,
    feed: Iterator[bytes] | None = None,
    stdin: int | None = None,
    stdout: int | None = None,
    on_silence: Callable[[float], None] = never,
) -> Process:
    """Start `program`, fed by `feed` or the descriptor `stdin`.

    `folder` is where it runs, if not here: only the slower way can say so. `on_silence` is called after each `PATIENCE`
    without a byte, with the seconds so far, and may raise. Raises OSError.
    """
    if folder is None and hasattr(os, "posix_spawn"):
        return _Spawned(program, arguments, environ, feed, (stdin, stdout), on_silence)
    from openrouter_preflight.git.portable import PortableProcess

    return PortableProcess(program, arguments, environ, folder, feed, (stdin, stdout), on_silence)


def _widen(pipe: int) -> None:
    """Let the program run ahead while we search, where the system can."""
    try:
        from fcntl import F_SETPIPE_SZ, fcntl
    except ImportError:
        return
    try:
        fcntl(pipe, F_SETPIPE_SZ, _WIDE)
    except OSError:  # this user has as many pages in pipes as one may have
        return


class _Spawned:
    """A program of `posix_spawn`, whose standard error is always read."""

    def __init__(  # noqa: PLR0917 - the parameters of `start`
        self,
        program: str,
        arguments: Sequence[str | bytes],
        environ: Mapping[str, str],
        feed: Iterator[bytes] | None,
        streams: tuple[int | None, int | None],
        on_silence: Callable[[float], None],
    ) -> None:
        self.complaint = b""
        self._code: int | None = None
        self._on_silence = on_silence
        self._feed = iter(()) if feed is None else feed
        self._unfed = b""
        self._fed = -1
        self._output = -1
        stdin, stdout = streams
        opened: list[int] = []
        ours: list[int] = []
        try:
            self._errors, complain = _pipe(opened, ours)
            actions: list[tuple[object, ...]] = [(os.POSIX_SPAWN_DUP2, complain, 2)]
            if stdout is None:
                self._output, stdout = _pipe(opened, ours)
                if feed is not None:  # much may come
                    _widen(self._output)
            actions.append((os.POSIX_SPAWN_DUP2, stdout, 1))
            if stdin is not None:
                actions.append((os.POSIX_SPAWN_DUP2, stdin, 0))
            elif feed is None:
                actions.append((os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0))
            else:
                source, self._fed = os.pipe()
                opened.append(source)
                ours.append(self._fed)
                os.set_blocking(self._fed, False)
                actions.append((os.POSIX_SPAWN_DUP2, source, 0))
            self._child = os.posix_spawn(
                program, ["git", *arguments], environ, file_actions=actions, setsigdef=(_SIGPIPE,)
            )
        except BaseException:
            for each in ours:
                os.close(each)
            raise
        finally:
            for each in opened:
                os.close(each)
        self._watch()

    def _watch(self) -> None:
        from select import poll

        self._poll = poll()
        self._poll.register(self._errors, _READABLE)
        if self._output >= 0:
            self._poll.register(self._output, _READABLE)
        if self._fed >= 0:
            self._poll.register(self._fed, _WRITABLE)

    def readinto(self, view: memoryview) -> int:
        """Read some of what it prints into `view`; the number of bytes, 0 at the end."""
        return os.readv(self._output, [view]) if self._await_output() else 0

    def read(self, most: int) -> bytes:
        """Read at most `most` bytes of what it prints, none at the end."""
        return os.read(self._output, most) if self._await_output() else b""

    def _await_output(self) -> bool:
        """Feed the program until it prints or ends; return True for output."""
        while self._output >= 0:
            if self._turn(self._output):
                return True
        return False

    def _turn(self, awaited: int) -> bool:
        """Do what can be done now. Whether `awaited` can be read."""
        silent = 0.0
        while not (ready := self._poll.poll(int(PATIENCE * 1000))):
            silent += PATIENCE
            self._on_silence(silent)
        is_ready = False
        for descriptor, _ in ready:
            if descriptor == self._fed:
                self._write()
            elif descriptor == self._errors:
                self._listen()
            is_ready = is_ready or descriptor == awaited
        return is_ready

    def _listen(self) -> None:
        said = os.read(self._errors, _BLOCK)
        if not said:
            self._poll.unregister(self._errors)
            os.close(self._errors)
            self._errors = -1
        self.complaint += said[: LONGEST_COMPLAINT - len(self.complaint)]

    def _write(self) -> None:
        """Write the next piece, as much of it as the pipe takes."""
        try:
            if not self._unfed:
                self._unfed = next(self._feed, b"")
            if self._unfed:
                self._unfed = self._unfed[os.write(self._fed, self._unfed) :]
                return
        except BlockingIOError:
            return
        except BrokenPipeError:
            pass
        self._poll.unregister(self._fed)
        os.close(self._fed)
        self._fed = -1

    def wait(self) -> int:
        """Return the exit code at its end, negative for a signal."""
        if self._code is None:
            self._close_output()
            while self._errors >= 0:
                self._turn(self._errors)
            self._code = os.waitstatus_to_exitcode(os.waitpid(self._child, 0)[1])
        return self._code

    def _close_output(self) -> None:
        if self._output >= 0:
            self._poll.unregister(self._output)
            os.close(self._output)
            self._output = -1

    def kill(self) -> None:
        """End it."""
        if self._code is None:
            os.kill(self._child, 9)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for each in (self._errors, self._output, self._fed):
            if each >= 0:
                os.close(each)
        self._errors = self._output = self._fed = -1
        if self._code is None:
            os.kill(self._child, 9)
            self._code = os.waitstatus_to_exitcode(os.waitpid(self._child, 0)[1])


def _pipe(opened: list[int], ours: list[int]) -> tuple[int, int]:
    """A pipe, of which we keep the first end."""
    output, entrance = os.pipe()
    ours.append(output)
    opened.append(entrance)
    return output, entrance
