"""The second look: every key, example and damaged key in one file.

It joins the flat look at bytes and the opening of archives into one answer. Paths, git and what is allowed are not its
business.
"""

from __future__ import annotations

from functools import partial
from io import BytesIO

from openrouter_preflight.detect.archives.budget import DEFAULT_LIMITS, Limits
from openrouter_preflight.detect.file_kinds import archive_kind
from openrouter_preflight.detect.matches import Match, MatchResult
from openrouter_preflight.detect.windows import WindowScanner

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["DEFAULT_LIMITS", "Limits", "Match", "MatchResult", "examine", "examine_stream"]


def examine(data: bytes, limits: Limits = DEFAULT_LIMITS) -> MatchResult:
    """Return the matches in the whole content of a file. Never raises."""
    if archive_kind(data) is not None:
        return examine_stream(BytesIO(data).read, limits)
    look = WindowScanner(limits.window)
    for start in range(0, len(data), limits.window):  # at once, a text of candidates would take fifty times its size
        look.feed(data[start : start + limits.window])
    return MatchResult(tuple(look.finish()))


def examine_stream(read: Callable[[int], bytes], limits: Limits = DEFAULT_LIMITS) -> MatchResult:
    """Return the matches in a stream: `read(n)` gives at most n bytes."""
    from openrouter_preflight.detect.archives.unpacking import Unpacking

    unpacking = Unpacking(limits, partial(WindowScanner, limits.window))
    matches = unpacking.look_into(read)
    return MatchResult(tuple(matches), tuple(unpacking.budget.unread), tuple(unpacking.budget.not_opened))
