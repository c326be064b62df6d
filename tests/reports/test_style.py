"""When to colour."""

from __future__ import annotations

import io

import pytest

from openrouter_preflight.reports.text.style import Style, wants_colour


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environ", "terminal", "pipe"),
    [
        ({}, True, False),
        ({"NO_COLOR": "1"}, False, False),
        ({"NO_COLOR": ""}, True, False),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False, False),
        ({"FORCE_COLOR": "1"}, True, True),
        ({"FORCE_COLOR": "0"}, True, False),
        ({"CLICOLOR_FORCE": "1", "TERM": "dumb"}, True, True),
        ({"CLICOLOR": "0"}, False, False),
        ({"TERM": "dumb"}, False, False),
    ],
)
def test_colour_is_for_terminals_unless_the_environment_says_otherwise(
    environ: dict[str, str], terminal: bool, pipe: bool
) -> None:
    assert (wants_colour(_Terminal(), environ), wants_colour(io.StringIO(), environ)) == (terminal, pipe)


@pytest.mark.parametrize("width", [40, 50, 80, 100])
@pytest.mark.parametrize(
    "whole",
    [
        "`git rebase --interactive --autosquash origin/main`",
        "`openrouter-preflight allow 85660b16c0de --reason WHY`",
        "https://openrouter.ai/settings/keys/and/a/long/path/that/is/wider/than/forty/columns",
        "services/api/config/environments/production.secret.env:103:20",
    ],
)
def test_commands_addresses_and_paths_are_never_broken(width: int, whole: str) -> None:
    text = f"Take the key out of it ({whole}), and keep it in a secret from now on: {whole}."
    lines = Style(colour=False, width=width).wrap(text, "  ")
    assert sum(line.count(whole) for line in lines) == 2
    assert " ".join(" ".join(lines).split()) == text


@pytest.mark.parametrize(
    ("environ", "coloured"),
    [({}, False), ({"WT_SESSION": "1"}, True), ({"TERM": "xterm"}, True), ({"FORCE_COLOR": "1"}, True)],
    ids=["cmd.exe", "Windows Terminal", "Git Bash", "forced"],
)
def test_a_console_of_windows_gets_colours_only_where_it_knows_them(environ: dict[str, str], coloured: bool) -> None:
    assert wants_colour(_Terminal(), environ, "win32") is coloured
