"""Commands say what we mean, and nothing else in a log is one."""

from __future__ import annotations

import pytest

from openrouter_preflight.ci import Ci
from openrouter_preflight.ci.commands import azure_command, defuse, fold, github_command
from support.report_samples import NOW
from support.runner_log import Command, azure_commands, github_commands

_AWKWARD = "50%, a:b;c]d\r\n::error::x ##[error]y %0A %25 %3A"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("plain :: text", "plain :: text"),
        ("::error::x", "\\x3a:error::x"),
        (" \t\u3000::error::x", " \t\u3000\\x3a:error::x"),
        ("see ##[error]x", "see #\\x23[error]x"),
        ("###[error]x", "##\\x23[error]x"),
        ("a ##vso[task.setvariable]x", "a #\\x23vso[task.setvariable]x"),
        ("##teamcity[x]", "#\\x23teamcity[x]"),
        ("## heading", "## heading"),
    ],
)
def test_a_line_that_a_runner_would_obey_is_defused_and_readable(line: str, shown: str) -> None:
    assert defuse(line) == shown
    assert github_commands(shown) == azure_commands(shown) == []


def test_github_reads_back_what_was_said() -> None:
    said = github_command("error", "50%, a:b\nnext", {"file": _AWKWARD, "line": 3, "col": None})
    assert github_commands(said) == [Command("error", {"file": _AWKWARD, "line": "3"}, "50%, a:b\nnext")]


def test_azure_reads_back_what_was_said() -> None:
    said = azure_command("task.logissue", "50%, a]b\nnext", {"sourcepath": "a;b]c%0A", "code": None})
    assert azure_commands(said) == [Command("task.logissue", {"sourcepath": "a;b]c%0A"}, "50%, a]b\nnext")]


@pytest.mark.parametrize("name", ["error", "group"])
def test_a_message_cannot_begin_a_command_of_its_own(name: str) -> None:
    assert github_commands(github_command(name, _AWKWARD))[0].data.count("\\x3a:error:\\x3ax #\\x23[error]y") == 1
    assert len(azure_commands(azure_command(name, _AWKWARD))) == 1


@pytest.mark.parametrize(
    ("ci", "folded"),
    [
        (Ci.GITHUB, ["::group::What held", "one", "\\x3a:two::", "::endgroup::"]),
        (Ci.AZURE, ["##[group]What held", "one", "\\x3a:two::", "##[endgroup]"]),
        (
            Ci.GITLAB,
            [
                "\x1b[0Ksection_start:1795485600:what_held[collapsed=true]\r\x1b[0KWhat held",
                "one",
                "\\x3a:two::",
                "\x1b[0Ksection_end:1795485600:what_held\r\x1b[0K",
            ],
        ),
        (Ci.JENKINS, ["What held", "one", "\\x3a:two::"]),
    ],
)
def test_lines_are_folded_as_the_ci_folds_them(ci: Ci, folded: list[str]) -> None:
    assert fold(ci, "What held", ["one", "::two::"], NOW, collapsed=True) == folded


def test_a_section_can_stand_open() -> None:
    assert "collapsed" not in fold(Ci.GITLAB, "x", [], NOW, collapsed=False)[0]
