"""The options of the table as click shows and reads them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from openrouter_preflight.cli.options import check_options, scan_options
from openrouter_preflight.settings.options import CHECK, SCAN

SEEN: dict[str, Any] = {}


@click.command()
@check_options
def check(**given: Any) -> None:
    SEEN.clear()
    SEEN.update(given)


@click.command()
@scan_options
def scan(**given: Any) -> None:
    """Takes every option."""


def given(*arguments: str) -> dict[str, Any]:
    result = CliRunner().invoke(check, arguments)
    assert result.exit_code == 0, result.output
    return {name: value for name, value in SEEN.items() if value not in (None, ())}


def test_nothing_on_the_command_line_is_nothing_given() -> None:
    assert given() == {}


def test_values_are_typed_and_repeated_ones_gathered() -> None:
    assert given("--min-balance", "5", "--require-model", "a/b", "--require-model=c/d", "--report", "json=x") == {
        "min_balance": Decimal(5),
        "require_model": ("a/b", "c/d"),
        "report": (("json", Path("x")),),
    }


def test_only_a_switch_that_can_be_taken_back_is_ever_false() -> None:
    assert given("--discover", "--no-require-limit") == {"discover": True, "require_limit": False}


def test_the_environment_is_left_to_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENROUTER_PREFLIGHT_CHECK_MIN_BALANCE", "5")
    result = CliRunner().invoke(check, [], auto_envvar_prefix="OPENROUTER_PREFLIGHT_CHECK")

    assert result.exit_code == 0
    assert SEEN["min_balance"] is None


def test_a_wrong_value_exits_2_and_says_what_was_expected() -> None:
    result = CliRunner().invoke(check, ["--min-balance", "5,00"])

    assert result.exit_code == 2
    assert "expected an amount in USD such as 5 or 0.50, not `5,00`; write 5.00" in result.output


@pytest.mark.parametrize("flag", [option.flag for option in CHECK if not option.is_switch])
def test_a_key_in_place_of_a_value_is_never_shown(flag: str) -> None:
    result = CliRunner().invoke(check, [flag, "sk-or-v1-" + "0a1b" * 16])

    assert result.exit_code == 2
    assert "0a1b0a1b" not in result.output


@pytest.mark.parametrize(("command", "options"), [(check, CHECK), (scan, SCAN)])
def test_help_names_every_option_and_its_default(command: click.Command, options: Any) -> None:
    text = " ".join(CliRunner().invoke(command, ["--help"]).output.split())

    for option in options:
        assert option.flag in text
    assert ("Default: 30." in text) is (command is check)
