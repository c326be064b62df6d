"""Who beats whom, and which keys are checked."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from openrouter_preflight.errors import UsageError
from openrouter_preflight.settings.model import (
    Config,
    KeyEntry,
    OnMissing,
    OnUnreachable,
    ScanMode,
    SourceKind,
)
from openrouter_preflight.settings.resolve import (
    resolve_check,
    resolve_config_path,
    resolve_output,
    resolve_scan,
)

EMPTY = Config()
CHECK = "OPENROUTER_PREFLIGHT_CHECK_"
SCAN = "OPENROUTER_PREFLIGHT_SCAN_"
TWO_KEYS = Config(
    keys=(
        KeyEntry(name="production", env="PROD_KEY", asked={"min_balance": Decimal(20)}),
        KeyEntry(name="staging", env="STAGING_KEY", asked={"on_missing": OnMissing.SKIP}),
    ),
    asked={"min_balance": Decimal(1), "min_runway": timedelta(days=7)},
)


def locations(given: dict[str, Any], config: Config = EMPTY, environ: dict[str, str] | None = None) -> list[str]:
    return [target.location for target in resolve_check(given, environ or {}, config).targets]


@pytest.mark.parametrize(
    ("given", "environ", "config", "expected"),
    [
        ({}, {}, EMPTY, ["OPENROUTER_API_KEY"]),
        ({"key_env": None, "key_file": (), "discover": None}, {}, EMPTY, ["OPENROUTER_API_KEY"]),
        ({"key_env": ("A", "B", "A")}, {}, EMPTY, ["A", "B"]),
        ({"key_file": (Path("k"),)}, {}, EMPTY, ["k"]),
        ({"key_env": ("A",), "key_file": (Path("-"), Path("-"))}, {}, EMPTY, ["A", "-"]),
        ({}, {CHECK + "KEY_ENV": "A,B"}, EMPTY, ["A", "B"]),
        ({"key_env": ("C",)}, {CHECK + "KEY_ENV": "A,B"}, EMPTY, ["C"]),
        ({}, {}, TWO_KEYS, ["PROD_KEY", "STAGING_KEY"]),
        ({"key_env": ("A",)}, {}, TWO_KEYS, ["A"]),
        ({"key_file": (Path("k"),)}, {}, TWO_KEYS, ["k"]),
        ({"discover": True}, {}, EMPTY, []),
        ({"discover": True}, {"OPENROUTER_API_KEY": ""}, EMPTY, ["OPENROUTER_API_KEY"]),
        ({"discover": True}, {}, TWO_KEYS, ["PROD_KEY", "STAGING_KEY"]),
    ],
)
def test_which_keys_are_checked(
    given: dict[str, Any], environ: dict[str, str], config: Config, expected: list[str]
) -> None:
    assert locations(given, config, environ) == expected


def test_a_file_and_standard_input_are_named_after_where_they_come_from() -> None:
    file, stdin = resolve_check({"key_file": (Path("my.key"), Path("-"))}, {}, EMPTY).targets

    assert (file.name, file.source) == ("my.key", SourceKind.FILE)
    assert (stdin.name, stdin.source) == ("standard input", SourceKind.STDIN)


def test_a_variable_that_the_file_knows_keeps_its_name_and_gates() -> None:
    (target,) = resolve_check({"key_env": ("PROD_KEY",)}, {}, TWO_KEYS).targets

    assert target.name == "production"
    assert target.gates.min_balance == Decimal(20)


@pytest.mark.parametrize(
    ("given", "environ", "production", "staging"),
    [
        ({}, {}, 20, 1),
        ({}, {CHECK + "MIN_BALANCE": "5"}, 5, 5),
        ({"min_balance": Decimal(3)}, {CHECK + "MIN_BALANCE": "5"}, 3, 3),
        ({"min_balance": Decimal(0)}, {CHECK + "MIN_BALANCE": "5"}, 0, 0),
    ],
)
def test_flag_beats_environment_beats_the_keys_entry_beats_gates(
    given: dict[str, Any], environ: dict[str, str], production: int, staging: int
) -> None:
    first, second = resolve_check(given, environ, TWO_KEYS).targets

    assert first.gates.min_balance == Decimal(production)
    assert second.gates.min_balance == Decimal(staging)


def test_gates_are_joined_one_by_one() -> None:
    production, staging = resolve_check({"on_unreachable": OnUnreachable.WARN}, {}, TWO_KEYS).targets

    assert production.gates.min_runway == staging.gates.min_runway == timedelta(days=7)
    assert production.policies.on_unreachable is OnUnreachable.WARN
    assert (production.policies.on_missing, staging.policies.on_missing) == (OnMissing.FAIL, OnMissing.SKIP)


def test_a_switch_can_be_taken_back_on_the_command_line() -> None:
    config = Config(asked={"require_limit": True})

    assert resolve_check({}, {}, config).default_gates.require_limit
    assert not resolve_check({"require_limit": False}, {}, config).default_gates.require_limit
    assert not resolve_check({}, {CHECK + "REQUIRE_LIMIT": "no"}, config).default_gates.require_limit


def test_models_of_a_stronger_source_replace_those_of_a_weaker() -> None:
    config = Config(asked={"require_model": ("a/a", "b/b")})

    assert resolve_check({}, {}, config).default_gates.require_models == ("a/a", "b/b")
    assert resolve_check({"require_model": ("c/c",)}, {}, config).default_gates.require_models == ("c/c",)


def test_the_rest_of_the_run_is_taken_over() -> None:
    settings = resolve_check(
        {"timeout": 2.0, "simulate": "outage", "config": Path("x"), "format": "json"},
        {"OPENROUTER_BASE_URL": "https://eu.openrouter.ai/api/v1", CHECK + "ALLOW_ANY_SHAPE": "1"},
        EMPTY,
    )

    assert (settings.timeout, settings.deadline) == (2.0, 30.0)
    assert settings.base_url == "https://eu.openrouter.ai/api/v1"
    assert settings.allow_any_shape
    assert settings.simulate == "outage"


def test_the_simulator_and_a_base_url_exclude_each_other() -> None:
    with pytest.raises(UsageError, match="--simulate and --base-url exclude each other"):
        resolve_check({"simulate": "outage", "base_url": "https://a.example"}, {}, EMPTY)


@pytest.mark.parametrize(
    ("given", "environ", "expected"),
    [
        ({}, {}, "text"),
        ({}, {"GITHUB_ACTIONS": "true"}, "github"),
        ({}, {"GITHUB_ACTIONS": "false"}, "text"),
        ({"format": "json"}, {"GITHUB_ACTIONS": "true"}, "json"),
        ({}, {"GITHUB_ACTIONS": "true", CHECK + "FORMAT": "text"}, "text"),
    ],
)
def test_the_format_follows_where_it_is_read(given: dict[str, Any], environ: dict[str, str], expected: str) -> None:
    assert resolve_output("check", given, environ).format == expected


def test_two_reports_to_one_file_are_refused() -> None:
    reports = (("json", Path("out/a")), ("sarif", Path("out/../out/a")))

    assert resolve_output("check", {"report": reports[:1]}, {}).reports == reports[:1]
    with pytest.raises(UsageError, match="twice"):
        resolve_output("check", {"report": reports}, {})


def test_loud_and_quiet_exclude_each_other_but_a_flag_beats_the_environment() -> None:
    with pytest.raises(UsageError, match="--verbose and --quiet"):
        resolve_output("check", {"verbose": True, "quiet": True}, {})
    output = resolve_output("check", {"quiet": True}, {CHECK + "VERBOSE": "1"})
    assert (output.verbose, output.quiet) == (False, True)


@pytest.mark.parametrize(
    ("given", "environ", "mode"),
    [
        ({}, {}, ScanMode.TREE),
        ({"paths": (Path("a"),)}, {}, ScanMode.PATHS),
        ({"staged": True}, {}, ScanMode.STAGED),
        ({"staged": True, "paths": (Path("a"),)}, {}, ScanMode.STAGED),
        ({"push": True, "paths": (Path("origin"),)}, {}, ScanMode.PUSH),
        ({"range": "A..B"}, {}, ScanMode.RANGE),
        ({"history": True}, {}, ScanMode.HISTORY),
        ({"stdin": True}, {}, ScanMode.STDIN),
        ({"push": True}, {}, ScanMode.PUSH),
        ({"message": Path("m")}, {}, ScanMode.MESSAGE),
        ({}, {SCAN + "HISTORY": "1"}, ScanMode.HISTORY),
        ({"staged": True}, {SCAN + "HISTORY": "1"}, ScanMode.STAGED),
        ({"paths": (Path("a"),)}, {SCAN + "HISTORY": "1"}, ScanMode.PATHS),
        ({}, {SCAN + "HISTORY": "false"}, ScanMode.TREE),
    ],
)
def test_where_a_scan_reads_from(given: dict[str, Any], environ: dict[str, str], mode: ScanMode) -> None:
    assert resolve_scan(given, environ).mode is mode


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"staged": True, "history": True}, "--staged and --history exclude each other"),
        ({"history": True, "paths": (Path("a"),)}, "--history and paths exclude each other"),
        ({"staged": True, "stdin": True, "paths": (Path("a"),)}, "--staged and --stdin exclude each other"),
        ({"staged": True, "shard": (1, 2)}, "--shard divides the history"),
    ],
)
def test_what_excludes_each_other_in_a_scan(given: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        resolve_scan(given, {})


def test_the_details_of_a_scan_are_taken_over() -> None:
    scan = resolve_scan({"history": True, "shard": (2, 4), "strict": True}, {SCAN + "MAX_FILE_SIZE": "1MiB"})

    assert (scan.shard, scan.strict, scan.max_file_size) == ((2, 4), True, 2**20)
    assert resolve_scan({"message": Path("m")}, {}).paths == ("m",)
    assert resolve_scan({"range": "A..B", "policy_from": "main"}, {}).range == "A..B"


def test_the_config_file_can_be_named_by_flag_or_environment() -> None:
    environ = {CHECK + "CONFIG": "b.yml"}

    assert resolve_config_path("check", {}, {}) is None
    assert resolve_config_path("check", {}, environ) == Path("b.yml")
    assert resolve_config_path("check", {"config": Path("a.yml")}, environ) == Path("a.yml")
