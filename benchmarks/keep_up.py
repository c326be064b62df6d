"""Compare what OpenRouter publishes and answers today with what this project knows, and write an issue about the rest.

    python benchmarks/keep_up.py --issue issue.md      compare; exit 1 and write the issue if something is new
    python benchmarks/keep_up.py --renew openapi.json  take a description over as what is known

Known is `benchmarks/known-api.json`: endpoints with their status codes and the names of their fields, and what the
simulator answers beyond them. Only names are ever compared, kept or printed, never values: a live answer holds account
data. The live part needs OPENROUTER_API_KEY, and for more of it OPENROUTER_MANAGEMENT_KEY; without them only the
description is compared.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

KNOWN = Path(__file__).parent / "known-api.json"
BASE = "https://openrouter.ai/api/v1"
DESCRIPTION = "https://openrouter.ai/openapi.json"
INFERENCE = ("/key", "/models")
MANAGEMENT = ("/credits", "/keys", "/activity", "/workspaces")
WATCHED = re.compile(
    r"/(key|keys|credits|activity|models|model|workspaces|guardrails|generation|providers|organization)(/|$)"
)
_METHODS = ("get", "post", "put", "patch", "delete")
_LARGEST = 32 * 1024 * 1024
_DEEPEST = 8


def described(description: dict[str, Any]) -> dict[str, dict[str, list[str]]]:
    """Each watched endpoint, as `GET /key`, with its status codes and the fields of its requests and answers."""
    found = {}
    for path, methods in sorted(description.get("paths", {}).items()):
        if not WATCHED.match(path):
            continue
        for method in _METHODS:
            if method in methods:
                operation = methods[method]
                bodies = [operation.get("requestBody", {}), *operation.get("responses", {}).values()]
                fields = {name for body in bodies for name in _schema_fields(body, description, 0)}
                found[f"{method.upper()} {path}"] = {
                    "statuses": sorted(operation.get("responses", {})),
                    "fields": sorted(fields),
                }
    return found


def _schema_fields(node: Any, whole: dict[str, Any], depth: int) -> set[str]:
    """The names of all properties below a part of the description; references are followed."""
    if depth > _DEEPEST * 3:
        return set()
    if isinstance(node, list):
        return {name for each in node for name in _schema_fields(each, whole, depth + 1)}
    if not isinstance(node, dict):
        return set()
    if isinstance(reference := node.get("$ref"), str):
        target: Any = whole
        for part in reference.removeprefix("#/").split("/"):
            target = target.get(part, {}) if isinstance(target, dict) else {}
        return _schema_fields(target, whole, depth + 1)
    names = set(node.get("properties", {})) if isinstance(node.get("properties"), dict) else set()
    inner = [value for key, value in node.items() if key not in {"example", "examples", "default", "enum"}]
    return names | _schema_fields(inner, whole, depth + 1)


def answered(answer: Any, depth: int = 0) -> set[str]:
    """The names of all fields of a live answer."""
    if depth > _DEEPEST:
        return set()
    if isinstance(answer, list):
        return {name for each in answer[:200] for name in answered(each, depth + 1)}
    if not isinstance(answer, dict):
        return set()
    return set(answer) | {name for value in answer.values() for name in answered(value, depth + 1)}


def fetch(url: str, key: str | None = None) -> Any:
    """The JSON at `url`; None if there is none, which is said."""
    if not url.startswith(("https://", "http://127.0.0.1:", "file:")):
        sys.exit(f"not an https address: {url}")
    request = urllib.request.Request(url, headers={"Accept": "application/json", "User-Agent": "openrouter-preflight"})
    if key:
        request.add_unredirected_header("Authorization", f"Bearer {key.strip()}")
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:
            return json.loads(reply.read(_LARGEST))
    except (urllib.error.URLError, OSError, ValueError) as error:
        code = f" {error.code}" if isinstance(error, urllib.error.HTTPError) else ""
        sys.stderr.write(f"no answer from {url}: {type(error).__name__}{code}\n")
        return None


def compare(known: dict[str, Any], today: dict[str, Any], live: dict[str, set[str]]) -> list[str]:
    """A line of Markdown for each thing that is new or gone."""
    lines = [f"- new endpoint {_code(endpoint)}" for endpoint in sorted(set(today) - set(known))]
    if today:
        lines += [f"- endpoint {_code(endpoint)} is gone" for endpoint in sorted(set(known) - set(today))]
    for endpoint in sorted(set(today) & set(known)):
        for what in ("statuses", "fields"):
            new = sorted(set(today[endpoint][what]) - set(known[endpoint][what]))
            gone = sorted(set(known[endpoint][what]) - set(today[endpoint][what]))
            lines += [f"- {_code(endpoint)}: new {what}: {', '.join(map(_code, new))}"] if new else []
            lines += [f"- {_code(endpoint)}: {what} gone: {', '.join(map(_code, gone))}"] if gone else []
    for endpoint, fields in sorted(live.items()):
        facts = (known.get(endpoint, {}), today.get(endpoint, {}))
        told = {name for each in facts for what in ("fields", "simulated") for name in each.get(what, ())}
        beyond = ", ".join(_code(name) for name in sorted(fields - told))
        lines += [f"- {_code(endpoint)} answers with fields that nothing describes: {beyond}"] if beyond else []
    return lines


def _code(name: str) -> str:
    """A name that others chose, harmless in Markdown."""
    return f"`{re.sub(r'[^A-Za-z0-9_./{} -]', '?', name)[:100]}`"


def ask_live(base: str, inference: str | None, management: str | None) -> dict[str, set[str]]:
    """The fields of live answers, by endpoint, as far as keys are at hand."""
    live = {}
    for key, paths in ((inference, INFERENCE), (management, MANAGEMENT)):
        for path in paths if key else ():
            answer = fetch(base + path, key)
            if answer is not None:
                live[f"GET {path}"] = answered(answer)
    return live


def renewed(description: dict[str, Any]) -> dict[str, Any]:
    """Everything known from now on: the description, and what the simulator answers beyond it."""
    from openrouter_preflight.simulator import Simulator

    found: dict[str, Any] = dict(described(description))
    with Simulator("activity") as service:
        management = service.management_key.reveal() if service.management_key else None
        live = ask_live(service.base_url, service.primary_key.reveal(), management)
    for endpoint, fields in live.items():
        beyond = sorted(fields - set(found.get(endpoint, {}).get("fields", ())))
        if beyond and endpoint in found:
            found[endpoint]["simulated"] = beyond
    return found


def main() -> int:
    """Compare, or renew what is known. The exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--description", default=DESCRIPTION, help="address of the API description")
    parser.add_argument("--base-url", default=BASE, help="address of the live API")
    parser.add_argument("--known", type=Path, default=KNOWN)
    parser.add_argument("--issue", type=Path, help="write the issue's text here")
    parser.add_argument("--renew", type=Path, help="take this description over as what is known")
    asked = parser.parse_args()
    if asked.renew:
        found = renewed(json.loads(asked.renew.read_text(encoding="utf-8")))
        asked.known.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        return 0
    known = json.loads(asked.known.read_text(encoding="utf-8"))
    description = fetch(asked.description)
    today = described(description) if isinstance(description, dict) else {}
    keys = (os.environ.get("OPENROUTER_API_KEY"), os.environ.get("OPENROUTER_MANAGEMENT_KEY"))
    lines = compare(known, today, ask_live(asked.base_url, *keys))
    if description is None:
        lines.append(f"- the description at {asked.description} could not be read")
    if not lines:
        sys.stdout.write("nothing new\n")
        return 0
    text = "\n".join(
        [
            "OpenRouter's API differs from what this project knows:",
            "",
            *lines,
            "",
            "What to do is in CONTRIBUTING.md, section *Keeping up with OpenRouter*.",
            "",
        ]
    )
    sys.stdout.write(text)
    if asked.issue:
        asked.issue.write_text(text, encoding="utf-8")
    return 1


if __name__ == "__main__":
    sys.exit(main())
