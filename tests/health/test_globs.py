"""Globs of --models-from: what they mean, and the bounds that hold before the first request."""

from __future__ import annotations

from pathlib import Path

import pytest

from openrouter_preflight.errors import UsageError
from openrouter_preflight.health.models.globs import Budget, TooMuchError, expand
from openrouter_preflight.health.models.model_files import Bounds, read_named_models, refuse_outside


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("a.yaml", ".b.yaml", "c/d.yaml", "c/e/f.yaml", "c/e/g.txt", ".git/h.yaml", "[x].yaml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("model: openai/gpt-4.1\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("a.yaml", ["a.yaml"]),
        ("./a.yaml", ["a.yaml"]),
        ("*.yaml", [".b.yaml", "[x].yaml", "a.yaml"]),
        ("[x].yaml", ["[x].yaml"]),
        ("**/*.yaml", [".b.yaml", "[x].yaml", "a.yaml", "c/d.yaml", "c/e/f.yaml"]),
        ("c/**/*.yaml", ["c/d.yaml", "c/e/f.yaml"]),
        ("*/e/*", ["c/e/f.yaml", "c/e/g.txt"]),
        ("c/**/e/**/*.txt", ["c/e/g.txt"]),
        ("**/none", []),
        (".git/*.yaml", [".git/h.yaml"]),
    ],
)
def test_a_glob_means_what_a_shell_would_find(
    tree: Path, pattern: str, names: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tree)

    def found(start: str) -> list[str]:
        paths = (Path(path) for path in expand(start + pattern, Budget(10, lambda: 0)))
        return sorted({str(path.relative_to(tree) if path.is_absolute() else path) for path in paths if path.is_file()})

    assert found("") == names
    assert found(f"{tree}/") == names


def test_the_bounds_of_time_and_entries_hold(tree: Path) -> None:
    ticks = iter(range(100))
    with pytest.raises(TooMuchError, match="within 3 seconds"):
        list(expand(f"{tree}/**/*", Budget(3, lambda: next(ticks))))
    with pytest.raises(TooMuchError, match="too many files"):
        list(expand(f"{tree}/**/*", Budget(3, lambda: 0, entries=4)))


def test_what_was_left_unread_is_said(tree: Path) -> None:
    ticks = iter(range(1000))
    slow = read_named_models([f"{tree}/**/*"], bounds=Bounds(seconds=20), now=lambda: next(ticks))
    large = read_named_models([f"{tree}/c/**/*"], bounds=Bounds(bytes=45))

    assert slow.unread == (
        f"of the files that {tree}/**/* means, they could not all be looked through within 20 seconds",
    )
    assert large.unread == (f"{tree}/c/e/g.txt, where models were to be found, cannot be read or is too large",)


@pytest.mark.parametrize("pattern", ["../*.yaml", "c/../../x", "/etc/*.conf", "*/../../x", "out/*.yaml"])
def test_a_glob_stays_in_the_repository(tree: Path, pattern: str) -> None:
    (tree / "out").symlink_to("/etc")
    with pytest.raises(UsageError, match="leads out of the repository"):
        refuse_outside([pattern], tree, tree)


@pytest.mark.parametrize("pattern", ["*.yaml", "../a.yaml", "e/*", "../**/*.yaml"])
def test_a_glob_may_lead_to_other_folders_of_the_repository(tree: Path, pattern: str) -> None:
    refuse_outside([pattern, str(tree / "a.yaml")], tree, tree / "c")
