"""What people copy out of the documentation for their CI: it is valid, and its commands do what the page says."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from support import github_events
from support.act_runner import run_workflow
from support.ci_snippets import ROOT, block, blocks, run_script
from support.repos import KEY, Repo, clone, make_repo

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the examples are for shells of Unix")

_BIN = Path(sys.executable).parent
_USES = re.compile(r"uses: (\S+)(.*)")
SCHEMAS = {
    "CircleCI": ("circle-ci", "# .circleci/config.yml"),
    "Azure": ("azure-pipelines", "# azure-pipelines.yml"),
    "Bitbucket": ("bitbucket-pipelines", "# bitbucket-pipelines.yml"),
    "GitLab": ("gitlab-ci", "# .gitlab-ci.yml"),
}
HEALTHY = {"OPENROUTER_PREFLIGHT_CHECK_SIMULATE": "healthy"}
POOR = {"OPENROUTER_PREFLIGHT_CHECK_SIMULATE": "low-balance"}


def tool(name: str) -> str:
    found = shutil.which(name, path=str(_BIN)) or shutil.which(name)
    assert found, f"{name} is not installed"
    return found


def workflows_of(page: str) -> list[str]:
    return [text for text in blocks(page, "yaml") if "jobs:" in text and "steps:" in text and "runs-on" in text]


@pytest.mark.parametrize("system", SCHEMAS)
def test_an_example_is_valid_for_its_system(system: str, tmp_path: Path) -> None:
    schema, first_line = SCHEMAS[system]
    file = tmp_path / "example.yml"
    file.write_text(block("docs/ci.md", "yaml", first_line), encoding="utf-8")
    # Azure's schema has patterns that only Python's dialect of regular expressions takes.
    command = [tool("check-jsonschema"), "--regex-variant=python", f"--builtin-schema=vendor.{schema}", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("page", ["docs/how-to/action.md", "README.md"])
def test_workflows_of_the_documentation_are_valid_and_pass_the_strictest_audit(page: str, tmp_path: Path) -> None:
    folder = tmp_path / ".github/workflows"
    folder.mkdir(parents=True)
    hashed = [text.replace("FULL_COMMIT_HASH", "a1" * 20) for text in workflows_of(page)]
    assert hashed
    for number, text in enumerate(hashed):
        (folder / f"{number}.yml").write_text(text, encoding="utf-8")
    files = sorted(map(str, folder.iterdir()))
    for command in (
        [tool("check-jsonschema"), "--builtin-schema", "vendor.github-workflows", *files],
        [tool("zizmor"), "--offline", "--strict-collection", "--no-config", *files],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("page", ["docs/how-to/action.md", "README.md"])
def test_every_action_is_pinned_by_hash_with_its_version(page: str) -> None:
    used = [found for text in blocks(page, "yaml") for found in _USES.findall(text)]
    assert used
    for action, comment in used:
        assert re.search(r"@([0-9a-f]{40}|FULL_COMMIT_HASH)$", action), action
        assert re.match(r" # v\d", comment), action


@pytest.fixture
def origin(tmp_path: Path) -> Repo:
    """What a CI system clones: main, and a topic branch with one more commit."""
    repo = make_repo(tmp_path / "origin")
    repo.commit({"app.py": "print('hello')\n"})
    repo.git("checkout", "--quiet", "-b", "topic")
    repo.commit({"app.py": "print('hello, world')\n"})
    return repo


def circleci(_: Repo, checkout: Repo) -> tuple[str, str, dict[str, str]]:
    config = yaml.safe_load(block("docs/ci.md", "yaml", SCHEMAS["CircleCI"][1]))
    commands = [step["run"] for step in config["jobs"]["preflight"]["steps"] if "run" in step]
    install, scan, check = (each if isinstance(each, str) else each["command"] for each in commands)
    return f"{install}\n{scan}", check, {"BASE": checkout.git("rev-parse", "origin/main")}


def jenkins(_: Repo, __: Repo) -> tuple[str, str, dict[str, str]]:
    text = block("docs/ci.md", "groovy", "// Jenkinsfile").replace(".preflight/bin/", "")
    (scan,) = re.findall(r"sh '''(.*?)'''", text, re.DOTALL)
    (check,) = re.findall(r"sh '([^'\n]+)'", text)
    return scan, check, {"CHANGE_TARGET": "main"}


def azure(_: Repo, __: Repo) -> tuple[str, str, dict[str, str]]:
    steps = yaml.safe_load(block("docs/ci.md", "yaml", SCHEMAS["Azure"][1]))["steps"]
    scan, check = (step["bash"] for step in steps if "bash" in step)
    return scan, check, {"SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main"}


def bitbucket(_: Repo, __: Repo) -> tuple[str, str, dict[str, str]]:
    pipelines = yaml.safe_load(block("docs/ci.md", "yaml", SCHEMAS["Bitbucket"][1]))["pipelines"]
    scan, check = ("\n".join(each["step"]["script"]) for each in pipelines["branches"]["main"])
    return scan, check, {"BITBUCKET_PR_DESTINATION_BRANCH": "main"}


def gitlab(_: Repo, checkout: Repo) -> tuple[str, str, dict[str, str]]:
    jobs = component()
    merge_request = {
        "CI_PIPELINE_SOURCE": "merge_request_event",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": checkout.git("rev-parse", "origin/main"),
        "CI_COMMIT_SHA": checkout.git("rev-parse", "HEAD"),
        **{name: str(text) for job in jobs.values() for name, text in job["variables"].items()},
    }
    scan, check = ("\n".join(jobs[name]["script"]) for name in ("openrouter-scan", "openrouter-check"))
    return scan, check, merge_request


def component(**inputs: str) -> dict[str, Any]:
    """The jobs of the GitLab component with these inputs, as GitLab puts them in."""
    text = (ROOT / "templates/openrouter-preflight.yml").read_text(encoding="utf-8")
    spec, jobs = text.split("\n---\n")
    declared = yaml.safe_load(spec)["spec"]["inputs"]
    values = {name: inputs.get(name, str(each["default"]).lower()) for name, each in declared.items()}
    used = set(re.findall(r"\$\[\[ inputs\.([a-z-]+) \]\]", jobs))
    assert used == set(declared)
    loaded: dict[str, Any] = yaml.safe_load(
        re.sub(r"\$\[\[ inputs\.([a-z-]+) \]\]", lambda found: values[found[1]], jobs)
    )
    return loaded


@pytest.mark.parametrize("system", [circleci, jenkins, azure, bitbucket, gitlab])
def test_the_commands_pass_what_is_clean_and_fail_what_is_not(
    system: Callable[[Repo, Repo], tuple[str, str, dict[str, str]]], origin: Repo, tmp_path: Path
) -> None:
    checkout = clone(origin, tmp_path / "checkout")
    scan, check, variables = system(origin, checkout)
    tools = tmp_path / "tools"
    assert run_script(scan, checkout.path, tools, variables).returncode == 0
    passed, failed = (run_script(check, checkout.path, tools, {**variables, **world}) for world in (HEALTHY, POOR))
    assert (passed.returncode, failed.returncode) == (0, "min-balance" in check or "25" in check)

    origin.commit({"leak.env": f"KEY={KEY}\n"})
    checkout = clone(origin, tmp_path / "again")
    scan, _, variables = system(origin, checkout)
    found = run_script(scan, checkout.path, tools, variables)
    assert (found.returncode, "leak.env" in found.stdout) == (1, True)


@pytest.mark.parametrize(
    ("before", "code"),
    [
        pytest.param("origin/main", 0, id="what the push adds"),
        pytest.param("0" * 40, 1, id="a new branch is all it reaches"),
        pytest.param("c3" * 20, 1, id="so is a force push whose old commits are gone"),
    ],
)
def test_a_push_on_gitlab_is_read_from_what_was_there_before(
    origin: Repo, tmp_path: Path, before: str, code: int
) -> None:
    origin.git("checkout", "--quiet", "main")
    origin.commit({"old.env": f"KEY={KEY}\n"})
    origin.git("checkout", "--quiet", "topic")
    origin.git("merge", "--quiet", "main")
    checkout = clone(origin, tmp_path / "checkout")
    scan, _, variables = gitlab(origin, checkout)
    push = {"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BEFORE_SHA": before}
    done = run_script(scan, checkout.path, tmp_path / "tools", {**variables, **push})
    assert done.returncode == code, done.stdout + done.stderr


def test_the_component_gates_on_its_inputs(tmp_path: Path) -> None:
    for least, code in (("1", 0), ("5", 1)):
        job = component(**{"min-balance": least})["openrouter-check"]
        variables = {name: str(text) for name, text in job["variables"].items()}
        done = run_script("\n".join(job["script"]), tmp_path, tmp_path / "tools", {**variables, **POOR})
        assert done.returncode == code, done.stdout + done.stderr


def example(name: str, repository: Repo, folder: Path) -> Path:
    """The workflow of that name out of the Action's page, ready to run in `repository` with the Action of this one."""
    (text,) = (each for each in workflows_of("docs/how-to/action.md") if each.startswith(f"name: {name}\n"))
    folder.mkdir(exist_ok=True)
    workflow = folder / "workflow.yml"
    workflow.write_text(text.replace("FULL_COMMIT_HASH", "v1"), encoding="utf-8")
    return workflow


