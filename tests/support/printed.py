"""A process that has printed something, without any process."""

from __future__ import annotations

import io
from typing import Self


class Printed:
    """Gives what was printed, as a running program would."""

    def __init__(self, output: bytes) -> None:
        self.complaint = b""
        self._output = io.BytesIO(output)

    def readinto(self, view: memoryview) -> int:
        return self._output.readinto(view)

    def read(self, most: int) -> bytes:
        return self._output.read(most)

    def wait(self) -> int:
        return 0

    def kill(self) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass
