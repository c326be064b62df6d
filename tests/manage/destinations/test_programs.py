"""exec: and gh: get the key on standard input alone, and what a hostile program says of it is not repeated."""

from __future__ import annotations

import json
import os
import stat
import sys
from typing import TYPE_CHECKING

import pytest

from openrouter_preflight.errors import UsageError
from openrouter_preflight.keys import ApiKey
from openrouter_preflight.manage.destinations import read_destination
from openrouter_preflight.manage.destinations.command import CommandDestination
from openrouter_preflight.manage.destinations.programs import without_secrets_of
from support.command_line import assert_silent_about
from support.fake_account import new_key_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

KEY = ApiKey(new_key_text())

RECORDER = """#!{python}
import json, os, pathlib, sys
given = sys.stdin.buffer.read() if not sys.stdin.isatty() else b""
here = pathlib.Path(__file__).parent
with open(here / "calls.jsonl", "a") as log:
    log.write(json.dumps({{"argv": sys.argv[1:], "stdin": given.decode(), "environ": dict(os.environ)}}) + "\\n")
answers = json.loads((here / "answers.json").read_text()) if (here / "answers.json").exists() else []
for words, code, out, err in answers:
    if sys.argv[1:][:len(words)] == words:
        sys.stdout.write(out)
        sys.stderr.write(err.replace("KEY", given.decode()).replace("YEK", given.decode()[::-1]))
        sys.exit(code)
"""


