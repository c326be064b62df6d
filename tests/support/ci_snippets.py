"""The pieces of documentation that people copy: fenced blocks of a page, by language and by what they define."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: str, language: str) -> list[str]:
    """The fenced blocks of that language in a page of the repository."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return [body for found, body in _FENCE.findall(text) if found == language]


def block(page: str, language: str, first_line: str) -> str:
    """The one block that begins with that line."""
    (found,) = (body for body in blocks(page, language) if body.startswith(first_line))
    return found


PLANTED_MODULES = (
    "click.py",
    "httpx.py",
    "openrouter_preflight/__init__.py",
    "openrouter_preflight/__main__.py",
    "pip/__init__.py",
    "pip/__main__.py",
    "sitecustomize.py",
    "types.py",
    "usercustomize.py",
    "venv.py",
)
PLANTED_PROGRAMS = ("git", "mkdir", "mktemp", "openrouter-preflight", "pip", "python", "python3", "tr")


def plant(checkout: Path, marker: Path) -> None:
    """Put into the checkout what a careless recipe would import or start; each writes to `marker`."""
    for name in PLANTED_MODULES:
        path = checkout / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"with open({str(marker)!r}, 'a') as file:\n    print(__file__, file=file)\n", encoding="utf-8")
    (checkout / "planted.pth").write_text(f"import sys; open({str(marker)!r}, 'a').write('.pth')\n", encoding="utf-8")
    for name in PLANTED_PROGRAMS:
        program = checkout / name
        if not program.exists():
            program.write_text(f"#!/bin/sh\necho {name} >> {marker}\n", encoding="utf-8")
            program.chmod(0o755)


def make_tools(folder: Path) -> Path:
    """A folder for PATH with a python3 that is the real one, but for the venvs it makes.

    These have our packages, and a pip that has nothing to do, so that no network is asked.
    """
    folder.mkdir(exist_ok=True)
    script = f"""#!/bin/bash
words=()
for word; do words+=("$word"); [ "$word" != venv ] || words+=(--without-pip); done
{sys.executable} "${{words[@]}}" || exit
case " $* " in *" venv "*)
  packages=$(echo "$word"/lib/python3*/site-packages)
  printf '%s\\n' '{sysconfig.get_paths()["purelib"]}' '{ROOT / "src"}' > "$packages/packages.pth"
  : > "$packages/pip.py"
esac
"""
    (folder / "python3").write_text(script, encoding="utf-8")
    (folder / "python3").chmod(0o755)
    return folder


def run_script(
    script: str, checkout: Path, tools: Path, variables: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a step's commands as a CI system does, in a checkout that is looked at before the rest of the machine."""
    return subprocess.run(
        ["/bin/bash", "-eo", "pipefail", "-c", script],
        cwd=checkout,
        env={
            **os.environ,
            "HOME": str(tools),
            "PYTHONPATH": ".",
            **variables,
            "PATH": os.pathsep.join([".", "", str(tools), os.environ["PATH"]]),
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
