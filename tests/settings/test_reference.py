"""The reference page is the program's own table."""

from __future__ import annotations

from pathlib import Path

import pytest

from openrouter_preflight.settings.options import COMMANDS
from openrouter_preflight.settings.reference import config_table, options_page, options_table


def test_the_published_page_is_current() -> None:
    published = Path(__file__).parents[2] / "docs" / "options.md"

    assert published.read_text(encoding="utf-8") == options_page(), "run python tools/write_docs.py"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_has_a_row_with_as_many_cells_as_the_head(command: str) -> None:
    head, _, *rows = options_table(command).replace("\\|", "").splitlines()

    assert len(rows) == len(COMMANDS[command])
    assert {row.count("|") for row in rows} == {head.count("|")}


def test_every_section_of_the_config_file_has_its_words() -> None:
    table = config_table()

    for word in ("`keys[].env`", "`gates.min-balance`", "`scan.allow[].fingerprint`", "`scan.exclude`"):
        assert word in table
