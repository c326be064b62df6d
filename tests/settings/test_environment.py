"""What the environment says."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from openrouter_preflight.errors import UsageError
from openrouter_preflight.settings.environment import options_of_environment

CHECK = "OPENROUTER_PREFLIGHT_CHECK_"


@pytest.mark.parametrize(
    ("variable", "text", "parameter", "value"),
    [
        ("MIN_BALANCE", "5", "min_balance", Decimal(5)),
        ("MIN_RUNWAY", " 7d\n", "min_runway", timedelta(days=7)),
        ("REQUIRE_LIMIT", "true", "require_limit", True),
        ("REQUIRE_LIMIT", "false", "require_limit", False),
        ("REQUIRE_MODEL", "a/b\nc/d, e/f  g/h\n", "require_model", ("a/b", "c/d", "e/f", "g/h")),
        (
            "REPORT",
            'json="my file.json", "sarif=a,b.sarif"\njunit=c.xml ',
            "report",
            (("json", Path("my file.json")), ("sarif", Path("a,b.sarif")), ("junit", Path("c.xml"))),
        ),
        ("KEY_ENV", "A B", "key_env", ("A", "B")),
        ("MODELS_FROM", "a.yaml,b/*.py c.json", "models_from", ("a.yaml", "b/*.py", "c.json")),
    ],
)
def test_every_option_has_a_variable(variable: str, text: str, parameter: str, value: object) -> None:
    assert options_of_environment("check", {CHECK + variable: text}) == {parameter: value}


def test_a_blank_variable_counts_as_not_set() -> None:
    blanks = {CHECK + "MIN_BALANCE": "", CHECK + "REQUIRE_MODEL": " \n", "OPENROUTER_BASE_URL": ""}

    assert options_of_environment("check", blanks) == {}


def test_our_own_variable_beats_the_one_that_others_know() -> None:
    shared = {"OPENROUTER_BASE_URL": "https://a.example/"}

    assert options_of_environment("check", shared) == {"base_url": "https://a.example"}
    own = {**shared, CHECK + "BASE_URL": "https://b.example"}
    assert options_of_environment("check", own) == {"base_url": "https://b.example"}


def test_a_variable_of_one_command_means_nothing_to_another() -> None:
    assert options_of_environment("scan", {CHECK + "MIN_BALANCE": "lots", "OPENROUTER_BASE_URL": "nonsense"}) == {}


def test_a_mistyped_variable_is_no_silence() -> None:
    with pytest.raises(UsageError, match=f"{CHECK}MIN_BALNCE: there is no such variable; did you mean {CHECK}MIN_B"):
        options_of_environment("check", {CHECK + "MIN_BALNCE": "5"})
    with pytest.raises(UsageError, match=r"no such variable$"):
        options_of_environment("check", {CHECK + "COLOUR_OF_THE_SKY": "blue"})
    with pytest.raises(UsageError, match=f"did you mean {CHECK}MIN_BALANCE"):
        options_of_environment("check", {"OPENROUTER_PREFLIGHT_CHEK_MIN_BALANCE": "5"})
    assert options_of_environment("check", {CHECK + "MIN_BALNCE": " "}) == {}


@pytest.mark.parametrize("command", ["check", "scan", "audit"])
@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("OPENROUTER_PREFLIGHT_MIN_BALANCE", "OPENROUTER_PREFLIGHT_CHECK_MIN_BALANCE"),
        ("OPENROUTER_PREFLIGHT_CHECK_STRICT", "OPENROUTER_PREFLIGHT_SCAN_STRICT"),
        ("OPENROUTER_PREFLIGHT_SCAN_MIN_BALANCE", "OPENROUTER_PREFLIGHT_CHECK_MIN_BALANCE"),
        ("OPENROUTER_PREFLIGHT_STRICT", "OPENROUTER_PREFLIGHT_SCAN_STRICT"),
        ("openrouter_preflight_check_min_balance", "OPENROUTER_PREFLIGHT_CHECK_MIN_BALANCE"),
        ("OPENROUTER_PREFLIGHT_CHECK_MIN-BALANCE", "OPENROUTER_PREFLIGHT_CHECK_MIN_BALANCE"),
        ("OPENROUTER_PREFLIGHT_CHECK_REQUIRE_MODELS", "OPENROUTER_PREFLIGHT_CHECK_REQUIRE_MODEL"),
    ],
)
def test_no_command_runs_with_a_variable_that_is_none(command: str, variable: str, meant: str) -> None:
    with pytest.raises(UsageError, match=f"^{variable}: there is no such variable; did you mean .*{meant}"):
        options_of_environment(command, {variable: "1"})


def test_every_wrong_variable_is_named_and_no_secret_shown() -> None:
    environ = {CHECK + "MIN_BALANCE": "sk-or-v1-" + "0a1b" * 16, CHECK + "ON_MISSING": "skp"}

    with pytest.raises(UsageError) as error:
        options_of_environment("check", environ)

    assert f"{CHECK}MIN_BALANCE: expected an amount in USD" in str(error.value)
    assert f"{CHECK}ON_MISSING: expected `fail` or `skip`, not `skp`; did you mean `skip`?" in str(error.value)
    assert "0a1b0a1b" not in str(error.value)
