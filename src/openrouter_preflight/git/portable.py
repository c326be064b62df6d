"""Processes by `subprocess`, where `posix_spawn` is missing or not enough."""

from __future__ import annotations

import subprocess
import tempfile
import threading
import time
from typing import IO, TYPE_CHECKING, Self, cast

from openrouter_preflight.git.environment import LONGEST_COMPLAINT, PATIENCE

if TYPE_CHECKING:
    import io
    from collections.abc import Callable, Iterator, Mapping, Sequence


class PortableProcess:
    """A program that `subprocess` started; a thread feeds it."""

    def __init__(  # noqa: PLR0917 - the parameters of `spawn.start`
        self,
        program: str,
        arguments: Sequence[str | bytes],
        environ: Mapping[str, str],
        folder: str | None,
        feed: Iterator[bytes] | None,
        streams: tuple[int | None, int | None],
        on_silence: Callable[[float], None],
    ) -> None:
        self.complaint = b""
        self._on_silence = on_silence
        stdin, stdout = streams
        if stdin is None:
            stdin = subprocess.DEVNULL if feed is None else subprocess.PIPE
        self._complaints: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by __exit__
        try:
            self._process = subprocess.Popen(
                [program, *arguments],
                cwd=folder,
                env=dict(environ),
                stdin=stdin,
                stdout=subprocess.PIPE if stdout is None else stdout,
                stderr=self._complaints,
                bufsize=0,
            )
        except BaseException:
            self._complaints.close()
            raise
        self._output = cast("io.FileIO | None", self._process.stdout)
        self._error: BaseException | None = None
        if feed is not None:
            threading.Thread(target=self._write, args=(feed,), daemon=True).start()

    def _write(self, feed: Iterator[bytes]) -> None:
        try:
            with cast("io.FileIO", self._process.stdin) as entrance:
                for piece in feed:
                    entrance.write(piece)
        except (BrokenPipeError, ValueError):
            return
        except BaseException as error:  # noqa: BLE001 - told to whoever reads: what was not fed is not answered
            self._error = error

    def _told(self, count: int) -> int:
        """The count; at the end the feeder's error, if it had one."""
        if not count and self._error is not None:
            raise self._error
        return count

    def readinto(self, view: memoryview) -> int:
        """Read some of what it prints into `view`; the number of bytes, 0 at the end."""
        return self._told(0 if self._output is None else self._output.readinto(view) or 0)

    def read(self, most: int) -> bytes:
        """Read at most `most` bytes of what it prints, none at the end."""
        data = b"" if self._output is None else self._output.read(most) or b""
        self._told(len(data))
        return data

    def wait(self) -> int:
        """Wait for its end. The exit code, negative for a signal."""
        if self._output is not None:
            self._output.close()
        began = time.monotonic()
        while True:
            try:
                code = self._process.wait(PATIENCE)
                break
            except subprocess.TimeoutExpired:
                self._on_silence(time.monotonic() - began)
        if not self._complaints.closed:
            self._complaints.seek(0)
            self.complaint = self._complaints.read(LONGEST_COMPLAINT)
        return code

    def kill(self) -> None:
        """End it."""
        self._process.kill()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdout, self._process.stdin, self._complaints):
            if stream is not None:
                stream.close()
