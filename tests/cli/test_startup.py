"""What is loaded to run a command: start-up is felt in every hook and every step of a deploy."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("httpx", "yaml", "ssl", "asyncio", "http.server", "unittest", "pdb", "rich", "pydantic")


def loaded(*arguments: str) -> set[str]:
    """The heavy modules that a run of the command loads."""
    code = f"""
import sys
from openrouter_preflight.cli.main import run
run({list(arguments)!r})
print("loaded:", *(name for name in {HEAVY!r} if name in sys.modules))
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    return set(ended.stdout.rpartition("loaded:")[2].split())


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("explain", "free-tier"), ("check", "--help")])
def test_help_and_explanations_load_nothing_heavy(arguments: tuple[str, ...]) -> None:
    assert loaded(*arguments) == set()


def test_a_check_without_a_key_loads_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENROUTER_API_KEY", "your-key-here")
    assert loaded("check") == set()


def test_a_check_loads_no_yaml_without_a_config_file_and_no_server(
    monkeypatch: pytest.MonkeyPatch, key_text: str
) -> None:
    monkeypatch.setenv("OPENROUTER_API_KEY", key_text)
    assert loaded("check", "--base-url", "http://127.0.0.1:9/", "--deadline", "0.2") == {"httpx", "ssl"}
