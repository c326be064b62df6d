"""Trial of a hook: git runs it in a scratch repository with a made-up key."""

from __future__ import annotations

import secrets
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from openrouter_preflight.git.environment import find_git

if TYPE_CHECKING:
    from collections.abc import Mapping

_PATIENCE = 30.0
_PERSON = ("-c", "user.name=doctor", "-c", "user.email=doctor@localhost", "-c", "commit.gpgSign=false")


def try_hook(script: str, environ: Mapping[str, str]) -> tuple[bool, str]:
    """Run `script` as a pre-commit hook; return True if it stopped a key."""
    git = find_git(environ)
    if git is None:
        return False, "there is no git"
    clean = {name: value for name, value in environ.items() if not name.startswith("GIT_")}
    try:
        with tempfile.TemporaryDirectory(prefix="openrouter-preflight-") as name:
            folder = Path(name)
            _run(git, folder, clean, "init", "--quiet", "--template=")
            hooks = folder / "hooks"
            hooks.mkdir()
            (hooks / "pre-commit").write_bytes(script.encode("utf-8", "surrogateescape"))
            (hooks / "pre-commit").chmod(0o755)
            (folder / "trial.env").write_text(f"KEY=sk-or-v1-{secrets.token_hex(32)}\n", encoding="ascii")
            _run(git, folder, clean, "add", "trial.env")
            done = _run(
                git, folder, clean, "-c", f"core.hooksPath={hooks}", *_PERSON, "commit", "--quiet", "-m", "trial"
            )
    except (OSError, subprocess.TimeoutExpired) as error:
        return False, type(error).__name__
    said = done.stdout + done.stderr
    if done.returncode and "committed-key" in said:
        return True, ""
    return False, (said.strip().splitlines() or [f"exit code {done.returncode}"])[-1]


def _run(git: str, folder: Path, environ: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [git, *arguments],
        cwd=folder,
        env={**environ, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_NOSYSTEM": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=_PATIENCE,
        check=False,
    )
