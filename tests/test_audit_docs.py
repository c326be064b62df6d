"""The workflow of the documentation that audits every Monday, its step run twice as a runner would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import yaml

from support.ci_snippets import block

_BIN = Path(sys.executable).parent


def audit_step() -> str:
    workflow = yaml.safe_load(block("docs/how-to/audit.md", "yaml", "# .github/workflows/audit.yml\n"))
    (step,) = (each for each in workflow["jobs"]["audit"]["steps"] if each.get("name") == "Audit")
    lines = [line for line in str(step["run"]).splitlines() if " -m venv " not in line]
    assert len(lines) == len(str(step["run"]).splitlines()) - 1
    return "\n".join(lines).replace("tool=$(mktemp -d)", f"tool={_BIN.parent}")


def run_step(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "GITHUB_ACTIONS": "true",
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
        "OPENROUTER_PREFLIGHT_AUDIT_SIMULATE": "neglected-keys",
    }
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_the_summary_holds_the_table_and_the_second_week_says_what_changed(tmp_path: Path) -> None:
    script = audit_step()
    first = run_step(script, tmp_path)
    assert first.returncode == 1, "a key is older than 180 days, and one has no limit"
    assert "| Key | Fingerprint |" in (tmp_path / "summary.md").read_text()
    assert json.loads((tmp_path / "audit.json").read_text())["command"] == "audit"
    assert (tmp_path / "audit.html").read_text().startswith("<!doctype html>")
    (tmp_path / "before").mkdir()
    (tmp_path / "audit.json").rename(tmp_path / "before" / "audit.json")
    run_step(script, tmp_path)
    rules = [finding["rule"] for finding in json.loads((tmp_path / "audit.json").read_text())["findings"]]
    assert "changed" in rules, "the simulator makes new keys for each run"
