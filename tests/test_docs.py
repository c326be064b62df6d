"""The pages that are made from the code say what the code says, and the README's words are the program's."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from openrouter_preflight.findings import RULES
from openrouter_preflight.settings.options import CHECK, SCAN

ROOT = Path(__file__).parent.parent
GENERATOR = runpy.run_path(str(ROOT / "docs" / "generate.py"))
PAGES: dict[str, str] = GENERATOR["pages"]()


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_current(name: str) -> None:
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == PAGES[name], "run: make docs"


def test_every_rule_has_an_example_and_no_page_is_of_a_rule_that_is_gone() -> None:
    examples = GENERATOR["examples"]()
    assert set(examples) == set(RULES)
    assert all(set(each) - {"language"} == {"before", "after"} for each in examples.values())
    assert {path.stem for path in (ROOT / "docs" / "rules").glob("*.md")} == {*RULES, "index"}


@pytest.mark.parametrize("page", ["README.md", *(str(path.relative_to(ROOT)) for path in ROOT.glob("docs/**/*.md"))])
def test_every_flag_that_a_page_names_exists(page: str) -> None:
    known = {option.flag for option in (*CHECK, *SCAN)} | {"--help"}
    commands = re.findall(r"openrouter-preflight (?:check|scan)\b([^`\n#]*)", (ROOT / page).read_text(encoding="utf-8"))
    named = {flag for command in commands for flag in re.findall(r"--[a-z][a-z-]+", command)}
    assert named <= known


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


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "SECURITY.md"])
def test_every_link_between_pages_leads_somewhere(page: str) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", (ROOT / page).read_text(encoding="utf-8"))
    assert [target for target in targets if not (ROOT / target).exists()] == []
