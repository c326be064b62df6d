"""Work that several threads take from one list."""

from __future__ import annotations

from _thread import allocate_lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any


class ThreadSafeIterator:
    """An iterator that several threads may draw from."""

    def __init__(self, items: Iterator[Any]) -> None:
        """Share `items`."""
        self._items = items
        self._lock = allocate_lock()

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        with self._lock:
            return next(self._items)
