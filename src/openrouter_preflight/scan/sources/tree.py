"""The working tree: tracked and untracked files, no ignored ones.

Other repositories in it, submodules among them, are part of it: git lists each as one folder, and their own listing
tells what is in them.
"""

from __future__ import annotations

import os

from openrouter_preflight.errors import UsageError
from openrouter_preflight.git.process import Git
from openrouter_preflight.repository_root import find_root
from openrouter_preflight.scan.scan_data import ScanData

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from openrouter_preflight.git.spawn import Process
    from openrouter_preflight.scan.incomplete import Incomplete
    from openrouter_preflight.scan.job import Progress, ScanJob

_BLOCK = 1024 * 1024

_USERS_PLACES = frozenset({"GIT_DIR", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_WORK_TREE"})
"""Variables that say where the scanned repository is, and not where those inside of it are."""

_UNOPENED = b"warning: could not open directory "


def read(request: ScanJob, progress: Progress) -> ScanData:
    """Read the whole working tree, wherever in it the request's folder is."""
    try:
        root = _root(request)
        with _Listing(root, "", request.environ, request.git_timeout) as listing:
            return _read_listed(request, progress, root, listing)
    except UsageError as error:
        from openrouter_preflight.git.errors import NotARepositoryError

        if not isinstance(error, NotARepositoryError):
            raise
    from openrouter_preflight.scan.sources.paths import read_paths

    return read_paths(request, (".",), progress)


def _root(request: ScanJob) -> str:
    is_here = not {"GIT_DIR", "GIT_WORK_TREE"} & request.environ.keys()
    root = find_root(request.folder) if is_here else None
    if root is None:
        return Git(request.folder, request.environ).top
    return request.folder if root == os.path.abspath(request.folder) else root


def _read_listed(request: ScanJob, progress: Progress, root: str, listing: _Listing) -> ScanData:
    from openrouter_preflight.scan.readers.files import read_files  # git lists meanwhile

    data = ScanData()
    names: list[bytes] = []
    pointers: dict[str, str] = {}

    def watch(number: int) -> None:
        progress(data.objects + number, None)

    def read_these(some: list[bytes]) -> int:
        """Read files and the contents of folders; return the number of missing ones."""
        gone = None
        while some:
            names.extend(some)
            seen = read_files(some, root, data, request.limits, largest=request.max_file_size, watch=watch)
            pointers.update((digest, os.fsdecode(name)) for name, digest in seen.pointers)
            some = [name for folder in seen.folders for name in _list_other(root, folder, request, data)]
            gone = seen.gone if gone is None else gone
        return gone or 0

    if read_these(listing.tracked()):
        listing.note_sparse(data)
    read_these(listing.untracked())
    if pointers:
        from openrouter_preflight.scan.lfs import read_lfs

        read_lfs(Git(root, request.environ), pointers, request, data)
    data.incomplete += listing.unopened
    data.add_names(names, "the name of", request.limits)
    return data


class _Listing:
    """Git's listing of the working tree at `folder` of `root`.

    What is not tracked takes git longer, which has to look into every folder. A context manager.
    """

    def __init__(self, root: str, folder: str, environ: Mapping[str, str], timeout: float) -> None:
        top = os.path.join(root, folder)
        self._git = Git(top, {**environ, "GIT_WORK_TREE": os.path.abspath(top)})
        self._prefix = os.fsencode(f"{folder}/") if folder else b""
        self._tracked = self._git.start("ls-files", "-z", "--cached", timeout=timeout)
        try:
            arguments = ("-z", "--others", "--exclude-standard")
            self._untracked = self._git.start("ls-files", *arguments, timeout=timeout)
        except BaseException:
            self._tracked.__exit__()
            raise
        self.unopened: list[Incomplete] = []
        """The folders that git could not look into, which is no failure to it."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._tracked.__exit__()
        self._untracked.__exit__()

    def tracked(self) -> list[bytes]:
        """Return the names in the index, each once. Raises GitError."""
        return list(dict.fromkeys(self._names(self._tracked)))

    def note_sparse(self, data: ScanData) -> None:
        """Note how many tracked files a sparse checkout keeps off the disk."""
        listed = self._git.run("ls-files", "-z", "-t", "--cached").split(b"\0")
        skipped = sum(entry.startswith((b"S ", b"s ")) for entry in listed)
        if skipped:
            from openrouter_preflight.summary_line import count

            message = f"the checkout is sparse: {count(skipped, 'tracked file')} not on disk"
            data.notes.append(("sparse-checkout", message))

    def untracked(self) -> list[bytes]:
        """The names of files that are neither tracked nor ignored. Raises GitError."""
        return self._names(self._untracked)

    def _names(self, process: Process) -> list[bytes]:
        listed = bytearray()
        while block := process.read(_BLOCK):
            listed += block
        if process.wait() != 0:
            raise self._git.explain(process.complaint, "ls-files")
        if process.complaint:
            self.unopened += _unopened(process.complaint, self._prefix)
        return [self._prefix + name for name in bytes(listed).split(b"\0")[:-1]]


def _unopened(complaint: bytes, prefix: bytes) -> list[Incomplete]:
    import re

    from openrouter_preflight.git.errors import in_one_line
    from openrouter_preflight.keys.printable import printable
    from openrouter_preflight.scan.incomplete import Incomplete
    from openrouter_preflight.scan.readers.files import READABLE

    found = []
    for line in complaint.split(b"\n"):
        if not line.startswith(_UNOPENED):
            continue
        match = re.fullmatch(rb"'(.*?)/?': ([^':]+)", line.removeprefix(_UNOPENED))
        if match is None:  # git cuts long lines, and a name may have lines of its own
            found.append(Incomplete(f"not everything was read: git said {in_one_line(line)}", READABLE))
        else:
            reason = match[2].decode("ascii", "replace")
            found.append(Incomplete(f"could not be read: {reason}", READABLE, printable(prefix + match[1] or b".")))
    return found


def _list_other(root: str, name: bytes, request: ScanJob, data: ScanData) -> list[bytes]:
    """Return the files of another repository, or all files of the folder."""
    folder = os.fsdecode(name).rstrip("/")
    if os.path.lexists(os.path.join(root, folder, ".git")):
        from openrouter_preflight.errors import PreflightError

        own = {name: value for name, value in request.environ.items() if name not in _USERS_PLACES}
        try:
            with _Listing(root, folder, own, request.git_timeout) as listing:
                names = [*listing.tracked(), *listing.untracked()]
                data.incomplete += listing.unopened
                return names
        except PreflightError:
            pass
    from openrouter_preflight.scan.sources.paths import files_below

    return [os.fsencode(path) for path in files_below(root, folder, data)]
