"""One line of a .env file is replaced, everything else is kept, and files that would leak the key are refused."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from openrouter_preflight.keys import ApiKey
from openrouter_preflight.manage.destinations import read_destination
from support.fake_account import new_key_text
from support.repos import make_repo

if TYPE_CHECKING:
    from pathlib import Path

    from openrouter_preflight.manage.destinations.interface import Destination

NEW = ApiKey(new_key_text())
OLD = new_key_text()


def destination(path: Path) -> Destination:
    return read_destination(f"file:{path}#OPENROUTER_API_KEY", os.environ)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "OPENROUTER_API_KEY={new}\n"),
        ("A=1\nOPENROUTER_API_KEY={old}\nB=2\n", "A=1\nOPENROUTER_API_KEY={new}\nB=2\n"),
        ("export OPENROUTER_API_KEY = '{old}'  # ci\n", "export OPENROUTER_API_KEY = '{new}'  # ci\n"),
        ('OPENROUTER_API_KEY="{old}"\r\nB=2\r\n', 'OPENROUTER_API_KEY="{new}"\r\nB=2\r\n'),
        ("A=1\r\nB=2", "A=1\r\nB=2\r\nOPENROUTER_API_KEY={new}\r\n"),
        ("OPENROUTER_API_KEY=\n", "OPENROUTER_API_KEY={new}\n"),
        ("OPENROUTER_API_KEY={old} # note\n", "OPENROUTER_API_KEY={new} # note\n"),
        ("#OPENROUTER_API_KEY={old}\n", "#OPENROUTER_API_KEY={old}\nOPENROUTER_API_KEY={new}\n"),
        ("MY_OPENROUTER_API_KEY=x\n", "MY_OPENROUTER_API_KEY=x\nOPENROUTER_API_KEY={new}\n"),
    ],
)
def test_one_line_is_replaced(tmp_path: Path, before: str, after: str) -> None:
    path = tmp_path / ".env"
    path.write_bytes(before.format(old=OLD).encode())
    place = destination(path)
    assert place.problem() == ""
    assert place.hand_over(NEW).is_done
    assert path.read_bytes() == after.format(old=OLD, new=NEW.reveal()).encode()
    assert place.read_back() == NEW
    assert [each.name for each in tmp_path.iterdir()] == [".env"]


def test_the_mode_is_kept_and_a_new_file_is_private(tmp_path: Path) -> None:
    old, new = tmp_path / "old.env", tmp_path / "new.env"
    old.write_text("A=1\n")
    old.chmod(0o640)
    for path in (old, new):
        assert destination(path).hand_over(NEW).is_done
    assert stat.S_IMODE(old.stat().st_mode) == 0o640
    assert stat.S_IMODE(new.stat().st_mode) == 0o600


def _link(path: Path) -> None:
    path.with_name("target").write_text("A=1\n")
    path.symlink_to("target")


def _hard_link(path: Path) -> None:
    path.write_text("A=1\n")
    os.link(path, path.with_name("twin"))


def _pipe(path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("this system has no named pipes")
    os.mkfifo(path)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (_link, "PATH is a symbolic link; name the file itself"),
        (_hard_link, "PATH has 2 hard links, and the others would keep the old key"),
        (lambda path: path.mkdir(), "PATH is not a regular file; name the file itself"),
        (_pipe, "PATH is not a regular file; name the file itself"),
        (
            lambda path: path.write_text("OPENROUTER_API_KEY=a\nexport OPENROUTER_API_KEY=b\n"),
            "PATH has 2 lines for OPENROUTER_API_KEY; leave one",
        ),
        (
            lambda path: path.write_text('OPENROUTER_API_KEY="a\nb"\n'),
            "the value of OPENROUTER_API_KEY in PATH goes on in further lines, or is not a plain one",
        ),
        (
            lambda path: path.write_text("OPENROUTER_API_KEY=$(pass show x)\n"),
            "the value of OPENROUTER_API_KEY in PATH goes on in further lines, or is not a plain one",
        ),
    ],
)
def test_what_cannot_be_replaced_safely_is_refused_untouched(tmp_path: Path, make: object, said: str) -> None:
    path = tmp_path / ".env"
    make(path)  # type: ignore[operator]
    before = path.lstat()
    place = destination(path)
    said = said.replace("PATH", str(path))
    assert place.problem() == said
    given = place.hand_over(NEW)
    assert (given.problem, given.may_hold) == (said, False)
    assert path.lstat().st_mtime_ns == before.st_mtime_ns


def test_a_tracked_file_is_refused_and_one_that_is_not_ignored_is_told_of(tmp_path: Path) -> None:
    repo = make_repo(tmp_path)
    repo.write("tracked.env", "A=1\n")
    repo.git("add", "tracked.env")
    repo.write(".gitignore", ".env\n")
    assert "tracked by git" in destination(tmp_path / "tracked.env").problem()
    assert destination(tmp_path / ".env").problem() == ""
    assert destination(tmp_path / ".env").notes() == ()
    assert "not ignored" in destination(tmp_path / "other.env").notes()[0]


def test_what_a_run_that_died_left_behind_is_taken_away(tmp_path: Path) -> None:
    left = tmp_path / ".a.env.openrouter-preflight.tmp"
    left.write_text(OLD)
    assert destination(tmp_path / "a.env").hand_over(NEW).is_done
    assert not left.exists()


def test_a_file_that_cannot_be_written_is_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / ".env"
    path.write_text(f"OPENROUTER_API_KEY={OLD}\n")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    given = destination(path).hand_over(NEW)
    assert (given.problem, given.may_hold) == (f"{path} could not be written: No space left on device", False)
    assert path.read_text() == f"OPENROUTER_API_KEY={OLD}\n"
    assert [each.name for each in tmp_path.iterdir()] == [".env"]


def test_a_file_that_changed_under_the_hand_over_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / ".env"
    place = destination(path)
    monkeypatch.setattr(place, "read_back", lambda: ApiKey(OLD))
    given = place.hand_over(NEW)
    assert (given.problem, given.may_hold) == (f"{path} does not hold the key that was written", True)


@pytest.mark.parametrize(
    ("content", "held"),
    [
        (f"OPENROUTER_API_KEY={OLD}\n", ApiKey(OLD)),
        (f"export OPENROUTER_API_KEY='{OLD}' # x", ApiKey(OLD)),
        ("OPENROUTER_API_KEY=other\n", None),
        ("", None),
        (f"OPENROUTER_API_KEY={OLD}\nOPENROUTER_API_KEY={OLD}\n", None),
    ],
    ids=["plain", "quoted", "another value", "empty", "two lines"],
)
def test_the_key_in_a_file_is_read_back(tmp_path: Path, content: str, held: ApiKey | None) -> None:
    path = tmp_path / ".env"
    path.write_text(content)
    assert destination(path).read_back() == held


def test_a_file_that_is_too_large_is_no_env_file(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_bytes(b"#" * (1024 * 1024 + 1))
    assert destination(path).problem() == f"{path} is too large for a .env file"
    path.write_bytes(b"#" * (1024 * 1024))
    assert destination(path).problem() == ""


def test_a_label_names_file_and_variable(tmp_path: Path) -> None:
    assert destination(tmp_path / ".env").label == f"file:{tmp_path}/.env#OPENROUTER_API_KEY"


def test_a_link_is_not_read_through_and_a_fifo_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "target").write_text(f"OPENROUTER_API_KEY={OLD}\n")
    (tmp_path / "link").symlink_to("target")
    os.mkfifo(tmp_path / "fifo")
    assert destination(tmp_path / "target").read_back() == ApiKey(OLD)
    assert destination(tmp_path / "link").read_back() is None
    assert destination(tmp_path / "fifo").read_back() is None
    assert destination(tmp_path / "absent").read_back() is None
