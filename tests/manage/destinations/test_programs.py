"""exec: and gh: get the key on standard input alone, and what a hostile program says of it is not repeated."""

from __future__ import annotations

import base64
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
from openrouter_preflight.manage.destinations.programs import shows_part_of, without_secrets_of
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
    [
        ("warning\n denied  now\n\n", "it ended with exit code 7: denied now"),
        ("got KEY\n", "it ended with exit code 7: what it said holds parts of the key, and is not repeated here"),
        ("got YEK", "it ended with exit code 7: what it said holds parts of the key, and is not repeated here"),
        ("", "it ended with exit code 7"),
    ],
)
def test_a_command_that_fails_is_told_of_without_the_key(tmp_path: Path, err: str, said: str) -> None:
    store = FakeProgram(tmp_path, "store")
    store.answers(([], 7, "", err))
    given = read_destination("exec:store", store.environ).hand_over(KEY)
    assert not given.is_done
    assert given.may_hold
    assert given.problem == said
    assert_silent_about(given.problem, KEY.reveal())


def test_a_command_that_does_not_end_is_killed(tmp_path: Path) -> None:
    place = CommandDestination("sleep 60", {"PATH": os.environ["PATH"]}, patience=0.2)
    given = place.hand_over(KEY)
    assert (given.problem, given.may_hold) == ("it did not end within 0.2 seconds", True)


def test_a_command_that_reads_nothing_is_believed_by_its_exit_code(tmp_path: Path) -> None:
    assert read_destination("exec:true", os.environ).hand_over(KEY).is_done
    assert not read_destination("exec:false", os.environ).hand_over(KEY).is_done


def test_a_program_that_is_not_there_is_said_before_anything_happens() -> None:
    place = read_destination("exec:no-such-program x", os.environ)
    assert place.label == "exec:no-such-program"
    assert place.problem() == "the program no-such-program was not found on PATH, or may not be run"
    given = place.hand_over(KEY)
    assert (given.problem, given.may_hold) == ("it could not be started: No such file or directory", False)


def test_an_empty_command_is_said_to_be_empty() -> None:
    with pytest.raises(UsageError, match="--to cannot be used: the command is empty"):
        read_destination("exec: ", {})


def _written(key: str) -> list[str]:
    """Parts of a key, each as a program may write it."""
    body = key.removeprefix("sk-or-v1-")
    return [
        body[:6],
        body[-6:].upper(),
        body[20:26],
        body[::-1][:6],
        body[30:36].encode().hex(),
        *(base64.b64encode(b"x" * shift + key.encode()).decode()[24:40] for shift in range(3)),
    ]


