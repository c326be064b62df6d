"""Needles as they are derived from a key format: today's by value, and those of a made-up one by their use."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from openrouter_preflight.detect import fragments, needles
from openrouter_preflight.keys.key_format import KeyFormat

if TYPE_CHECKING:
    from pathlib import Path

DERIVED = {
    "literals": (needles.LITERALS, (b"sk-or-v1-",)),
    "split": (needles.SPLIT_NEEDLES, (b"sk-or", b"r-v1-")),
    "base64": (needles.BASE64_NEEDLES, (b"b3It", b"djEt", b"LW9y", b"LXYx", b"ay1v", b"ci12")),
    "base64 twice": (
        needles.BASE64_TWICE_NEEDLES,
        (b"dGIz", b"M0l0", b"YjNJ", b"Vzl5", b"eUxY", b"OXlM", b"MXZj", b"Y2kx", b"dmNp"),
    ),
    "base64 of UTF-16": (needles.BASE64_OF_WIDE_NEEDLES, (b"AC0A", b"MAaw", b"QAtA", b"ALQB")),
    "UTF-16 and UTF-32": (
        needles.WIDE_NEEDLES,
        ("sk-or-v1-".encode("utf-16-le")[:-1], "sk-or-v1-".encode("utf-32-le")[:-3]),
    ),
    "UTF-16 of base64": (
        needles.WIDE_BASE64_NEEDLES,
        tuple(text.encode("utf-16-le")[:-1] for text in ("c2stb3It", "LW9yLXYx", "ay1vci12")),
    ),
    "escapes": (needles.ESCAPE_NEEDLES, (b"sk%", b"sk\\", b"sk&", b"sk\xe2")),
    "strings": (needles.QUOTED_NEEDLES, (b'"sk"', b"'sk'")),
    "reversed": (needles.REVERSED_NEEDLES, (b"1v-ro",)),
    "codes": (
        needles.CODE_NEEDLES,
        (
            *(b"118", b"\\166", b"x76", b"%76", b"u0076", b"2d76", b"2d 76", b"2D76", b"2D 76", b"2d,00,"),
            *(b"2d,76", b"2d:76", b"2D-76"),
        ),
    ),
    "pieces in packs": (fragments.PLAIN_FRAGMENTS, (b"k-or", b"or-v", b"r-v1")),
    "pairs in packs": (fragments.BASE64_PAIRS, ((b"LW9y", b"LXYx"), (b"ay1v", b"ci12"))),
    "inserts that leave no piece": (tuple(fragments.barred_inserts()), (b"r-v",)),
}


@pytest.mark.parametrize(("derived", "expected"), DERIVED.values(), ids=DERIVED)
def test_the_needles_of_openrouters_format(derived: object, expected: object) -> None:
    assert derived == expected


@pytest.mark.parametrize("prefix", ["short", "sk-or-é1-"])
def test_a_prefix_that_cannot_be_looked_for_is_refused(prefix: str) -> None:
    with pytest.raises(ValueError, match="8 ASCII characters"):
        KeyFormat(prefix, "0123456789", 40)


OTHER = KeyFormat("zq-live-k2-", "0123456789abcdefghijklmnopqrstuvwxyz", 40)
OTHER_KEY = OTHER.prefix + "7h2k9x0m4c8v1b5n3z6q0w2e4r6t8y1u3i5o7p9a"

PROGRAM = """import sys
from openrouter_preflight.keys import key_format
key_format.FORMATS += (key_format.KeyFormat("zq-live-k2-", "0123456789abcdefghijklmnopqrstuvwxyz", 40),)
from openrouter_preflight.__main__ import main
sys.exit(main())
"""

PLANTED = {
    "plain": OTHER_KEY,
    "in two strings": f'"{OTHER_KEY[:20]}" + "{OTHER_KEY[20:]}"',
    "joined": f'["zq", "live", "k2", "{OTHER_KEY[11:]}"].join("-")',
    "reversed": OTHER_KEY[::-1],
    "codes": ", ".join(str(byte) for byte in OTHER_KEY.encode()),
    "hex": OTHER_KEY.encode().hex(),
    "percent": OTHER_KEY.replace("-", "%2D"),
    "all escaped": "".join(f"\\x{byte:02x}" for byte in OTHER_KEY.encode()),
    "look-alikes": OTHER_KEY.replace("-", "\u2011"),
    "base64": __import__("base64").b64encode(b"x" + OTHER_KEY.encode()).decode(),
}


def found(folder: Path, *options: str) -> set[str | None]:
    """The files in which a scan that knows the made-up format finds its key."""
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, "scan", "--format", "json", *options],
        cwd=folder,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1, run.stderr
    assert OTHER_KEY not in run.stdout + run.stderr
    findings = json.loads(run.stdout)["findings"]
    assert {each["rule"] for each in findings} == {"committed-key"}
    return {each["path"] for each in findings}


def test_a_made_up_format_is_found_end_to_end(tmp_path: Path) -> None:
    """No second format ships; one row in a table makes one."""
    files = {f"{number:02}.txt": f"key = {text}\n".encode() for number, text in enumerate(PLANTED.values())}
    files["wide.txt"] = f"key = {OTHER_KEY}\n".encode("utf-16")
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    assert found(tmp_path, ".") == set(files)
    (tmp_path / f"{OTHER_KEY}.txt").write_bytes(b"")
    git = ("git", "-c", "user.name=a", "-c", "user.email=a@example.com")
    for arguments in (("init", "-q"), ("add", ".")):
        subprocess.run([*git, *arguments], cwd=tmp_path, check=True)
    names = {*files, f"{OTHER_KEY[:14]}...{OTHER_KEY[-3:]}.txt"}
    assert found(tmp_path, "--staged") == names
    subprocess.run([*git, "commit", "-qm", "all"], cwd=tmp_path, check=True)
    assert found(tmp_path, "--history") == names
