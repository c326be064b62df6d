"""One verdict from many machines, as docs/how-to/many-machines.md shows it: whole workflows, under act."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from support.act_runner import run_workflow
from support.ci_snippets import blocks, make_tools, run_script
from support.repos import KEY, Repo, make_repo

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="act runs workflows on the host on Linux only")

PAGE = "docs/how-to/many-machines.md"
STAND_INS = {
    "upload-artifact": 'mkdir -p "$ARTIFACTS/$NAME" && cp "$GIVEN" "$ARTIFACTS/$NAME/"',
    "download-artifact": 'mkdir -p "$GIVEN" && cp -R "$ARTIFACTS"/$PATTERN "$GIVEN/"',
    "checkout": 'rm -rf ./* ./.git && git clone --quiet "$ORIGINS/$REPOSITORY" .',
}
"""What actions that need GitHub do, on one machine."""

ACTION = """
name: stand-in
inputs: {{name: {{}}, path: {{}}, pattern: {{}}, repository: {{}}, token: {{}}, if-no-files-found: {{}}}}
runs:
  using: composite
  steps:
    - shell: bash
      run: |
        {script}
      env:
        NAME: ${{{{ inputs.name }}}}
        GIVEN: ${{{{ inputs.path }}}}
        PATTERN: ${{{{ inputs.pattern }}}}
        REPOSITORY: ${{{{ inputs.repository }}}}
"""


def example(name: str, folder: Path, repository: Repo, event: str, **variables: str) -> dict[str, Any]:
    """Run the page's workflow of that name. What each job ended with, and all that was printed."""
    (text,) = (each for each in blocks(PAGE, "yaml") if each.startswith(f"name: {name}\n"))
    text = text.replace("FULL_COMMIT_HASH", "v1")
    actions: dict[str, Path] = {}
    for action, script in STAND_INS.items():
        if action == "checkout" and "repository:" not in text:
            continue
        place = folder / action
        place.mkdir(parents=True)
        (place / "action.yml").write_text(ACTION.format(script=script), encoding="utf-8")
        used = {word for word in text.split() if word.startswith(f"actions/{action}@")}
        actions |= dict.fromkeys(used, place)
    (folder / "run").mkdir()
    workflow = folder / "run" / "workflow.yml"
    workflow.write_text(text, encoding="utf-8")
    tools = make_tools(folder / "tools")
    (tools / "gh").write_text(f"#!/bin/sh\necho '{variables.get('NAMES', '[]')}'\n", encoding="utf-8")
    (tools / "gh").chmod(0o755)
    told: Mapping[str, str] = {"ARTIFACTS": str(folder / "artifacts"), **variables}
    lines = run_workflow(repository.path, workflow, event, {}, variables=told, actions=actions, tools=tools)
    results = {line["jobID"]: line["jobResult"] for line in lines if "jobResult" in line}
    return {**results, "said": "".join(line["msg"] for line in lines if line.get("raw_output"))}


def test_one_large_history_in_a_matrix_gets_one_verdict(repo: Repo, tmp_path: Path) -> None:
    repo.commit({"a.txt": "hello\n"})
    repo.commit({"leak.env": f"KEY={KEY}\n"})
    repo.commit({"leak.env": "KEY=\n"})
    ended = example("History", tmp_path / "act", repo, "workflow_dispatch")
    assert ended["verdict"] == "failure"
    assert "leak.env" in ended["said"]
    assert len(list((tmp_path / "act" / "artifacts").iterdir())) == 4


@pytest.mark.parametrize(("leak", "result"), [("KEY=", "success"), (f"KEY={KEY}", "failure")])
def test_every_repository_of_an_organization_gets_one_verdict(tmp_path: Path, leak: str, result: str) -> None:
    for name in ("octo/api", "octo/web"):
        origin = make_repo(tmp_path / "origins" / name)
        origin.commit({"a.env": f"{leak if name == 'octo/web' else 'KEY='}\n"})
    home = make_repo(tmp_path / "home")
    home.commit({"a.txt": "hello\n"})
    names = json.dumps(["octo/api", "octo/web"])
    ended = example("Organization", tmp_path / "act", home, "schedule", NAMES=names, ORIGINS=str(tmp_path / "origins"))
    assert ended["verdict"] == result, ended["said"]
    assert ("committed-key" in ended["said"]) is (result == "failure")


def test_a_repository_that_was_not_scanned_stops_the_verdict(tmp_path: Path) -> None:
    (page,) = (each for each in blocks(PAGE, "yaml") if each.startswith("name: Organization\n"))
    (merging,) = (step["run"] for step in yaml.safe_load(page)["jobs"]["verdict"]["steps"] if "run" in step)
    scanned = make_repo(tmp_path / "scanned")
    scanned.commit({"a.txt": "hello\n"})
    tools = make_tools(tmp_path / "tools")
    scan = f"mkdir reports reports/one; {sys.executable} -m openrouter_preflight scan --history"
    made = run_script(f"{scan} --report json=reports/one/r.json", scanned.path, tools, {"PYTHONPATH": ""})
    assert made.returncode == 0, made.stderr
    for listed, code in ((["octo/one"], 0), (["octo/one", "octo/two"], 3)):
        told = {"REPOSITORIES": json.dumps(listed), "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")}
        done = run_script(merging, scanned.path, tools, told)
        assert done.returncode == code, done.stdout + done.stderr
