"""What people copy out of the documentation for their CI: it is valid, and its commands do what the page says."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from support import github_events
from support.act_runner import run_workflow
from support.ci_snippets import ROOT, block, blocks, make_tools, plant, run_script
from support.repos import KEY, Repo, clone, fingerprint, make_repo

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the examples are for shells of Unix")

_BIN = Path(sys.executable).parent
_USES = re.compile(r"uses: (\S+)(.*)")
OTHERS, GITLAB, MANY = (f"docs/how-to/{name}.md" for name in ("other-ci", "gitlab", "many-machines"))
SCHEMAS = {
    "CircleCI": ("circle-ci", OTHERS, "# .circleci/config.yml"),
    "Azure": ("azure-pipelines", OTHERS, "# azure-pipelines.yml"),
    "Bitbucket": ("bitbucket-pipelines", OTHERS, "# bitbucket-pipelines.yml"),
    "GitLab": ("gitlab-ci", GITLAB, "# .gitlab-ci.yml"),
    "GitLab, a history": ("gitlab-ci", MANY, "# .gitlab-ci.yml: history"),
    "GitLab, a group": ("gitlab-ci", MANY, "# .gitlab-ci.yml: group"),
}
WITH_WORKFLOWS = ["docs/how-to/action.md", "docs/how-to/audit.md", MANY, "README.md"]
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
    schema, page, first_line = SCHEMAS[system]
    file = tmp_path / "example.yml"
    file.write_text(block(page, "yaml", first_line + "\n"), encoding="utf-8")
    # Azure's schema has patterns that only Python's dialect of regular expressions takes.
    command = [tool("check-jsonschema"), "--regex-variant=python", f"--builtin-schema=vendor.{schema}", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("page", WITH_WORKFLOWS)
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


@pytest.mark.parametrize("page", WITH_WORKFLOWS)
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


@dataclass(frozen=True)
class Recipe:
    """What a page has a CI system run for a branch or pull request called topic."""

    scan: str
    check: str
    variables: dict[str, str] = field(default_factory=dict)


def example_of(system: str) -> Any:
    _, page, first_line = SCHEMAS[system]
    return yaml.safe_load(block(page, "yaml", first_line + "\n"))


def circleci(checkout: Repo) -> Recipe:
    config = example_of("CircleCI")
    (install,) = (step["run"]["command"] for step in config["commands"]["install-preflight"]["steps"])
    assert config["jobs"]["check"]["steps"][0] == "install-preflight", "the check has no checkout"
    scan, check = (
        f"({install}\n)\n{step['run']['command']}"
        for job in ("scan", "check")
        for step in config["jobs"][job]["steps"]
        if "run" in step
    )
    return Recipe(scan, check, {"CIRCLE_BRANCH": "topic"})


def jenkins(checkout: Repo) -> Recipe:
    text = block(OTHERS, "groovy", "// Jenkinsfile")
    scan, install = re.findall(r"sh '''(.*?)'''", text, re.DOTALL)
    (check,) = re.findall(r"sh '([^'\n]+)'", text)
    assert "skipDefaultCheckout()" in text
    place = checkout.path.parent / f"{checkout.path.name}@tmp"
    return Recipe(scan, f"({install})\n{check}", {"CHANGE_TARGET": "main", "WORKSPACE_TMP": str(place)})


def azure(checkout: Repo) -> Recipe:
    scanning, checking = (job["steps"] for job in example_of("Azure")["jobs"])
    assert checking[0]["checkout"] == "none"
    scan, check = ("\n".join(f"({step['bash']})" for step in steps if "bash" in step) for steps in (scanning, checking))
    place = checkout.path.parent / f"{checkout.path.name}-agent"
    place.mkdir(exist_ok=True)
    pull_request = {"SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main", "AGENT_TEMPDIRECTORY": str(place)}
    return Recipe(scan, check, pull_request)


def bitbucket(checkout: Repo) -> Recipe:
    scan, check = (each["step"] for each in example_of("Bitbucket")["pipelines"]["branches"]["main"])
    assert check["clone"] == {"enabled": False}
    pull_request = {"BITBUCKET_PR_DESTINATION_BRANCH": "main", "BITBUCKET_CLONE_DIR": str(checkout.path)}
    return Recipe("\n".join(scan["script"]), "\n".join(check["script"]), pull_request)


def gitlab(checkout: Repo) -> Recipe:
    jobs = component(**{"min-balance": "25"})
    assert jobs["openrouter-check"]["variables"]["GIT_STRATEGY"] == "empty"
    merge_request = {
        "CI_DEFAULT_BRANCH": "main",
        "CI_PIPELINE_SOURCE": "merge_request_event",
        "CI_PROJECT_DIR": str(checkout.path),
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": checkout.git("rev-parse", "origin/main"),
        "CI_COMMIT_SHA": checkout.git("rev-parse", "HEAD"),
        **{name: str(text) for job in jobs.values() for name, text in job["variables"].items()},
    }
    scan, check = ("\n".join(jobs[name]["script"]) for name in ("openrouter-scan", "openrouter-check"))
    return Recipe(scan, check, merge_request)


def elsewhere(checkout: Repo) -> Recipe:
    tool, install, scan, check = block(OTHERS, "sh", "tool=").splitlines()
    return Recipe("\n".join([tool, install, scan]), "\n".join([tool, install, check]))


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


@pytest.mark.parametrize("system", [circleci, jenkins, azure, bitbucket, gitlab, elsewhere])
def test_a_recipe_decides_rightly_and_runs_nothing_of_the_checkout(
    system: Callable[[Repo], Recipe], origin: Repo, tmp_path: Path
) -> None:
    marker, tools = tmp_path / "was-run", make_tools(tmp_path / "tools")
    checkout = clone(origin, tmp_path / "clean")
    recipe = system(checkout)
    plant(checkout.path, marker)
    for script, world, code in (
        (recipe.scan, {}, 0),
        (recipe.check, HEALTHY, 0),
        (recipe.check, POOR, 1),
    ):
        done = run_script(script, checkout.path, tools, {**recipe.variables, **world})
        assert done.returncode == code, done.stdout + done.stderr

    origin.commit({"leak.env": f"KEY={KEY}\n", ".openrouter-preflight.yml": allowing(KEY)})
    checkout = clone(origin, tmp_path / "leaky")
    recipe = system(checkout)
    plant(checkout.path, marker)
    if system is not elsewhere:  # it knows no branches, and reads the config file that is checked out
        found = run_script(recipe.scan, checkout.path, tools, recipe.variables)
        assert (found.returncode, "leak.env" in found.stdout) == (1, True), found.stdout + found.stderr
    assert not marker.exists(), marker.read_text()


def allowing(key: str) -> str:
    return f"scan:\n  allow:\n    - fingerprint: {fingerprint(key)}\n      reason: my own\n"


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
    origin.commit({".openrouter-preflight.yml": allowing(KEY)})
    checkout = clone(origin, tmp_path / "checkout")
    recipe = gitlab(checkout)
    push = {
        "CI_PIPELINE_SOURCE": "push",
        "CI_COMMIT_BEFORE_SHA": before,
        "CI_COMMIT_BRANCH": "topic",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": "",
    }
    done = run_script(recipe.scan, checkout.path, make_tools(tmp_path / "tools"), {**recipe.variables, **push})
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
