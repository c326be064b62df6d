"""Regular files below a folder, without following links or waiting.

What a pass suspects is opened again and examined.
"""

from __future__ import annotations

import os

from openrouter_preflight.scan.incomplete import Incomplete
from openrouter_preflight.scan.readers.file_pass import FLAGS
from openrouter_preflight.scan.readers.file_shares import read_shared

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from openrouter_preflight.detect.archives.budget import Limits
    from openrouter_preflight.detect.matches import MatchResult
    from openrouter_preflight.scan.readers.file_pass import PassResult
    from openrouter_preflight.scan.scan_data import ScanData

READABLE = "Make it readable to this user, or exclude it (scan.exclude), and scan again."

_RAISE = "Raise --max-file-size, and scan again."


def read_files(
    names: Sequence[bytes],
    root: str,
    data: ScanData,
    limits: Limits,
    *,
    largest: int | None = None,
    inside: str | None = None,
    as_named: bool = False,
    shown_path: Callable[[str], str] | None = None,
    watch: Callable[[int], None] | None = None,
) -> PassResult:
    """Read the files of these names into `data`; return the folders.

    `inside` is what to call files that are no part of the tree; followed by the name. `as_named`: a person named them,
    so that links among the folders above them are followed, and they may be absolute. `shown_path` makes the path that
    reports have of a name.
    """

    def shown(name: bytes) -> str:
        from openrouter_preflight.keys.printable import printable

        return printable(name if shown_path is None else shown_path(os.fsdecode(name)))

    result = read_shared(names, os.fsencode(root), largest=largest, as_named=as_named, watch=watch)
    data.objects += result.objects
    data.size += result.size
    for name in sorted(result.suspects):
        _examine(name, root, data, limits, shown, inside)
    for name, number in sorted(result.unreadable):
        data.incomplete.append(_unreadable(shown(name), os.strerror(number)))
    for name, size in sorted(result.oversized):
        message = f"not looked into: {size} bytes, more than --max-file-size"
        data.incomplete.append(Incomplete(message, _RAISE, shown(name)))
    return result


def unchanged_copies(oids: Mapping[bytes, bytes], root: str) -> tuple[int, int, list[bytes]]:
    """Return number and bytes of clean copies of `oids`, and other paths."""
    result = read_shared(list(oids), os.fsencode(root), oids=oids)
    return result.objects, result.size, result.changed


def _examine(  # noqa: PLR0917 - one file, all of it
    name: bytes, root: str, data: ScanData, limits: Limits, shown: Callable[[bytes], str], inside: str | None
) -> None:
    from openrouter_preflight.scan.locations import Location

    try:
        result = _look_again(os.path.join(os.fsencode(root), name), limits)
    except FileNotFoundError:
        return
    except OSError as error:
        data.incomplete.append(_unreadable(shown(name), error.strerror))
        return
    place = Location(path=shown(name), committed=None) if inside is None else Location(inside=f"{inside} {shown(name)}")
    data.add_result(result, place)


def _look_again(path: bytes, limits: Limits) -> MatchResult:
    from openrouter_preflight.detect.detector import examine, examine_stream  # hits are rare, and its import is felt

    if os.path.islink(path):
        return examine(os.readlink(path), limits)
    descriptor = os.open(path, FLAGS)
    try:
        return examine_stream(lambda size: os.read(descriptor, size), limits)
    finally:
        os.close(descriptor)


def _unreadable(shown: str, reason: str | None) -> Incomplete:
    return Incomplete(f"could not be read: {reason or 'no reason given'}", READABLE, shown)