def test_parts_of_a_key_are_known_however_they_are_written() -> None:
    text = KEY.reveal()
    mixed = ApiKey("sk-or-v1-" + "".join(c.upper() if n % 2 else c for n, c in enumerate(text[9:])))
    for key in (KEY, mixed):
        assert [part for part in _written(key.reveal()) if not shows_part_of(key, f"said {part}.")] == []
    assert not shows_part_of(KEY, f"label {KEY.label}, {text[:9]}{text[9:14]}")
    assert not shows_part_of(KEY, "")


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
            [(["secret", "list", "--org"], 0, [{"name": "my_key", "visibility": "private"}], "")],
            ["--org", "acme", "--visibility", "private"],
        ),
        (
            "gh:MY_KEY",
            [(["repo", "view"], 0, {"owner": {"login": "me"}, "isInOrganization": False}, "")],
            [],
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
    assert place.notes() == (
        "gh:MY_KEY is set in the repository",
        "the environment prod has a secret MY_KEY of its own, which wins there: hand over to gh:MY_KEY@prod too",
        (
            "Dependabot's store has a secret MY_KEY of its own, which is not changed: "
            "`exec:gh secret set MY_KEY --app dependabot` hands over to it"
        ),
    )
    assert [call["argv"] for call in program.calls] == [
        ["secret", "list", "--json", "name"],
        ["repo", "view", "--json", "owner,isInOrganization"],
        ["secret", "list", "--org", "acme", "--json", "name,visibility"],
        ["api", "--paginate", "repos/{owner}/{repo}/environments", "--jq", ".environments[].name"],
        ["secret", "list", "--env", "prod", "--json", "name"],
        ["secret", "list", "--env", "staging", "--json", "name"],
        ["secret", "list", "--app", "dependabot", "--json", "name"],
    ]
    assert {call["environ"]["GH_PROMPT_DISABLED"] for call in program.calls} == {"1"}  # type: ignore[index]


def test_gh_asks_for_the_repositories_of_a_selected_secret(tmp_path: Path) -> None:
    path = "orgs/acme/actions/secrets/MY_KEY/repositories"
    program = gh(
        tmp_path,
        (["secret", "list", "--org"], 0, [{"name": "MY_KEY", "visibility": "selected"}], ""),
        (["api", "--paginate", path], 0, "one\n", ""),
    )
    place = read_destination("gh:MY_KEY", program.environ)
    assert place.problem() == ""
    assert ["api", "--paginate", path, "--jq", ".repositories[].name"] in [call["argv"] for call in program.calls]
    assert place.notes()[0] == "gh:MY_KEY is set in the organization acme, visible to: selected"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            [(["secret", "list"], 4, "", "please run: gh auth login")],
            "`gh secret list` failed: please run: gh auth login",
        ),
        ([(["secret", "list"], 4, "", "")], "`gh secret list` failed: exit code 4"),
        ([(["secret", "list"], 0, "not json", "")], "`gh secret list` did not answer in JSON"),
        ([(["secret", "list"], 0, {"a": 1}, "")], "gh did not answer with a list of secrets"),
        (
            [(["secret", "list", "--org"], 0, [{"name": "MY_KEY"}], "")],
            "gh does not say who may read the organization's secret MY_KEY",
        ),
        (
            [
                (["secret", "list", "--org"], 0, [{"name": "MY_KEY", "visibility": "selected"}], ""),
                (["api"], 1, "half\n", "HTTP 404"),
            ],
            "the repositories that may read the organization's secret MY_KEY are not known",
        ),
        (
            [(["secret", "list", "--org"], 0, [{"name": "MY_KEY", "visibility": "selected"}], "")],
            "the repositories that may read the organization's secret MY_KEY are not known",
        ),
    ],
)
def test_gh_that_cannot_see_the_secrets_is_not_ready(
    tmp_path: Path, rows: list[tuple[list[str], int, object, str]], said: str
) -> None:
    program = gh(tmp_path, *rows)
    place = read_destination("gh:MY_KEY", program.environ)
    assert place.problem() == said
    given = place.hand_over(KEY)
    assert (given.problem, given.may_hold) == (said, False)
    assert set_calls(program) == []


def test_gh_that_cannot_set_the_secret_may_have_done_it(tmp_path: Path) -> None:
    program = gh(tmp_path, (["secret", "set"], 1, "", "HTTP 502"))
    given = read_destination("gh:MY_KEY", program.environ).hand_over(KEY)
    assert (given.problem, given.may_hold) == ("gh could not set the secret: HTTP 502", True)


def test_gh_that_is_not_there_is_said(tmp_path: Path) -> None:
    said = "the program gh was not found on PATH; install GitHub's command line, or use exec:"
    assert read_destination("gh:MY_KEY", {"PATH": str(tmp_path)}).problem() == said


def test_gh_looks_for_an_environment_in_the_environment_alone(tmp_path: Path) -> None:
    program = gh(tmp_path)
    place = read_destination("gh:MY_KEY@prod", program.environ)
    assert place.problem() == ""
    assert [call["argv"] for call in program.calls] == [["secret", "list", "--env", "prod", "--json", "name"]]
    assert place.notes() == ("gh:MY_KEY@prod is set in the environment prod",)


@pytest.mark.parametrize(
    "owner", [{"owner": {"login": "me"}, "isInOrganization": False}, {}, {"isInOrganization": True}]
)
def test_gh_asks_no_organization_where_there_is_none(tmp_path: Path, owner: object) -> None:
    program = gh(tmp_path, (["repo", "view"], 0, owner, ""))
    place = read_destination("gh:MY_KEY", program.environ)
    assert place.problem() == ""
    assert [call["argv"] for call in program.calls] == [
        ["secret", "list", "--json", "name"],
        ["repo", "view", "--json", "owner,isInOrganization"],
    ]


def test_gh_that_cannot_be_started_any_more_holds_nothing(tmp_path: Path) -> None:
    program = gh(tmp_path)
    place = read_destination("gh:MY_KEY", program.environ)
    assert place.problem() == ""
    (program.folder / "gh").unlink()
    given = place.hand_over(KEY)
    assert given.problem == "gh could not set the secret: it could not be started: No such file or directory"
    assert given.may_hold is False
