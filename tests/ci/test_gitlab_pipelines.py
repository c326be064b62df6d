"""The GitLab component in whole pipelines, run by gitlab-ci-local: which jobs run when, and what they decide."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from support.ci_snippets import ROOT, block, make_tools
from support.repos import KEY, Repo, make_repo

if TYPE_CHECKING:
    from collections.abc import Mapping

_BIN = f"{Path(sys.prefix) / 'node' / 'node_modules' / '.bin'}{os.pathsep}{os.environ['PATH']}"
_RUNNER = shutil.which("gitlab-ci-local", path=_BIN)

pytestmark = pytest.mark.skipif(
    _RUNNER is None or shutil.which("rsync") is None, reason="gitlab-ci-local or rsync is missing; .ci/tools gets them"
)

MANY = "docs/how-to/many-machines.md"
PIPELINE = """
default:
  before_script: [exit 7] # as a project's own, which runs code of the checkout
"""


@pytest.fixture
def project(tmp_path: Path) -> Repo:
    """A project with the pipeline of the page, the component in place, and a branch called topic."""
    repo = make_repo(tmp_path / "project")
    page = block("docs/how-to/gitlab.md", "yaml", "# .gitlab-ci.yml\n")
    component = "component: $CI_SERVER_FQDN/OWNER/openrouter-preflight/openrouter-preflight@0.1.0"
    assert component in page
    page = page.replace(component, "local: templates/openrouter-preflight.yml")
    page = page.replace("  script: ./deploy.sh", "  before_script: []\n  script: echo it is deployed")
    template = (ROOT / "templates/openrouter-preflight.yml").read_text(encoding="utf-8")
    repo.commit({".gitlab-ci.yml": page + PIPELINE, "templates/openrouter-preflight.yml": template})
    repo.git("remote", "add", "origin", "git@gitlab.com:octo/app.git")
    repo.git("update-ref", "refs/remotes/origin/main", "main")
    repo.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    return repo


def run(project: Repo, *options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    assert _RUNNER is not None
    command = [_RUNNER, "--no-json-schema-validation", "--ignore-predefined-vars", ",".join(variables), *options]
    command += [word for name, text in variables.items() for word in ("--variable", f"{name}={text}")]
    tools = make_tools(project.path.parent / "tools")
    environ: Mapping[str, str] = {**os.environ, "PATH": f"{tools}{os.pathsep}{_BIN}", "HOME": str(tools)}
    return subprocess.run(
        command, cwd=project.path, env=environ, capture_output=True, text=True, timeout=120, check=False
    )


def jobs(done: subprocess.CompletedProcess[str]) -> set[str]:
    lines = done.stdout[done.stdout.index("name ") :].splitlines()[1:]
    return {line.split()[0] for line in lines if line.strip()}


@pytest.mark.parametrize(
    ("branch", "variables", "expected"),
    [
        pytest.param("main", {}, {"openrouter-scan", "openrouter-check", "deploy"}, id="default branch"),
        pytest.param("topic", {}, {"openrouter-scan"}, id="branch"),
        pytest.param("topic", {"CI_PIPELINE_SOURCE": "merge_request_event"}, {"openrouter-scan"}, id="merge request"),
        pytest.param("topic", {"CI_OPEN_MERGE_REQUESTS": "octo/app!1"}, set(), id="branch of an open merge request"),
    ],
)
def test_a_push_is_scanned_by_one_pipeline(
    project: Repo, branch: str, variables: dict[str, str], expected: set[str]
) -> None:
    project.git("checkout", "--quiet", "-B", branch)
    done = run(project, "--list", **variables)
    assert jobs(done) - ({"deploy"} if branch == "topic" else set()) == expected, done.stdout + done.stderr


def test_a_clean_and_funded_push_is_deployed(project: Repo) -> None:
    done = run(project, "--force-shell-executor", OPENROUTER_PREFLIGHT_CHECK_SIMULATE="healthy")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "it is deployed" in done.stdout


def test_a_leak_stops_the_deploy(project: Repo) -> None:
    project.commit({"leak.env": f"KEY={KEY}\n"})
    done = run(project, "--force-shell-executor", OPENROUTER_PREFLIGHT_CHECK_SIMULATE="healthy")
    assert done.returncode == 1
    assert "committed-key" in done.stdout
    assert "it is deployed" not in done.stdout


def test_one_large_history_in_a_matrix_gets_one_verdict(project: Repo) -> None:
    project.commit({"leak.env": f"KEY={KEY}\n"})
    project.commit(
        {
            "leak.env": "KEY=\n",
            ".gitlab-ci.yml": block(MANY, "yaml", "# .gitlab-ci.yml: history\n"),
            ".gitignore": "*.json\n",
        }
    )
    done = run(project, "--force-shell-executor")
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stdout.count("scan --history --shard") == 4
    assert any(line.startswith("verdict") and "leak.env" in line for line in done.stdout.splitlines())


@pytest.mark.parametrize(("projects", "code"), [("2", 0), ("3", 1)], ids=["every project", "one is missing"])
def test_every_project_of_a_group_gets_one_verdict(project: Repo, tmp_path: Path, projects: str, code: int) -> None:
    for name in ("api", "web"):
        make_repo(tmp_path / "group" / f"{name}.git").commit({f"{name}.txt": "hello\n"})
    pipeline = block(MANY, "yaml", "# .gitlab-ci.yml: group\n").replace('PROJECTS: "2"', f'PROJECTS: "{projects}"')
    project.commit({".gitlab-ci.yml": pipeline})
    done = run(project, "--force-shell-executor", CI_SERVER_URL=f"file://{tmp_path}", CI_JOB_TOKEN="token")
    assert done.returncode == code, done.stdout + done.stderr
    assert ("2 of 3 projects were scanned." in done.stdout) is bool(code)
