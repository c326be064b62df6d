"""The nightly comparison with OpenRouter: it says what is new by name, and never shows a value."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from openrouter_preflight.simulator import Simulator

ROOT = Path(__file__).parent.parent
KNOWN: dict[str, dict[str, list[str]]] = json.loads(
    (ROOT / "benchmarks" / "known-api.json").read_text(encoding="utf-8")
)


def description(**changed: dict[str, Any]) -> dict[str, Any]:
    """A description that says what is known, in the form of OpenAPI, with further endpoints."""
    paths: dict[str, Any] = {}
    for endpoint, facts in KNOWN.items():
        method, path = endpoint.split(" ", 1)
        paths.setdefault(path, {})[method.lower()] = {
            "responses": {status: {} for status in facts["statuses"]},
            "requestBody": {"content": {"application/json": {"schema": properties(*facts["fields"])}}},
        }
    return {"paths": {**paths, **changed}}


def properties(*names: str) -> dict[str, Any]:
    return {"type": "object", "properties": {name: {} for name in names}}


def keep_up(folder: Path, described: dict[str, Any], **environ: str) -> tuple[int, str]:
    """The exit code and the issue's text."""
    (folder / "openapi.json").write_text(json.dumps(described), encoding="utf-8")
    base = environ.pop("base", "https://127.0.0.1:9")
    command = [sys.executable, str(ROOT / "benchmarks" / "keep_up.py"), "--issue", str(folder / "issue.md")]
    command += ["--description", (folder / "openapi.json").as_uri(), "--base-url", base]
    clean = {name: text for name, text in os.environ.items() if not name.startswith("OPENROUTER_")}
    done = subprocess.run(command, env={**clean, **environ}, capture_output=True, text=True, check=False)
    issue = folder / "issue.md"
    return done.returncode, issue.read_text(encoding="utf-8") if issue.exists() else done.stdout + done.stderr


def test_what_is_known_is_nothing_new(tmp_path: Path) -> None:
    assert keep_up(tmp_path, description()) == (0, "nothing new\n")


def test_new_endpoints_fields_and_statuses_are_named(tmp_path: Path) -> None:
    changed = description()
    changed["paths"]["/keys/bulk"] = {"post": {"responses": {"200": {}}}}
    changed["paths"]["/key"]["get"]["responses"]["418"] = {}
    changed["paths"]["/credits"]["get"]["requestBody"] = properties(*KNOWN["GET /credits"]["fields"], "new`field")
    code, issue = keep_up(tmp_path, changed)
    assert code == 1
    assert "- new endpoint `POST /keys/bulk`" in issue
    assert "- `GET /key`: new statuses: `418`" in issue
    assert "- `GET /credits`: new fields: `new?field`" in issue


@pytest.mark.parametrize("gone", ["/activity"])
def test_what_is_gone_is_named(tmp_path: Path, gone: str) -> None:
    changed = description()
    del changed["paths"][gone]
    assert f"- endpoint `GET {gone}` is gone" in keep_up(tmp_path, changed)[1]


def test_live_answers_are_compared_by_name_and_no_value_is_shown(tmp_path: Path) -> None:
    with Simulator("activity") as service:
        key = service.primary_key.reveal()
        assert service.management_key is not None
        keys = {"OPENROUTER_API_KEY": key, "OPENROUTER_MANAGEMENT_KEY": service.management_key.reveal()}
        code, issue = keep_up(tmp_path, description(), base=service.base_url, **keys)
        assert {record.path for record in service.requests} >= {"/api/v1/key", "/api/v1/models"}
    assert key not in issue
    assert key[:12] not in issue
    assert (code, issue) == (0, "nothing new\n")
