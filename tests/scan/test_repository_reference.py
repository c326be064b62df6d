"""Whole repositories against the slow and obvious reference: every object and file read one by one, everything decoded.

Hypothesis makes up the history: files in many encodings, renames, deletions, merges that bring something of their own,
tags, notes, unreachable objects, and changes that are staged or not even that.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.effort import runs
from support.planted import base64_of, gzipped, wrapped, zipped
from support.repos import Repo, make_key, make_repo
from support.slow_reference import keys_in, keys_in_file

if TYPE_CHECKING:
    from collections.abc import Callable

KEYS = [make_key(f"reference {number}") for number in range(12)]
NAMES = ("a.env", "dir/b.py", "dir/sub/c.bin", "ünï côdé", "x\ny", "-", "d.zip", *(f"{key}.txt" for key in KEYS[:2]))
ENCODINGS: tuple[Callable[[str], bytes], ...] = (
    str.encode,
    lambda text: text.encode("utf-16-le"),
    lambda text: text.encode("utf-16"),
    lambda text: base64_of(text).encode(),
    lambda text: wrapped(base64_of(text), 76).encode(),
    lambda text: gzipped(text.encode()),
    lambda text: zipped({"inner": text.encode()}),
    lambda text: b"\0\1\2" * 99 + text.encode() + b"\0",
)
TEXTS = st.lists(
    st.sampled_from([*KEYS, KEYS[0][:-1], KEYS[1] + "0"]) | st.text(max_size=6), min_size=1, max_size=4
).map(" ".join)
CONTENTS = st.builds(
    lambda text, encode: encode(text),
    TEXTS.map(lambda text: text.encode(errors="replace").decode()),
    st.sampled_from(ENCODINGS),
)


@dataclass(frozen=True)
class Change:
    """What one commit does."""

    written: dict[str, bytes]
    deleted: str | None
    renamed: str | None
    message: str
    merges: int | None
    """How many commits back a second parent is."""


CHANGES = st.builds(
    Change,
    written=st.dictionaries(st.sampled_from(NAMES), CONTENTS, max_size=2),
    deleted=st.none() | st.sampled_from(NAMES),
    renamed=st.none() | st.sampled_from(NAMES),
    message=st.just("Change") | TEXTS,
    merges=st.none() | st.integers(2, 4),
)


@dataclass
class History:
    """A history as `git fast-import` reads it, with the files of its tip."""

    files: dict[str, bytes] = field(default_factory=dict)
    stream: bytes = b""
    marks: list[tuple[int, dict[str, bytes]]] = field(default_factory=list)

    def add(self, change: Change) -> None:
        number = len(self.marks) + 1
        self.stream += b"commit refs/heads/main\nmark :%d\ncommitter Ada <a@b> %d +0000\n" % (number, 10**9 + number)
        self.stream += _data(change.message.encode())
        if self.marks:
            self.stream += b"from :%d\n" % (number - 1)
        if change.merges and change.merges < number:
            self.stream += b"merge :%d\n" % (number - change.merges)
        if change.deleted in self.files:
            del self.files[change.deleted]
        if change.renamed in self.files:
            self.files[f"renamed {number}"] = self.files.pop(change.renamed)
        self.files |= change.written
        self.stream += b"deleteall\n"
        for name, content in self.files.items():
            self.stream += b"M 100644 inline %b\n%b" % (_quoted(name), _data(content))
        self.marks.append((number, dict(self.files)))


def _data(content: bytes) -> bytes:
    return b"data %d\n%b\n" % (len(content), content)


def _quoted(name: str) -> bytes:
    return b'"%b"' % name.replace("\n", "\\n").encode()


def build(folder: Path, data: st.DataObject) -> Repo:
    """A repository, with something on top of it in the index and in the working tree."""
    repo = make_repo(folder)
    history = History()
    for change in data.draw(st.lists(CHANGES, min_size=2, max_size=5), "history"):
        history.add(change)
    tip = len(history.marks)
    tag, note = data.draw(TEXTS, "tag"), data.draw(TEXTS, "note")
    history.stream += b"tag v1\nfrom :%d\ntagger Ada <a@b> 1 +0000\n%b" % (tip, _data(tag.encode()))
    history.stream += b"commit refs/notes/commits\ncommitter Ada <a@b> 1 +0000\n" + _data(b"Note")
    history.stream += b"N inline :%d\n%b" % (tip, _data(note.encode()))
    repo.git("fast-import", "--quiet", stdin=history.stream)
    repo.git("reset", "--quiet", "--hard")
    repo.git("hash-object", "-w", "--stdin", stdin=data.draw(CONTENTS, "unreachable"))
    for name, content in data.draw(st.dictionaries(st.sampled_from(NAMES), CONTENTS, max_size=2), "staged").items():
        repo.write(name, content)
    repo.git("add", "--all")
    for name, content in data.draw(st.dictionaries(st.sampled_from(NAMES), CONTENTS, max_size=1), "unstaged").items():
        repo.write(name, content)
    return repo


@dataclass
class Reference:
    """Everything in a repository, read one object at a time."""

    repo: Repo

    @cached_property
    def keys_of(self) -> dict[str, set[str]]:
        """The keys in each object, reachable or not, by its id."""
        output = self.repo.git("cat-file", "--batch-all-objects", "--batch").encode("utf-8", "surrogateescape") + b"\n"
        found, start = {}, 0
        while start < len(output):
            head_end = output.index(b"\n", start) + 1
            oid, _, size = output[start:head_end].split()
            start = head_end + int(size) + 1
            found[oid.decode()] = keys_in_file(output[head_end : start - 1])
        return found

    def listed(self, *arguments: str) -> list[str]:
        return [line for line in self.repo.git(*arguments).split("\0") if line]

    def history(self) -> set[str]:
        """The keys in all objects."""
        return set().union(*self.keys_of.values())

    def tree_of(self, commit: str) -> dict[str, str]:
        """The blobs of a commit by path."""
        entries = (line.partition("\t") for line in self.listed("ls-tree", "-r", "-z", "--full-tree", commit))
        return {path: head.split()[2] for head, _, path in entries}

    def range(self, old: str, new: str) -> tuple[set[str], set[str]]:
        """The keys that the commits of a range certainly add, and all those that stand anywhere in them."""
        before = {pair for commit in self.repo.git("rev-list", old).split() for pair in self.tree_of(commit).items()}
        held = {oid for _, oid in before}
        least, most = set[str](), set[str]()
        for commit in self.repo.git("rev-list", f"{old}..{new}").split():
            message = self.keys_of[commit]
            least |= message
            most |= message
            for path, oid in self.tree_of(commit).items():
                content = self.keys_of[oid]
                most |= content | keys_in(path.encode())
                if oid not in held:
                    least |= content
        return least, most

    def staged(self) -> tuple[set[str], set[str]]:
        """The keys in what the index has and HEAD has not, and those in its names besides."""
        head = self.tree_of("HEAD")
        contents, names = set[str](), set[str]()
        for line in self.listed("ls-files", "--stage", "-z"):
            words, _, path = line.partition("\t")
            oid = words.split()[1]
            if head.get(path) != oid:
                contents |= self.keys_of[oid]
                names |= keys_in(path.encode())
        return contents, contents | names

    def worktree(self) -> tuple[set[str], set[str]]:
        """The keys in the files that lie there, and those in their names besides."""
        files = [path for path in self.repo.path.rglob("*") if path.is_file() and ".git" not in path.parts]
        contents = {key for path in files for key in keys_in_file(path.read_bytes())}
        return contents, contents | {key for path in files for key in keys_in(str(path).encode())}


def fingerprints(keys: set[str]) -> set[str]:
    return {sha256(key.encode()).hexdigest() for key in keys}


def found(repo: Repo, mode: str, **wishes: Any) -> set[str]:
    findings = repo.scan(mode, **wishes).findings
    assert {finding.rule.name for finding in findings} <= {"committed-key", "suspicious-key"}
    return {finding.fingerprint for finding in findings if finding.fingerprint is not None}


@pytest.mark.parametrize("shard", range(4))
@settings(max_examples=runs(8, 500), deadline=None, suppress_health_check=[*HealthCheck])
@given(st.data())
def test_every_mode_finds_what_the_reference_finds(shard: int, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        repo = build(Path(folder).resolve() / "repo", data)
        reference = Reference(repo)
        assert found(repo, "history") == fingerprints(reference.history())
        first = repo.git("rev-list", "--max-parents=0", "HEAD")
        bounds = {
            "range": reference.range(first, "HEAD"),
            "staged": reference.staged(),
            "tree": reference.worktree(),
        }
        for mode, (least, most) in bounds.items():
            seen = found(repo, mode, **({"range": f"{first}..HEAD"} if mode == "range" else {}))
            assert fingerprints(least) <= seen <= fingerprints(most), mode
