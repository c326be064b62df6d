"""Standard input, whatever it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openrouter_preflight.leaks.detection.detector import examine_stream
from openrouter_preflight.leaks.gathering import Gathered
from openrouter_preflight.leaks.locations import STANDARD_INPUT, Place

if TYPE_CHECKING:
    from openrouter_preflight.leaks.scan import Progress, ScanRequest


def gather(request: ScanRequest, progress: Progress) -> Gathered:
    """Read standard input to its end."""
    gathered = Gathered(objects=1)

    def read(size: int) -> bytes:
        data = request.stdin.read(size)
        gathered.size += len(data)
        return data

    gathered.add_examination(examine_stream(read, request.limits), Place(inside=STANDARD_INPUT, committed=None))
    progress(1, 1)
    return gathered
