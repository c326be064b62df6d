"""The door to the sources: one request in, ScanData out."""

from __future__ import annotations

from openrouter_preflight.scan.job import silent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openrouter_preflight.scan.job import Progress, ScanJob
    from openrouter_preflight.scan.scan_data import ScanData


def read(request: ScanJob, progress: Progress = silent) -> ScanData:
    """Read what `request` names. Raises UsageError."""
    try:
        return _read(request, progress)
    except Exception as error:
        from openrouter_preflight.errors import PreflightError, UsageError  # most scans need none of these
        from openrouter_preflight.scan.incomplete import Incomplete
        from openrouter_preflight.scan.scan_data import ScanData

        if isinstance(error, UsageError) or not isinstance(error, PreflightError):
            raise
        return ScanData(incomplete=[Incomplete.from_error(error)])


def _read(request: ScanJob, progress: Progress) -> ScanData:
    """Call the mode's source, which is imported on demand."""
    match request.mode:
        case "staged":
            from openrouter_preflight.scan.sources import staged

            return staged.read(request, progress)
        case "tree":
            from openrouter_preflight.scan.sources import tree

            return tree.read(request, progress)
        case "range":
            from openrouter_preflight.scan.sources import range as range_

            return range_.read(request, progress)
        case "message":
            from openrouter_preflight.scan.sources import message

            return message.read(request, progress)
        case "history":
            from openrouter_preflight.scan.sources import history

            return history.read(request, progress)
        case "push":
            from openrouter_preflight.scan.sources import push

            return push.read(request, progress)
        case "stdin":
            from openrouter_preflight.scan.sources import stdin

            return stdin.read(request, progress)
        case "paths":
            from openrouter_preflight.scan.sources import paths

            return paths.read(request, progress)
    raise ValueError(request.mode)
