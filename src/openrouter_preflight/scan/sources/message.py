"""A commit message that is about to be recorded (the commit-msg hook)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from openrouter_preflight.detect.detector import examine
from openrouter_preflight.errors import UsageError
from openrouter_preflight.keys.printable import printable
from openrouter_preflight.scan.locations import COMMIT_MESSAGE, Location
from openrouter_preflight.scan.scan_data import ScanData

if TYPE_CHECKING:
    from openrouter_preflight.scan.scan import Progress, ScanJob

_SCISSORS = re.compile(rb"^(\S+) -{24} >8 -{24}[ \t\r]*\n(?:\1 .*\n)+(?=\1|diff --|Submodule |\s*\Z)", re.MULTILINE)
"""From here on git drops everything; `commit --verbose` shows the diff there, removed keys among it.

Git always explains the line in further comments; one that somebody wrote into a message (`commit -m`) is kept, with
all below it.
"""


_NO_EDITOR = ":"
"""What git tells a hook of a commit whose message nobody edits: then it drops nothing."""


def read(request: ScanJob, progress: Progress) -> ScanData:
    """Read the message's file. Comment lines are read too: `commit.cleanup` may keep them."""
    if len(request.paths) != 1:
        raise UsageError("--message takes one file, the commit message", "In a commit-msg hook that is `$1`.")
    try:
        data = (request.folder / request.paths[0]).read_bytes()
    except OSError as error:
        raise UsageError(f"the message {printable(request.paths[0])} cannot be read: {error.strerror}") from error
    cut = None if request.environ.get("GIT_EDITOR") == _NO_EDITOR else _SCISSORS.search(data)
    message = data if cut is None else data[: cut.start()]
    data_read = ScanData(objects=1, size=len(message))
    place = Location(path=printable(request.paths[0]), inside=COMMIT_MESSAGE, committed=False)
    data_read.add_result(examine(message, request.limits), place)
    progress(1, 1)
    return data_read
