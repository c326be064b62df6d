"""The pages that are made from the code say what the code says, and the README's words are the program's."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from openrouter_preflight.cli.main import cli
from openrouter_preflight.findings import RULES
from openrouter_preflight.project import DOCS, HOME

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
GENERATOR = runpy.run_path(str(ROOT / "docs" / "generate.py"))
SITE = [str(path.relative_to(ROOT)) for path in sorted(ROOT.glob("docs/**/*.md"))]
PAGES: dict[str, str] = GENERATOR["pages"]()


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_current(name: str) -> None:
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == PAGES[name], "run: make docs"


def test_every_rule_has_an_example_and_no_page_is_of_a_rule_that_is_gone() -> None:
    examples = GENERATOR["examples"]()
    assert set(examples) == set(RULES)
    assert all(set(each) - {"language"} == {"before", "after"} for each in examples.values())
    assert {path.stem for path in (ROOT / "docs" / "rules").glob("*.md")} == {*RULES, "index"}


_CALL = re.compile(r"(?:openrouter-preflight|-m openrouter_preflight) +([a-z][a-z-]*)([^`\n]*)")
_ENDS_A_COMMAND = {"|", "||", "&&", ";", ">", "#"}


def commands_in(page: str) -> Iterator[tuple[str, list[str]]]:
    """Each command line of the program that a page shows: the command's name, and the words after it."""
    text = _text(page).replace("\\\n", " ")
    for name, rest in _CALL.findall(text):
        whole = rest.partition('"')[0] if rest.count('"') % 2 else rest  # a quote that goes on below
        unquoted = re.sub(r"'[^']*'|\"[^\"]*\"", "TEXT", whole)
        words = re.sub(r"[()'\"]", " ", unquoted).split()
        ends = [number for number, word in enumerate(words) if word in _ENDS_A_COMMAND or word == "--"]
        yield name, words[: min(ends, default=len(words))]


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", *SITE])
def test_every_command_and_flag_that_a_page_names_exists(page: str) -> None:
    context = click.Context(cli)
    for name, words in commands_in(page):
        command = cli.get_command(context, name)
        if command is None:
            assert name in NO_COMMANDS, f"{name} {words}"
            continue
        known = {flag for parameter in command.params for flag in (*parameter.opts, *parameter.secondary_opts)}
        flags = {re.split(r"[=,.;:]", word)[0] for word in words if re.match(r"--[a-z]", word)}
        assert flags - known - {"--help"} == set(), f"{name} {words}"


NO_COMMANDS = {"outside"}
"""Words after the program's name in prose."""


def test_every_promise_is_held_by_tests_that_exist() -> None:
    page = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    promises = [line for line in page.partition("| promise |")[2].splitlines() if line.startswith("| ")][1:]
    assert len(promises) > 5
    for promise in promises:
        named = re.findall(r"`(tests/[^`]+)`", promise.split("|")[3])
        assert named, promise
        assert [name for name in named if not re.search(r"^def test_", _text(name), re.MULTILINE)] == []


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "SECURITY.md", *SITE])
def test_every_link_between_pages_leads_somewhere(page: str) -> None:
    here = ROOT / page
    for target, anchor in _LINK.findall(_text(page)):
        path = (here.parent / target).resolve() if target else here
        assert path.exists(), target
        assert not anchor or anchor in _anchors(path), f"{target}#{anchor}"


def test_links_of_the_readme_are_absolute_and_lead_to_pages_that_are_there() -> None:
    targets = re.findall(r"\]\(([^)]+)\)", _text("README.md"))
    assert [target for target in targets if not target.startswith("https://")] == [], "the package index shows it, too"
    for target in targets:
        if target.startswith(f"{DOCS}/"):
            name = target.removeprefix(f"{DOCS}/").strip("/") or "index"
            assert any((ROOT / "docs" / each).is_file() for each in (f"{name}.md", f"{name}/index.md")), target
        elif target.startswith(f"{HOME}/blob/main/"):
            assert (ROOT / target.removeprefix(f"{HOME}/blob/main/")).is_file(), target


def test_every_page_is_in_the_menu_of_the_site() -> None:
    menu = _text("mkdocs.yml")
    pages = {page.removeprefix("docs/") for page in SITE}
    assert {page for page in pages if page not in menu and not page.startswith("rules/")} == set()


def test_every_address_of_the_site_that_the_program_names_is_a_page() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py")]
    named = {name for text in sources for name in re.findall(r"\{DOCS\}/([a-z-]+(?:/[a-z-]+)*)/", text)}
    assert named
    assert [name for name in named if not (ROOT / "docs" / name).with_suffix(".md").is_file()] == ["rules"]


_LINK = re.compile(r"\]\((?![a-z]+:)([^)#]*)#?([^)]*)\)")


def _anchors(page: Path) -> set[str]:
    headings = re.findall(
        r"^#+ (.+)$", re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL), re.MULTILINE
    )
    return {re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", heading).strip().lower()) for heading in headings}
