"""Repositories for benchmarks: one with keys planted in many places and shapes, and others of a wanted size."""

from __future__ import annotations

import base64
import gzip
import io
import os
import random
import re
import subprocess
import zipfile
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_PEOPLE = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "init.defaultBranch=main")

EXAMPLE = "sk-or-v1-" + "0e6f44a47a05f1dad2ad7e88c4c1d6b77688157716fb1a5271146f7464951c96"  # published (API.md §4)


_KEY = re.compile(rb"sk-or-v1-([0-9a-fA-F]{64})")
_KEY_LENGTH = len(EXAMPLE)


def git(folder: Path, *arguments: str, stdin: bytes | None = None) -> str:
    """What git prints in `folder`."""
    environ = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull}
    command = ["git", *_PEOPLE, *arguments]
    return (
        subprocess.run(command, cwd=folder, env=environ, input=stdin, check=True, capture_output=True)
        .stdout.decode()
        .strip()
    )


def key(name: str) -> str:
    """A key of the right shape, the same for the same name."""
    return "sk-or-v1-" + sha256(name.encode()).hexdigest()


def new_repo(folder: Path) -> Path:
    """An empty repository."""
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet")
    return folder


def bait(repo: Path) -> None:
    """Put a key wherever a scanner may be told to look: in the history, in each of fifty commits, and in the index."""
    for number in range(51):
        (repo / "a.env").write_text(f"OPENROUTER_API_KEY={key(f'bait {number}')}\n", encoding="utf-8")
        git(repo, "add", ".")
        git(repo, "commit", "--quiet", "-m", f"bait {number}")
    (repo / "b.env").write_text(f"OPENROUTER_API_KEY={key('staged bait')}\n", encoding="utf-8")
    git(repo, "add", ".")


def small_commit(folder: Path) -> Path:
    """A repository in which one small file is staged."""
    repo = new_repo(folder)
    (repo / "a.py").write_text("print('hello')\n", encoding="utf-8")
    git(repo, "add", ".")
    git(repo, "commit", "--quiet", "-m", "one")
    (repo / "a.py").write_text("print('hello, world')\n", encoding="utf-8")
    git(repo, "add", ".")
    return repo


