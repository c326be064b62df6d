"""The reference page is the program's own table."""

from __future__ import annotations

import pytest

from openrouter_preflight.settings.options import COMMANDS
from openrouter_preflight.settings.reference import config_table, options_table


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_has_a_row_with_as_many_cells_as_the_head(command: str) -> None:
    head, _, *rows = options_table(command).replace("\\|", "").splitlines()

    assert len(rows) == len(COMMANDS[command])
    assert {row.count("|") for row in rows} == {head.count("|")}


def test_every_section_of_the_config_file_has_its_words() -> None:
    table = config_table()

    for word in ("`keys[].env`", "`gates.min-balance`", "`scan.allow[].fingerprint`", "`scan.exclude`"):
        assert word in table
