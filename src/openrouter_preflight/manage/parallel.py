"""Chains of requests side by side, each deciding its next request.

Daemon threads, as in `openrouter.batch` and for its reason: one that hangs must not keep the process.
"""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")

_MOST_THREADS: Final = 12
_GRACE: Final = 0.5
"""Seconds beyond the deadline, in which chains that it ended hand in what they have."""


def run_all(
    jobs: Sequence[Callable[[], T]], remaining: Callable[[], float], progress: Callable[[int], None] = lambda _: None
) -> list[T | None]:
    """Return the result of each job in order; None after the deadline.

    `remaining` tells the seconds until then, `progress` hears how many jobs are done. What a job raises is raised.
    """
    waiting: queue.SimpleQueue[tuple[int, Callable[[], T]]] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[int, T | BaseException]] = queue.SimpleQueue()
    for numbered in enumerate(jobs):
        waiting.put(numbered)

    def work() -> None:
        while True:
            try:
                number, job = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                done.put((number, job()))
            except BaseException as error:  # noqa: BLE001 - handed to the waiting thread, which raises it
                done.put((number, error))

    for _ in range(min(_MOST_THREADS, len(jobs))):
        threading.Thread(target=work, daemon=True).start()
    results: list[T | None] = [None] * len(jobs)
    for count in range(1, len(jobs) + 1):
        try:
            number, result = done.get(timeout=max(remaining() + _GRACE, 0.0))
        except queue.Empty:
            break
        if isinstance(result, BaseException):
            raise result
        results[number] = result
        progress(count)
    return results
