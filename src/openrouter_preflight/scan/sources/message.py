"""A commit message that is about to be recorded (the commit-msg hook)."""

from __future__ import annotations

import os

from openrouter_preflight.detect.prefilter import may_hold_key
from openrouter_preflight.scan.scan_data import ScanData

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openrouter_preflight.scan.job import Progress, ScanJob

_SCISSORS = rb"^(\S+) -{24} >8 -{24}[ \t\r]*\n(?:\1 .*\n)+(?=\1|diff --|Submodule |\s*\Z)"
"""From here on git drops everything; `commit --verbose` shows the diff there, removed keys among it.

Git always explains the line in further comments; one that somebody wrote into a message (`commit -m`) is kept, with
all below it.
"""
_CUT = b" >8 "

_NO_EDITOR = ":"
"""The editor of a commit whose message nobody edits: git drops nothing then."""


def read(request: ScanJob, progress: Progress) -> ScanData:
    """Read the message's file, comment lines too: git may keep them."""
    message = _message(request)
    data = ScanData(objects=1, size=len(message))
    if may_hold_key(message):
        from openrouter_preflight.detect.detector import examine
        from openrouter_preflight.keys.printable import printable
        from openrouter_preflight.scan.locations import COMMIT_MESSAGE, Location

        place = Location(path=printable(request.paths[0]), inside=COMMIT_MESSAGE, committed=False)
        data.add_result(examine(message, request.limits), place)
    progress(1, 1)
    return data


def _message(request: ScanJob) -> bytes:
    from openrouter_preflight.errors import UsageError

    if len(request.paths) != 1:
        raise UsageError("--message takes one file, the commit message", "In a commit-msg hook that is `$1`.")
    try:
        with open(os.path.join(request.folder, request.paths[0]), "rb") as file:
            message = file.read()
    except OSError as error:
        from openrouter_preflight.keys.printable import printable

        raise UsageError(f"the message {printable(request.paths[0])} cannot be read: {error.strerror}") from error
    if _CUT not in message or request.environ.get("GIT_EDITOR") == _NO_EDITOR:
        return message
    import re

    cut = re.search(_SCISSORS, message, re.MULTILINE)
    return message if cut is None else message[: cut.start()]
