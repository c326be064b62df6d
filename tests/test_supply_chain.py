"""What is installed, by whom and from where: only what a lock names by its hash, some days after it was published."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from openrouter_preflight import __version__

ROOT = Path(__file__).parent.parent
LOCKS = sorted([*(ROOT / ".ci").glob("*.txt"), *(ROOT / ".github" / "action").glob("*.txt")])
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
SCRIPTS = [path for path in (ROOT / ".ci").iterdir() if path.is_file() and not path.suffix]
INSTALLERS = [ROOT / "Makefile", ROOT / "Dockerfile", *SCRIPTS, *WORKFLOWS]
PINNED = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^\s;\\]+)", re.MULTILINE)

PINNED_SELF = re.compile(r"openrouter-preflight(?:==|@|\S* # v|\s+rev: v)(\d+\.\d+\.\d+)")


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def workflow(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(text(ROOT / ".github" / "workflows" / name))
    return loaded


def commands_of(job: dict[str, Any]) -> str:
    return "\n".join(step.get("run", "") for step in job["steps"])


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_package_of_a_lock_is_pinned_by_hash(lock: Path) -> None:
    entries = re.split(r"\n(?=[a-z0-9])", re.sub(r"^#.*\n", "", text(lock), flags=re.MULTILINE).strip())
    assert entries
    for entry in entries:
        assert PINNED.match(entry), entry
        assert "--hash=sha256:" in entry
        assert "://" not in entry


def test_locks_agree_about_versions() -> None:
    versions: dict[str, set[str]] = {}
    for lock in LOCKS:
        for name, version in PINNED.findall(text(lock)):
            versions.setdefault(name, set()).add(version)
    assert {name for name, found in versions.items() if len(found) > 1} == set()


def test_every_page_names_the_version_that_is_released() -> None:
    project = tomllib.loads(text(ROOT / "pyproject.toml"))["project"]
    pages = [ROOT / "README.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("templates/*.yml"), *WORKFLOWS]
    versions = [version for page in pages for version in PINNED_SELF.findall(text(page))]
    assert len(versions) > 10
    assert {*versions, project["version"]} == {__version__}


def test_the_runtime_lock_holds_every_dependency() -> None:
    project = tomllib.loads(text(ROOT / "pyproject.toml"))["project"]
    needed = {re.split(r"[<>=!~ ]", each)[0].lower() for each in project["dependencies"]}
    assert needed <= {name for name, _ in PINNED.findall(text(ROOT / ".ci" / "runtime.txt"))}


@pytest.mark.parametrize("path", INSTALLERS, ids=lambda path: path.name)
def test_what_ci_installs_is_named_by_hash(path: Path) -> None:
    for line in text(path).replace("\\\n", "").splitlines():
        if "pip install" not in line or "--upgrade" in line:
            continue  # the job that tries the newest versions is to have none
        if "--no-deps" in line:  # the project itself, which is not to bring a build system of its own choice
            assert "--no-build-isolation" in line or "--no-index" in line, line
            continue
        assert "--require-hashes" in line, line
        assert re.search(r"--only-binary[= ]:all:", line), line


def test_the_newest_versions_are_tried_where_nothing_is_published() -> None:
    assert [path.name for path in WORKFLOWS if "--upgrade" in text(path)] == ["nightly.yml"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_pinned_by_commit(path: Path) -> None:
    used = re.findall(r"uses:\s*(\S+)", "\n".join(line.partition("#")[0] for line in text(path).splitlines()))
    assert all(re.search(r"@[0-9a-f]{40}$", each) or each.startswith(("./", "$/")) for each in used), used


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_job_may_only_what_it_says(path: Path) -> None:
    assert yaml.safe_load(text(path)).get("permissions") == {}


def test_updates_wait_before_they_are_proposed_and_cover_every_lock() -> None:
    updates = yaml.safe_load(text(ROOT / ".github" / "dependabot.yml"))["updates"]
    assert all(update["cooldown"]["default-days"] >= 7 for update in updates)
    folders = {folder for update in updates for folder in update.get("directories", [])}
    assert {f"/{lock.parent.relative_to(ROOT)}" for lock in LOCKS} <= folders
    assert "github-actions" in {update["package-ecosystem"] for update in updates}


def test_known_vulnerabilities_are_looked_up_every_night_and_before_a_release() -> None:
    nightly, release = workflow("nightly.yml"), workflow("release.yml")
    audited = commands_of(nightly["jobs"]["audit"])
    assert all(f"--requirement {lock.relative_to(ROOT)}" in audited for lock in LOCKS)
    assert ".ci/audit --requirement .ci/runtime.txt" in commands_of(release["jobs"]["bill"])


def test_a_release_carries_its_bill_of_materials() -> None:
    jobs = workflow("release.yml")["jobs"]
    assert "cyclonedx-json --output sbom.cdx.json" in commands_of(jobs["bill"])
    assert {"sbom-path": "sbom.cdx.json", "subject-path": "dist/*"} in [
        step.get("with") for step in jobs["attest"]["steps"]
    ]
    assert "sbom.cdx.json" in commands_of(jobs["github-release"])


def test_a_release_is_built_by_the_backend_alone_from_a_commit_of_main_that_passed() -> None:
    jobs = workflow("release.yml")["jobs"]
    assert jobs["build"]["needs"] == "commit"
    assert "compare/$GITHUB_SHA...main" in commands_of(jobs["commit"])
    assert "check-runs?check_name=All%20green" in commands_of(jobs["commit"])
    assert workflow("ci.yml")["jobs"]["all-green"]["name"] == "All green"
    ran = [step["run"] for step in jobs["build"]["steps"] if "run" in step]
    assert [each for each in ran if "sha256sum" not in each and "GITHUB_REF_NAME" not in each] == [".ci/build dist"]
    installed = re.findall(r"-r (\S+)", text(ROOT / ".ci" / "build"))
    assert installed == [".ci/build.txt"]
    names = {name for name, _ in PINNED.findall(text(ROOT / ".ci" / "build.txt"))}
    assert "hatchling" in names
    assert names.isdisjoint({"pytest", "httpx", "click", "pyyaml"})


def test_what_is_attested_and_published_is_what_was_tried() -> None:
    jobs = workflow("release.yml")["jobs"]
    order = {"try": {"build"}, "attest": {"build", "try", "bill"}, "publish": {"build", "attest"}}
    for name, needs in {**order, "github-release": {"build", "publish"}}.items():
        needed = jobs[name]["needs"]
        assert {needed} if isinstance(needed, str) else set(needed) == needs
        assert "sha256sum --check --strict" in commands_of(jobs[name])
    assert {"twine check --strict", ".ci/smoke", ".ci/sdist-tests"} <= {
        word for word in ("twine check --strict", ".ci/smoke", ".ci/sdist-tests") if word in commands_of(jobs["try"])
    }


def test_the_image_is_pinned_slim_and_without_rights() -> None:
    lines = text(ROOT / "Dockerfile").splitlines()
    bases = [line.split()[1] for line in lines if line.startswith("FROM ")]
    assert all(re.fullmatch(r"python:3\.\d+-slim\S*@sha256:[0-9a-f]{64}", base) for base in bases)
    assert len(set(bases)) == 1
    last = lines[max(number for number, line in enumerate(lines) if line.startswith("FROM ")) :]
    assert [line for line in last if line.startswith("USER ")] == ["USER 10001:10001"]
    assert any("git" in line for line in last)
    context = text(ROOT / ".dockerignore").splitlines()
    copied = {
        word for line in lines if line.startswith("COPY ") and "--from" not in line for word in line.split()[1:-1]
    }
    assert "*" in context
    assert {name.removeprefix("./") for name in copied} <= {line.removeprefix("!") for line in context}


def test_the_formula_is_filled_in_for_a_source_distribution(tmp_path: Path) -> None:
    sdist = tmp_path / f"openrouter_preflight-{__version__}.tar.gz"
    sdist.write_bytes(b"anything")
    if sys.platform == "win32":
        pytest.skip("a shell script")
    made = subprocess.run([ROOT / ".ci" / "formula", sdist], capture_output=True, text=True, check=True).stdout
    assert f'sha256 "{hashlib.sha256(b"anything").hexdigest()}"' in made
    assert f"/v{__version__}/openrouter_preflight-{__version__}.tar.gz" in made
    assert "@" not in made.replace("python@", "")