def many_staged(folder: Path, files: int = 1000, size: int = 20_000) -> Path:
    """A repository in which `files` files of `size` bytes are staged."""
    repo, chance = new_repo(folder), random.Random(7)
    git(repo, "commit", "--quiet", "--allow-empty", "-m", "one")
    words = [f"word{number}" for number in range(5000)]
    for number in range(files):
        text = " ".join(chance.choices(words, k=size // 8))
        (repo / f"{number}.txt").write_text(text.replace("word9", "\n")[:size], encoding="utf-8")
    git(repo, "add", ".")
    return repo


def many_versions(folder: Path, versions: int, example: str) -> Path:
    """A history of so many versions of a documentation file that shows `example` in one place."""
    repo = new_repo(folder)
    body = "".join(f"Line {number} of a page that explains a client at some length.\n" for number in range(150))
    stream = io.BytesIO()
    for number in range(versions):
        page = f"# Page {number}\n{body}\n    api_key = '{example}'\n{body}Version {number}\n".encode()
        stream.write(b"commit refs/heads/main\ncommitter Ada <a@example.org> %d +0000\n" % (1_700_000_000 + number))
        stream.write(b"data 1\nx\nM 100644 inline docs/page%d.md\ndata %d\n%s\n" % (number % 500, len(page), page))
    git(repo, "fast-import", "--quiet", stdin=stream.getvalue())
    git(repo, "gc", "--quiet")
    return repo


def overridden(repo: Path, folder: Path, *, with_keys: bool) -> Path:
    """The history of `repo`, packed anew by one git, with its keys as they are or broken in their prefix.

    Both are made alike, so that nothing but the keys tells them apart. A large history takes minutes.
    """
    copy = new_repo(folder)
    exporting = ["git", "fast-export", "--all", "--signed-tags=strip", "--tag-of-filtered-object=drop"]
    with (
        subprocess.Popen(exporting, cwd=repo, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as source,
        subprocess.Popen(["git", "fast-import", "--quiet"], cwd=copy, stdin=subprocess.PIPE) as target,
    ):
        assert source.stdout is not None
        assert target.stdin is not None
        rest = b""
        while block := source.stdout.read(1024 * 1024):
            block = rest + block if with_keys else _KEY.sub(rb"sk-no-v1-\1", rest + block)
            target.stdin.write(block[:-_KEY_LENGTH])
            rest = block[-_KEY_LENGTH:]
        target.stdin.write(rest)
    assert source.returncode == target.returncode == 0
    git(copy, "repack", "-adfq")
    return copy


def planted(folder: Path) -> tuple[Path, list[str]]:
    """A repository with a key in many places and shapes, and a word for each that a report of it would hold."""
    repo = new_repo(folder)
    contents = {name: shape(key(name)) for name, shape in _SHAPES.items()}
    for name, content in contents.items():
        (repo / f"plant-{name}").write_bytes(content)
    git(repo, "add", ".")
    git(repo, "commit", "--quiet", "-m", "plants")
    git(repo, "rm", "--quiet", "-r", ".")
    git(repo, "commit", "--quiet", "-m", "gone")
    git(repo, "checkout", "--quiet", "-b", "side")
    git(repo, "commit", "--quiet", "--allow-empty", "-m", "side")
    git(repo, "checkout", "--quiet", "main")
    git(repo, "commit", "--quiet", "--allow-empty", "-m", f"message {key('message')}")
    message = git(repo, "rev-parse", "HEAD")
    git(repo, "merge", "--quiet", "--no-commit", "--no-ff", "side")
    (repo / "plant-merge").write_text(key("merge"), encoding="utf-8")
    git(repo, "add", ".")
    git(repo, "commit", "--quiet", "-m", "merge")
    (repo / "plant-stash").write_text(key("stash"), encoding="utf-8")
    git(repo, "add", ".")
    git(repo, "stash", "--quiet")
    loose = git(repo, "hash-object", "-w", "--stdin", stdin=key("unreachable").encode())
    git(repo, "tag", "-a", "plant-tag", "-m", key("tag"))
    return repo, [
        *(f"plant-{name}" for name in contents),
        message[:7],
        "plant-merge",
        "plant-stash",
        loose[:7],
        "plant-tag",
    ]


def _zip(text: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.env", text)
    return packed.getvalue()


_SHAPES: dict[str, Callable[[str], bytes]] = {
    "env": lambda text: f"OPENROUTER_API_KEY={text}\n".encode(),
    "python": lambda text: f"client = OpenAI(api_key='{text}')\n".encode(),
    "json": lambda text: f'{{"key": "{text}"}}'.encode(),
    "url": lambda text: f"https://example.org/?key={text}&x=1".encode(),
    "escaped": lambda text: f"say \\n{text}\\n".encode(),
    "percent": lambda text: f"q=%22{text}%22".encode(),
    "upper": lambda text: (text[:9] + text[9:].upper()).encode(),
    "minified": lambda text: (f"var a={'x' * 50_000};k='{text}';" + "y" * 50_000).encode(),
    "binary": lambda text: b"\0\1\2" * 100 + text.encode() + b"\0" * 100,
    "utf16le": lambda text: ("\ufeff" + text).encode("utf-16-le"),
    "utf16be": lambda text: ("\ufeff" + text).encode("utf-16-be"),
    "base64": lambda text: base64.b64encode(f"key={text}".encode()),
    "base64-wrapped": lambda text: base64.encodebytes(f"some words before the key={text} and after".encode()),
    "gzip": lambda text: gzip.compress(text.encode(), mtime=0),
    "zip": _zip,
    "split": lambda text: f"key = '{text[:30]}' + '{text[30:]}'".encode(),
    "lockfile-package-lock.json": lambda text: f'{{"resolved": "{text}"}}'.encode(),
}
