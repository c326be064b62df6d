"""`simulate`: a server of one's own until it is interrupted, with what a shell needs to use it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from openrouter_preflight.simulator import SCENARIOS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.command_line import CommandLine

COMMAND = (sys.executable, "-m", "openrouter_preflight", "simulate")


@contextmanager
def simulating(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """The running command, and the variables that it exports."""
    with subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        exports: dict[str, str] = {}
        try:
            while "OPENROUTER_MANAGEMENT_KEY" not in exports:
                line = process.stdout.readline()
                assert line, process.communicate()[1]
                if found := re.fullmatch(r"export (\w+)=(\S+)\n", line):
                    exports[found[1]] = found[2]
            yield process, exports
        finally:
            process.kill()


def test_it_lists_its_scenarios(preflight: CommandLine) -> None:
    run = preflight("simulate", "--list")
    assert [line.split()[0] for line in run.out.splitlines()] == list(SCENARIOS)


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_its_exports_are_what_a_check_needs_and_a_signal_ends_it(
    number: signal.Signals, preflight: CommandLine
) -> None:
    with simulating("low-balance") as (process, exports):
        run = preflight.json("--min-balance", "5", variables=exports)
        process.send_signal(number)
        assert process.wait(10) == 130
        assert process.communicate()[1] == ""
    assert (run.code, run.rules) == (1, ["balance-low"])


def test_a_seed_makes_the_same_keys_again() -> None:
    with simulating("--seed", "7") as (_, first), simulating("--seed", "7") as (_, second):
        assert first["OPENROUTER_API_KEY"] == second["OPENROUTER_API_KEY"]
        assert first["OPENROUTER_BASE_URL"] != second["OPENROUTER_BASE_URL"]


def test_a_port_that_is_taken_is_said(preflight: CommandLine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        run = preflight("simulate", "--port", port)
    assert (run.code, run.out) == (3, "")
    assert f"port {port} cannot be used" in run.err


def test_an_unknown_scenario_is_a_usage_error_with_the_near_ones(preflight: CommandLine) -> None:
    run = preflight("simulate", "low-balence")
    assert run.code == 2
    assert "low-balance" in run.err
