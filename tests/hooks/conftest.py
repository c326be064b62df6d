"""A project as hook managers install it: a repository with the manifest, and wheels instead of a network."""

from __future__ import annotations

import os
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import openrouter_preflight
from support.repos import HERMETIC, Repo, make_repo
from support.wheelhouse import fill_wheelhouse

if TYPE_CHECKING:
    from collections.abc import Callable

_ROOT = Path(__file__).parents[2]
_SHIPPED = (".pre-commit-hooks.yaml", "LICENSE", "README.md", "pyproject.toml", "src")
_SCRIPTS = Path(sys.executable).parent

PEOPLE = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
}
RAW = {**HERMETIC, **PEOPLE, "PYTHONPATH": str(Path(openrouter_preflight.__file__).parents[1])}
"""The environment in which people run git with raw hooks; they find the program under test."""


@dataclass(frozen=True)
class Tool:
    """This project as a repository of hooks."""

    path: Path
    revision: str
    environ: dict[str, str]
    """In which pre-commit and prek install from wheels."""


@pytest.fixture(scope="session")
def tool(tmp_path_factory: pytest.TempPathFactory) -> Tool:
    """The project, its wheels and the managers' caches, made once for all test processes."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "tool"
    once(shared, _make_tool)
    environ = {
        **HERMETIC,
        **PEOPLE,
        "PATH": f"{_SCRIPTS}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(shared),
        "PRE_COMMIT_HOME": str(shared / "pre-commit"),
        "PREK_HOME": str(shared / "prek"),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_FIND_LINKS": str(shared / "wheels"),
        "PIP_NO_INDEX": "1",
        "UV_FIND_LINKS": str(shared / "wheels"),
        "UV_NO_CONFIG": "1",
        "UV_NO_INDEX": "1",
        "UV_OFFLINE": "1",
    }
    return Tool(shared / "repo", Repo(shared / "repo").git("rev-parse", "HEAD"), environ)


def _make_tool(folder: Path) -> None:
    fill_wheelhouse(folder / "wheels")
    repo = make_repo(folder / "repo")
    for name in _SHIPPED:
        source = _ROOT / name
        if source.is_dir():
            shutil.copytree(source, repo.path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, repo.path / name)
    repo.git("add", "--all")
    repo.commit()


def once(folder: Path, make: Callable[[Path], None]) -> None:
    """Have one process make the folder while the others wait for it."""
    done = folder / "done"
    try:
        folder.mkdir()
    except FileExistsError:
        deadline = time.monotonic() + 60
        while not done.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
    else:
        make(folder)
        done.touch()
