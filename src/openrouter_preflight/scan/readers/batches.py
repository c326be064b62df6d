"""Small files joined into batches, each searched at once by a thread while the next one is being read."""

from __future__ import annotations

from bisect import bisect_right
from contextlib import suppress
from itertools import pairwise
from threading import Thread
from typing import TYPE_CHECKING

from openrouter_preflight.detect.prefilter import candidate_offsets, is_archive

if TYPE_CHECKING:
    from collections.abc import Iterator


class Batch:
    """Some files' contents one after another."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._starts: list[int] = []
        self._names: list[str] = []
        self._suspects: set[int] | None = None
        self._thread = Thread(target=self._search_or_fail, daemon=True)

    def __len__(self) -> int:
        return len(self._data)

    def add(self, name: str, blocks: list[bytes]) -> None:
        """Add a file."""
        self._starts.append(len(self._data))
        self._names.append(name)
        for block in blocks:
            self._data += block

    def search_meanwhile(self) -> None:
        """Start the search; `suspects` waits for it. The search itself does not hold the GIL."""
        self._thread.start()

    def suspects(self) -> Iterator[tuple[str, bytes]]:
        """The files that need a second look, by name and content."""
        if self._thread.ident is None:
            self._search()
        else:
            self._thread.join()
        if self._suspects is None:
            raise RuntimeError("the search of a batch broke off")
        for index in sorted(self._suspects):
            end = self._starts[index + 1] if index + 1 < len(self._starts) else len(self._data)
            yield self._names[index], bytes(self._data[self._starts[index] : end])

    def _search_or_fail(self) -> None:
        with suppress(Exception):  # `suspects` misses its result and says so; a thread's traceback could show data
            self._search()

    def _search(self) -> None:
        data = self._data
        bounds = pairwise([*self._starts, len(data)])
        archives = (index for index, (start, end) in enumerate(bounds) if is_archive(data, start, end))
        found = (bisect_right(self._starts, offset) - 1 for offset in candidate_offsets(data))
        self._suspects = {*archives, *found}
