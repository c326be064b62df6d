"""The table of options holds together."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from openrouter_preflight.reports.interface import FORMATS as REPORTS
from openrouter_preflight.settings.gate_options import GATES, MODEL_CONSTRAINTS
from openrouter_preflight.settings.model import FORMATS, CheckSettings, Gates, ModelRequirement, Policies
from openrouter_preflight.settings.options import COMMANDS, POLICIES, RUN

if TYPE_CHECKING:
    from openrouter_preflight.settings.option import Option

EVERY = [(command, option) for command, options in COMMANDS.items() for option in options]


def fields(settings: type) -> set[str]:
    return {field.name for field in dataclasses.fields(settings)}


@pytest.mark.parametrize(("command", "option"), EVERY, ids=lambda value: getattr(value, "name", value))
def test_an_option_is_explained_in_one_sentence(command: str, option: Option) -> None:
    assert option.name == option.name.lower()
    assert option.help[0].isupper() or option.help.startswith("--")
    assert option.help.endswith(".")
    assert ". " not in option.help
    assert option.variable(command).isupper()


def test_names_differ_within_a_command() -> None:
    for options in COMMANDS.values():
        assert len({option.name for option in options}) == len(options)


def test_gates_policies_and_run_fill_the_fields_of_the_settings() -> None:
    # `models:` has constraints for each entry, and so no flag.
    assert {option.fills for option in GATES} | {"models"} == fields(Gates)
    assert {option.fills for option in MODEL_CONSTRAINTS} | {"id"} == fields(ModelRequirement)
    assert {option.fills for option in POLICIES} == fields(Policies)
    assert {option.fills for option in RUN} == fields(CheckSettings) - {
        "targets",
        "default_gates",
        "default_policies",
        "absolute_globs",
        "unheeded",
        "base_url_set_by",
    }


def test_every_report_has_a_format() -> None:
    assert FORMATS == REPORTS


def test_the_default_that_is_shown_is_the_one_that_holds() -> None:
    settings = CheckSettings(targets=())
    for option in (*POLICIES, *RUN):
        holder = Policies() if option in POLICIES else settings
        assert (option.default or (False if option.is_switch else () if option.repeatable else None)) == getattr(
            holder, option.fills
        )


def test_reading_options_needs_neither_click_nor_yaml_nor_the_network() -> None:
    heavy = {"click", "yaml", "httpx", "ssl", "difflib", "jsonschema", "decimal", "ipaddress", "urllib.parse"}
    program = "import sys, openrouter_preflight.settings.resolve, openrouter_preflight.settings.config.config_file"
    found = subprocess.run(
        [sys.executable, "-c", f"{program}; print(*{heavy!r} & set(sys.modules))"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert found.stdout.split() == []
