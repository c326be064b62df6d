"""Faults between the service and its client: outages, portals, broken links.

A fault is data. Deciding when it strikes is here; carrying it out on a socket belongs to `simulator.listener`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import Enum, auto
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openrouter_preflight.simulator.exchange import Answer


class Delivery(Enum):
    """Ways in which an answer travels."""

    WHOLE = auto()
    TRUNCATED = auto()
    """The headers promise more than is sent before the connection closes."""
    RESET = auto()
    """The connection is reset and nothing is sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer and the way it is delivered."""

    answer: Answer
    delivery: Delivery = Delivery.WHOLE

    @property
    def status(self) -> int | None:
        """The status that the client sees; None where it sees none."""
        return None if self.delivery is Delivery.RESET else self.answer.status


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong."""

    answer: Answer | None = None
    """Sent in place of the service's own answer; None leaves that as it is."""
    delivery: Delivery = Delivery.WHOLE
    delay: float = 0.0
    """Seconds before anything is sent, beyond the simulator's own latency."""
    spares_management: bool = False
    """Strikes no request with the management key."""
    first: int | None = None
    """Strikes only the first so many requests of each key; None strikes always."""
    path: str = ""
    """Strikes only paths that end so."""
    method: str = ""
    """Strikes only requests with this method; empty: any."""
    takes_effect: bool = False
    """The service carries the request out first, and what went wrong befalls only its answer."""


class FaultLine:
    """Faults and how often each struck; safe to ask from several threads."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        """Start with no strikes counted."""
        self._faults = faults
        self._strikes: Counter[tuple[int, str | None]] = Counter()
        self._lock = Lock()

    def strike(self, method: str, path: str, fingerprint: str | None, *, by_management: bool = False) -> Fault | None:
        """The fault that befalls this request, if any."""
        with self._lock:
            for number, fault in enumerate(self._faults):
                if not path.endswith(fault.path) or fault.method not in {"", method}:
                    continue
                if fault.spares_management and by_management:
                    continue
                if fault.first is None:
                    return fault
                self._strikes[number, fingerprint] += 1
                if self._strikes[number, fingerprint] <= fault.first:
                    return fault
        return None
