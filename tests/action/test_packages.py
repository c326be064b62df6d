"""What pip is told, and what it may see."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from openrouter_preflight.action.packages import LOCKS, Packages, PackagesError

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PINNED = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)


class FakePip:
    """Stands for the running pip."""

    started: list[tuple[list[str], dict[str, Any]]]

    def __init__(self, command: list[str], **options: Any) -> None:
        FakePip.started.append((command, options))
        self.returncode = 0

    def communicate(self, timeout: float | None = None) -> tuple[str, None]:
        return "WARNING: something\nERROR: No matching distribution found\n", None

    def poll(self) -> int:
        return self.returncode


@pytest.fixture
def pip(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[FakePip]]:
    FakePip.started = []
    path = list(sys.path)
    monkeypatch.setattr("openrouter_preflight.action.packages.subprocess.Popen", FakePip)
    yield FakePip
    sys.path[:] = path


def test_pip_is_isolated_and_takes_only_wheels_with_known_hashes(pip: type[FakePip], tmp_path: Path) -> None:
    with Packages(tmp_path, {}) as arriving:
        arriving.expect("check")
    ((command, options),) = pip.started
    assert command[:5] == [sys.executable, "-I", "-m", "pip", "--isolated"]
    assert {"--require-hashes", "--only-binary=:all:", "--no-deps"} <= set(command)
    assert list(Path(options["cwd"]).iterdir()) == []


def test_pip_sees_neither_secrets_nor_settings_of_its_own(pip: type[FakePip], tmp_path: Path, key_text: str) -> None:
    environ = {
        "PATH": "/bin",
        "https_proxy": "http://proxy",
        "PIP_INDEX_URL": "http://evil",
        "PYTHONPATH": ".",
        "UV_CONFIG_FILE": "uv.toml",
        "OPENROUTER_API_KEY": key_text,
        "INPUT_API-KEY": key_text,
        "GITHUB_TOKEN": "x",
    }
    with Packages(tmp_path, environ) as arriving:
        arriving.expect("check")
    assert pip.started[0][1]["env"] == {"PATH": "/bin", "https_proxy": "http://proxy"}


def test_each_lock_is_installed_once_however_often_it_is_needed(pip: type[FakePip], tmp_path: Path) -> None:
    with Packages(tmp_path, {}) as arriving:
        arriving.expect("config")
        arriving.need("config")
        arriving.need("config")
        arriving.need("check")
    assert len(pip.started) == 2
    assert {str(tmp_path / "config"), str(tmp_path / "check")} <= set(sys.path)


def test_what_pip_says_last_of_an_error_is_told(
    pip: type[FakePip], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Packages(tmp_path, {}) as arriving:
        arriving.expect("check")
        monkeypatch.setattr(arriving._running["check"], "returncode", 1)
        with pytest.raises(PackagesError, match="No matching distribution found"):
            arriving.need("check")


@pytest.mark.parametrize("name", ["check", "config"])
def test_a_lock_pins_what_the_tests_run_with(name: str) -> None:
    lock = (LOCKS / f"{name}.txt").read_text(encoding="utf-8")
    ours = dict(PINNED.findall(lock))
    theirs = dict(PINNED.findall((ROOT / ".ci/requirements.txt").read_text(encoding="utf-8")))
    assert ours == {package: theirs[package] for package in ours}
    assert lock.count("--hash=sha256:") >= len(ours)


def test_the_locks_hold_what_a_check_and_a_config_file_import() -> None:
    assert "httpx" in dict(PINNED.findall((LOCKS / "check.txt").read_text(encoding="utf-8")))
    assert set(dict(PINNED.findall((LOCKS / "config.txt").read_text(encoding="utf-8")))) == {"pyyaml"}
