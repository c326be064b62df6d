"""A report file is written whole or not at all."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from openrouter_preflight.errors import PreflightError, UsageError
from openrouter_preflight.reports.write import write_report

_POSIX_ONLY = pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions, links and FIFOs")
_AS_USER = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")


def test_it_writes_utf_8_with_plain_newlines(tmp_path: Path) -> None:
    write_report(tmp_path / "report.txt", "naïve\n✓\n")
    assert (tmp_path / "report.txt").read_bytes() == "naïve\n✓\n".encode()


def test_it_leaves_nothing_but_the_report(tmp_path: Path) -> None:
    (tmp_path / "report.txt").write_text("old and longer than the new one")
    write_report(tmp_path / "report.txt", "new\n")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"report.txt": "new\n"}


@_POSIX_ONLY
def test_a_new_file_has_the_usual_permissions_and_an_old_one_keeps_its_own(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_report(tmp_path / "new", "")
        assert os.umask(0o027) == 0o027
    finally:
        os.umask(before)
    (tmp_path / "old").touch()
    (tmp_path / "old").chmod(0o600)
    write_report(tmp_path / "old", "")
    assert [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("new", "old")] == [0o640, 0o600]


@_POSIX_ONLY
@pytest.mark.parametrize("there", [True, False])
def test_a_symbolic_link_stays_one(tmp_path: Path, there: bool) -> None:
    target = tmp_path / "folder" / "target"
    target.parent.mkdir()
    if there:
        target.write_text("old")
    (tmp_path / "link").symlink_to(target)
    write_report(tmp_path / "link", "new\n")
    assert (tmp_path / "link").is_symlink()
    assert target.read_text() == "new\n"


@_POSIX_ONLY
@pytest.mark.parametrize("name", ["report.json", "folder/report.json", "{root}/report.json"])
def test_no_link_leads_a_report_out_of_the_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    root, outside = tmp_path / "repo", tmp_path / "outside"
    for folder in (root / ".git", root / "below", outside):
        folder.mkdir(parents=True)
    (outside / "report.json").write_text("precious")
    (root / "report.json").symlink_to(outside / "report.json")
    (root / "below" / "report.json").symlink_to("../../outside/report.json")
    (root / "below" / "folder").symlink_to(outside)
    monkeypatch.chdir(root / "below")
    with pytest.raises(UsageError, match="leads out of the checkout"):
        write_report(Path(name.format(root=root)), "report\n")
    assert (outside / "report.json").read_text() == "precious"
    write_report(outside / "report.json", "report\n")
    assert (outside / "report.json").read_text() == "report\n"


@_POSIX_ONLY
def test_a_fifo_is_written_to_as_it_is(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(fifo.read_text()))
    reader.start()
    write_report(fifo, "report\n")
    reader.join(timeout=10)
    assert read == ["report\n"]
    assert stat.S_ISFIFO(fifo.stat().st_mode)


@_POSIX_ONLY
@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1"])
def test_standard_output_that_goes_to_a_file_keeps_what_was_printed(tmp_path: Path, name: str) -> None:
    program = (
        "from pathlib import Path\n"
        "from openrouter_preflight.reports.write import write_report\n"
        f"print('before'); write_report(Path('{name}'), 'report\\n'); print('after')"
    )
    with (tmp_path / "output").open("w") as output:
        subprocess.run([sys.executable, "-c", program], stdout=output, check=True, timeout=60)
    assert (tmp_path / "output").read_text() == "before\nreport\nafter\n"


@_POSIX_ONLY
def test_a_descriptor_that_is_not_open_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="/dev/fd/987"):
        write_report(Path("/dev/fd/987"), "report")


@pytest.mark.parametrize("name", ["missing/report.json", ".", "file/report.json", "x" * 300])
def test_a_path_where_no_file_can_stand_is_a_usage_error_that_names_it(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError) as raised:
        write_report(tmp_path / name, "report")
    assert str(tmp_path / name) in str(raised.value)
    assert raised.value.hint
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@_POSIX_ONLY
@_AS_USER
def test_a_folder_that_may_not_be_written_to_is_a_usage_error(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(UsageError, match="denied"):
        write_report(tmp_path / "report", "report")


@pytest.mark.parametrize(
    ("fault", "seen"),
    [(KeyboardInterrupt(), KeyboardInterrupt), (OSError(28, "No space left on device"), PreflightError)],
)
def test_an_interrupted_or_failed_write_changes_nothing_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: BaseException, seen: type[BaseException]
) -> None:
    (tmp_path / "report").write_text("old")

    def fail(_: int) -> None:
        raise fault

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(seen):
        write_report(tmp_path / "report", "new")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"report": "old"}


def test_text_that_utf_8_cannot_carry_changes_nothing(tmp_path: Path) -> None:
    with pytest.raises(UnicodeEncodeError):
        write_report(tmp_path / "report", "\ud800")
    assert list(tmp_path.iterdir()) == []
