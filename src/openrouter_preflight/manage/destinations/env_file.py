"""`file:PATH#NAME`: one line of a .env file, replaced in one step."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final

from openrouter_preflight.errors import NAME
from openrouter_preflight.git.errors import GitError, NotARepositoryError
from openrouter_preflight.git.process import Git
from openrouter_preflight.keys import ApiKey
from openrouter_preflight.manage.destinations.interface import Destination, HandOver

if TYPE_CHECKING:
    from collections.abc import Mapping

_NEW_MODE: Final = 0o600
_LARGEST: Final = 1024 * 1024
_QUOTES: Final = (b"'", b'"')


class EnvFileDestination(Destination):
    """One variable of one file."""

    def __init__(self, path: str, name: str, environ: Mapping[str, str]) -> None:
        """Name the file and the variable; neither has to exist yet."""
        self._path = Path(path)
        self._name = name
        self._environ = environ
        self.label = f"file:{path}#{name}"
        # Nothing but white space, `export` and quotes may surround what is replaced.
        self._line = re.compile(
            rb"(?m)^([ \t]*(?:export[ \t]+)?" + re.escape(name.encode()) + rb"[ \t]*=[ \t]*)([^\r\n]*)"
        )

    def problem(self) -> str:
        """Return the reason why the file cannot be written, or nothing."""
        try:
            status = self._path.lstat()
        except FileNotFoundError:
            status = None
        except OSError as error:
            return f"{self._path} cannot be looked at: {error.strerror}"
        if status is not None and not stat.S_ISREG(status.st_mode):
            kind = "a symbolic link" if stat.S_ISLNK(status.st_mode) else "not a regular file"
            return f"{self._path} is {kind}; name the file itself"
        if status is not None and status.st_nlink > 1:
            return f"{self._path} has {status.st_nlink} hard links, and the others would keep the old key"
        if not os.access(self._path.parent, os.W_OK | os.X_OK):
            return f"the folder of {self._path} cannot be written to"
        return self._problem_of_content() or self._problem_of_git()

    def hand_over(self, key: ApiKey) -> HandOver:
        """Replace the line, or append it. Where anything fails, the file is as it was."""
        problem = self.problem()
        if problem:
            return HandOver(problem=problem, may_hold=False)
        try:
            content = self._content()
            self._replace(self._with_key(content, key))
        except OSError as error:
            return HandOver(problem=f"{self._path} could not be written: {error.strerror}", may_hold=False)
        held = self.read_back()
        return HandOver() if held == key else HandOver(problem=f"{self._path} does not hold the key that was written")

    def read_back(self) -> ApiKey | None:
        """The key in the file; None where there is none of the right shape."""
        try:
            found = self._line.findall(self._content())
        except OSError:
            return None
        if len(found) != 1:
            return None
        key = ApiKey(_value(found[0][1])[1].decode("utf-8", "replace"))
        return key if key.is_well_formed else None

    def notes(self) -> tuple[str, ...]:
        """Return a note where git would take the file with the next `git add`."""
        try:
            Git(self._path.absolute().parent, self._environ).run("check-ignore", "--quiet", "--", self._path.name)
        except NotARepositoryError:
            return ()
        except GitError:
            return (f"{self._path} is not ignored by git: the next `git add .` would take the key along",)
        return ()

    def _content(self) -> bytes:
        if not os.path.lexists(self._path):
            return b""
        descriptor = os.open(self._path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as file:
            return file.read(_LARGEST + 1)

    def _replace(self, content: bytes) -> None:
        """Replace the content in one step, through a neighbour of a fixed name."""
        try:
            mode = stat.S_IMODE(self._path.lstat().st_mode)
        except FileNotFoundError:
            mode = _NEW_MODE
        neighbour = self._path.with_name(f".{self._path.name[:100]}.{NAME}.tmp")
        neighbour.unlink(missing_ok=True)
        try:
            descriptor = os.open(neighbour, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _NEW_MODE)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            neighbour.chmod(mode)
            neighbour.replace(self._path)
        finally:
            neighbour.unlink(missing_ok=True)

    def _problem_of_content(self) -> str:
        try:
            content = self._content()
        except OSError as error:
            return f"{self._path} cannot be read: {error.strerror}"
        if len(content) > _LARGEST:
            return f"{self._path} is too large for a .env file"
        lines = self._line.findall(content)
        if len(lines) > 1:
            return f"{self._path} has {len(lines)} lines for {self._name}; leave one"
        if lines and _value(lines[0][1]) == (b"", b"", lines[0][1]) and lines[0][1].strip():
            return f"the value of {self._name} in {self._path} goes on in further lines, or is not a plain one"
        return ""

    def _problem_of_git(self) -> str:
        git = Git(self._path.absolute().parent, self._environ)
        try:
            listed = git.run("ls-files", "-z", "--", f":(literal){self._path.name}")
        except NotARepositoryError:
            return ""
        except GitError as error:
            return f"whether git tracks {self._path} could not be found out: {error}"
        return f"{self._path} is tracked by git: a key in it would be committed" if listed else ""

    def _with_key(self, content: bytes, key: ApiKey) -> bytes:
        secret = key.reveal().encode()
        found = self._line.search(content)
        if found is None:
            newline = b"\r\n" if b"\r\n" in content else b"\n"
            gap = b"" if not content or content.endswith(b"\n") else newline
            return content + gap + self._name.encode() + b"=" + secret + newline
        quote, _, rest = _value(found[2])
        return content[: found.start(2)] + quote + secret + quote + rest + content[found.end(2) :]


def _value(text: bytes) -> tuple[bytes, bytes, bytes]:
    """Split a line's value into quote, value and rest."""
    for quote in _QUOTES:
        if text.startswith(quote):
            inner, closing, rest = text[1:].partition(quote)
            if closing and re.fullmatch(rb"[ \t]*(?:#.*)?", rest):
                return quote, inner, rest
            return b"", b"", text
    found = re.fullmatch(rb"([^\s#'\"\\]*)([ \t]*|[ \t]+#.*)", text)
    return (b"", found[1], found[2]) if found else (b"", b"", text)
