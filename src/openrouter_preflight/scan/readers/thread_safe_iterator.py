"""Work that several threads take from one list."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

T = TypeVar("T")


class ThreadSafeIterator(Generic[T]):
    """An iterator that several threads may draw from."""

    def __init__(self, items: Iterator[T]) -> None:
        """Share `items`."""
        self._items = items
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[T]:
        return self

    def __next__(self) -> T:
        with self._lock:
            return next(self._items)
