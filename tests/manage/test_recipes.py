"""The recipes of the page about rotation, each with programs that take a key as the real ones do."""

from __future__ import annotations

import json
import os
import re
import shlex
import stat
import sys
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from openrouter_preflight.keys import ApiKey
from openrouter_preflight.manage.destinations import read_destination
from support.command_line import assert_silent_about
from support.fake_account import new_key_text

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the recipes are for shells of Unix")

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "rotate.md"
KEY = ApiKey(new_key_text())

# Each program takes the key as its manual says, stores it in `store`, and notes its arguments and environment.
PROGRAM = """#!{python}
import base64, json, os, pathlib, re, sys
here = pathlib.Path(__file__).parent
name, words = os.path.basename(sys.argv[0]), sys.argv[1:]
with open(here / "calls", "a") as log:
    log.write(json.dumps([name, words, dict(os.environ)]) + "\\n")
def stdin():
    return sys.stdin.buffer.read().decode()
def store(value):
    (here / "store").write_text(value)
if name == "glab":
    assert words[:2] == ["variable", "update"] and len([w for w in words[2:] if not w.startswith("-")]) == 2, words
    store(stdin())
elif name == "vault":
    assert words[:2] == ["kv", "patch"]
    field = words[-1].partition("=")
    assert field[2] == "-"
    store(stdin())
elif name == "aws":
    place = words[words.index("--secret-string") + 1]
    store(open(place.removeprefix("file://")).read())
elif name == "doppler":
    assert words[:2] == ["secrets", "set"] and "--silent" in words
    store(stdin())
elif name == "op" and words[:2] == ["item", "get"]:
    print(json.dumps({{"fields": [{{"id": "username", "value": "ci"}}, {{"id": "credential", "value": "old"}}]}}))
elif name == "op":
    assert words[:2] == ["item", "edit"]
    fields = {{each["id"]: each["value"] for each in json.loads(stdin())["fields"]}}
    assert fields["username"] == "ci"
    store(fields["credential"])
elif name == "kubectl" and words[0] == "create":
    source = next(word for word in words if word.startswith("--from-file=")).split("=", 2)
    print("data:", source[1], base64.b64encode(open(source[2], "rb").read()).decode())
elif name == "kubectl":
    assert words == ["apply", "-f", "-"]
    store(base64.b64decode(stdin().split()[-1]).decode())
"""
NAMES = ("glab", "vault", "aws", "doppler", "op", "kubectl")


def blocks_of(heading: str) -> list[str]:
    section = PAGE.read_text(encoding="utf-8").partition(f"### {heading}\n")[2].partition("\n### ")[0]
    return re.findall(r"```sh\n(.*?)```", section, re.DOTALL)


def destinations_in(block: str) -> Sequence[str]:
    words = shlex.split(block.replace("\\\n", ""))
    return [after for word, after in pairwise(words) if word == "--to"]


@pytest.mark.parametrize(
    "heading", ["GitLab", "HashiCorp Vault", "AWS Secrets Manager", "1Password", "Doppler", "Kubernetes"]
)
def test_a_recipe_stores_the_key_and_shows_it_nowhere(
    heading: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    programs = {name: PROGRAM.format(python=sys.executable) for name in NAMES}
    *scripts, command = blocks_of(heading)
    for script in scripts:
        programs[script.split("# ")[1].split(":")[0]] = script
    for name, text in programs.items():
        program = tmp_path / name
        program.write_text(text)
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    (text,) = destinations_in(command)
    place = read_destination(text, {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"})
    assert place.problem() == ""
    given = place.hand_over(KEY)
    assert given.is_done, given.problem
    assert (tmp_path / "store").read_text() == KEY.reveal()
    calls = [json.loads(line) for line in (tmp_path / "calls").read_text().splitlines()]
    assert calls
    assert_silent_about(json.dumps(calls), KEY.reveal())
