"""The globs of scan.exclude match what people expect from .gitignore."""

from __future__ import annotations

import pytest

from openrouter_preflight.scan.globs import PathGlobs
from support.hanging import ends

MATCHES = [
    ("*.md", "b.md"),
    ("*.md", "a/b.md"),
    ("key.md", "deep/down/key.md"),
    ("docs/*.md", "docs/a.md"),
    ("docs", "docs/a/b"),
    ("docs", "x/docs/a"),
    ("docs/", "docs/a/b"),
    ("docs/", "x/docs/a"),
    ("a/b", "a/b/c/d"),
    ("a/**/b", "a/b"),
    ("a/**/b", "a/x/y/b"),
    ("a/**/b", "a/x/y/b/below"),
    ("a/**", "a/x/y"),
    ("a/**/", "a/b/c"),
    ("**/t/**", "x/t/y"),
    ("**/*.py", "a.py"),
    ("**", "x/y"),
    ("*", "x/y"),
    ("a?c", "abc"),
    ("[ab]x", "bx"),
    ("[!ab]x", "cx"),
    ("[a-c]", "b"),
    ("[]]", "]"),
    ("[", "["),
    ("a+b.(c)", "a+b.(c)"),
    ("x**y", "xzzy"),
    ("k*y", "line\nbreak/k\ny"),
]
MISSES = [
    ("docs/*.md", "x/docs/a.md"),
    ("docs/*.md", "docs/a/b.md"),
    ("docs/", "docs"),
    ("a/**", "a"),
    ("a?c", "a/c"),
    ("a[!x]c", "a/c"),
    ("[!ab]x", "bx"),
    ("a.b", "axb"),
    ("x**y", "xz/y"),
    ("*.md", "A.MD"),
    ("a/b", "x/a/b"),
]


@pytest.mark.parametrize(("glob", "path"), MATCHES)
def test_it_matches(glob: str, path: str) -> None:
    assert PathGlobs([glob]).match(path)


@pytest.mark.parametrize(("glob", "path"), MISSES)
def test_it_does_not_match(glob: str, path: str) -> None:
    assert not PathGlobs([glob]).match(path)


def test_without_globs_nothing_matches() -> None:
    assert not PathGlobs([]).match("a")


def test_the_last_glob_that_matches_decides() -> None:
    globs = PathGlobs(["fixtures/**", "!fixtures/real.env", "fixtures/real.env/x"])
    decided = [globs.match(path) for path in ("fixtures/a.env", "fixtures/real.env", "fixtures/real.env/x", "b.env")]
    assert decided == [True, False, True, False]


@pytest.mark.parametrize(
    "glob", ["a*" * 40 + "b", "**/" * 40 + "b", "**/a/" * 20 + "b", "*/" * 40 + "**/b", "?" * 99 + "*b"]
)
def test_no_glob_of_a_hostile_file_takes_long(glob: str) -> None:
    with ends():
        assert not PathGlobs([glob]).match("a" * 200 + "/a" * 200)