@pytest.mark.skipif(sys.platform != "linux", reason="act runs workflows on the host on Linux only")
def test_the_example_with_several_keys_checks_each_by_its_own_gates(origin: Repo, tmp_path: Path) -> None:
    config = block("docs/how-to/action.md", "yaml", "# .github/openrouter-keys.yml")
    origin.commit({".github/openrouter-keys.yml": config})
    workflow = example("Keys", origin, tmp_path / "act")
    keys = dict.fromkeys(("PRODUCTION_KEY", "STAGING_KEY", "OPENROUTER_MANAGEMENT_KEY"), KEY)
    lines = run_workflow(origin.path, workflow, "schedule", {}, secrets=keys, variables=HEALTHY)
    said = "".join(line["msg"] for line in lines if line.get("raw_output"))
    assert "PASS: 2 keys are healthy." in said


@pytest.mark.skipif(sys.platform != "linux", reason="act runs workflows on the host on Linux only")
@pytest.mark.parametrize(("world", "deployed"), [(HEALTHY, True), (POOR, False)])
def test_the_example_of_a_gate_deploys_only_with_a_healthy_key(
    origin: Repo, tmp_path: Path, world: dict[str, str], deployed: bool
) -> None:
    before = origin.git("rev-parse", "HEAD")
    origin.write("deploy.sh", "#!/bin/sh\necho it is deployed\n").chmod(0o755)
    origin.git("add", "--all")
    push = github_events.push(before, origin.commit())
    workflow = example("Deploy", origin, tmp_path / "act")
    lines = run_workflow(origin.path, workflow, "push", push, secrets={"OPENROUTER_API_KEY": KEY}, variables=world)
    assert any("it is deployed" in line["msg"] for line in lines if line.get("raw_output")) is deployed


@pytest.mark.skipif(sys.platform != "linux", reason="act runs workflows on the host on Linux only")
def test_the_example_in_parts_finds_a_leak_in_one_of_them(origin: Repo, tmp_path: Path) -> None:
    origin.commit({"leak.env": f"KEY={KEY}\n"})
    origin.commit({"leak.env": "KEY=\n"})
    lines = run_workflow(origin.path, example("History", origin, tmp_path / "act"), "workflow_dispatch", {})
    verdicts = {line["matrix"]["shard"]: line["arg"] for line in lines if line.get("name") == "verdict"}
    assert sorted(verdicts.values()) == ["fail", "pass", "pass", "pass"]