class FakeProgram:
    """A program on PATH that records how it was called, and answers as told."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder / name
        self.folder.mkdir()
        program = self.folder / name
        program.write_text(RECORDER.format(python=sys.executable))
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        self.environ = {"PATH": f"{self.folder}{os.pathsep}{os.environ['PATH']}", "TOKEN": "of the store"}

    def answers(self, *rows: tuple[list[str], int, object, str]) -> None:
        texts = [(words, code, out if isinstance(out, str) else json.dumps(out), err) for words, code, out, err in rows]
        (self.folder / "answers.json").write_text(json.dumps(texts))

    @property
    def calls(self) -> list[Mapping[str, object]]:
        path = self.folder / "calls.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_a_command_gets_the_key_on_standard_input_and_nowhere_else(tmp_path: Path) -> None:
    store = FakeProgram(tmp_path, "store")
    place = read_destination("exec:store put 'a name' --from -", store.environ)
    assert place.problem() == ""
    assert place.hand_over(KEY).is_done
    (call,) = store.calls
    assert call["stdin"] == KEY.reveal()
    assert call["argv"] == ["put", "a name", "--from", "-"]
    assert_silent_about(json.dumps([call["argv"], call["environ"]]), KEY.reveal())


@pytest.mark.parametrize(
    ("err", "said"),
    [("denied\n", "denied"), ("got KEY\n", "not repeated"), ("got YEK", "not repeated"), ("", "exit code 7")],
)
def test_a_command_that_fails_is_told_of_without_the_key(tmp_path: Path, err: str, said: str) -> None:
    store = FakeProgram(tmp_path, "store")
    store.answers(([], 7, "", err))
    given = read_destination("exec:store", store.environ).hand_over(KEY)
    assert not given.is_done
    assert given.may_hold
    assert said in given.problem
    assert_silent_about(given.problem, KEY.reveal())


def test_a_command_that_does_not_end_is_killed(tmp_path: Path) -> None:
    place = CommandDestination("sleep 60", {"PATH": os.environ["PATH"]}, patience=0.2)
    assert "did not end" in place.hand_over(KEY).problem


def test_a_command_that_reads_nothing_is_believed_by_its_exit_code(tmp_path: Path) -> None:
    assert read_destination("exec:true", os.environ).hand_over(KEY).is_done
    assert not read_destination("exec:false", os.environ).hand_over(KEY).is_done


def test_a_program_that_is_not_there_is_said_before_anything_happens() -> None:
    place = read_destination("exec:no-such-program x", os.environ)
    assert "not found" in place.problem()
    given = place.hand_over(KEY)
    assert (given.is_done, given.may_hold) == (False, False)


@pytest.mark.parametrize(
    "text", ["", "exec:", "exec:a 'b", "gh:", "gh:A-B", "gh:GITHUB_X", "gh:A@", "file:x", "file:#A", "s3:x"]
)
def test_what_is_no_destination_is_a_usage_error(text: str) -> None:
    with pytest.raises(UsageError):
        read_destination(text, {})


def test_variables_that_hold_the_management_key_are_left_out() -> None:
    environ = {"A": KEY.reveal(), "B": f"Bearer {KEY.reveal()}", "C": "c"}
    assert without_secrets_of(environ, KEY, None) == {"C": "c"}


REPOSITORY = {"owner": {"login": "acme"}, "isInOrganization": True}


def gh(tmp_path: Path, *rows: tuple[list[str], int, object, str]) -> FakeProgram:
    program = FakeProgram(tmp_path, "gh")
    program.answers(*rows, (["api"], 0, "", ""), (["repo"], 0, REPOSITORY, ""), (["secret", "list"], 0, [], ""))
    return program


def set_calls(program: FakeProgram) -> list[Mapping[str, object]]:
    return [call for call in program.calls if call["argv"][:2] == ["secret", "set"]]  # type: ignore[index]


@pytest.mark.parametrize(
    ("text", "rows", "options"),
    [
        ("gh:MY_KEY", [], []),
        ("gh:MY_KEY", [(["secret", "list", "--json"], 0, [{"name": "MY_KEY"}], "")], []),
        ("gh:my_key@prod", [], ["--env", "prod"]),
        (
            "gh:MY_KEY",
            [(["secret", "list", "--org"], 0, [{"name": "MY_KEY", "visibility": "ALL"}], "")],
            ["--org", "acme", "--visibility", "all"],
        ),
        (
            "gh:MY_KEY",
            [
                (["secret", "list", "--org"], 0, [{"name": "MY_KEY", "visibility": "selected"}], ""),
                (["api", "--paginate", "orgs/acme/actions/secrets/MY_KEY/repositories"], 0, "one\ntwo\n", ""),
            ],
            ["--org", "acme", "--visibility", "selected", "--repos", "one,two"],
        ),
        ("gh:MY_KEY", [(["secret", "list", "--org"], 1, "", "HTTP 403")], []),
    ],
)
def test_gh_sets_the_secret_where_it_is(
    tmp_path: Path, text: str, rows: list[tuple[list[str], int, object, str]], options: list[str]
) -> None:
    program = gh(tmp_path, *rows)
    place = read_destination(text, program.environ)
    assert place.problem() == ""
    assert place.hand_over(KEY).is_done
    (call,) = set_calls(program)
    assert call["argv"] == ["secret", "set", "MY_KEY", *options]
    assert call["stdin"] == KEY.reveal()
    assert_silent_about(json.dumps([(each["argv"], each["environ"]) for each in program.calls]), KEY.reveal())


def test_gh_names_every_other_secret_of_that_name(tmp_path: Path) -> None:
    program = gh(
        tmp_path,
        (["api", "--paginate", "repos/{owner}/{repo}/environments"], 0, "prod\nstaging\n", ""),
        (["secret", "list", "--env", "prod"], 0, [{"name": "MY_KEY"}], ""),
        (["secret", "list", "--app", "dependabot"], 0, [{"name": "MY_KEY"}], ""),
    )
    place = read_destination("gh:MY_KEY", program.environ)
    assert place.problem() == ""
    notes = "\n".join(place.notes())
    assert "gh:MY_KEY@prod" in notes
    assert "staging" not in notes
    assert "Dependabot" in notes


@pytest.mark.parametrize(
    "rows",
    [
        [(["secret", "list"], 4, "", "To get started with GitHub CLI, please run:  gh auth login")],
        [(["secret", "list"], 0, "not json", "")],
        [(["secret", "list"], 0, {"a": 1}, "")],
        [(["secret", "list", "--org"], 0, [{"name": "MY_KEY"}], "")],
        [
            (["secret", "list", "--org"], 0, [{"name": "MY_KEY", "visibility": "selected"}], ""),
            (["api"], 1, "", "HTTP 404"),
        ],
    ],
)
def test_gh_that_cannot_see_the_secrets_is_not_ready(
    tmp_path: Path, rows: list[tuple[list[str], int, object, str]]
) -> None:
    program = gh(tmp_path, *rows)
    place = read_destination("gh:MY_KEY", program.environ)
    assert place.problem()
    given = place.hand_over(KEY)
    assert (given.is_done, given.may_hold) == (False, False)
    assert set_calls(program) == []


def test_gh_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert "gh was not found" in read_destination("gh:MY_KEY", {"PATH": str(tmp_path)}).problem()
