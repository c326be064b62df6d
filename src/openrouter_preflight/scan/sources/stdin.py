"""Standard input, whatever it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openrouter_preflight.detect.detector import examine_stream
from openrouter_preflight.scan.locations import STANDARD_INPUT, Location
from openrouter_preflight.scan.scan_data import ScanData

if TYPE_CHECKING:
    from openrouter_preflight.scan.job import Progress, ScanJob


def read(request: ScanJob, progress: Progress) -> ScanData:
    """Read standard input to its end."""
    data = ScanData(objects=1)

    def read(size: int) -> bytes:
        block = request.read_stdin(size)
        data.size += len(block)
        return block

    data.add_result(examine_stream(read, request.limits), Location(inside=STANDARD_INPUT, committed=None))
    progress(1, 1)
    return data
