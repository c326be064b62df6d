"""Real git repositories for tests, made quickly and always alike: no user's configuration, fixed people and dates."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING, Any

from openrouter_preflight.scan.job import ScanJob
from openrouter_preflight.scan.scan import ScanResult, scan

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from openrouter_preflight.scan.findings import Policy

HERMETIC = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}

_PEOPLE = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_AUTHOR_DATE": "2026-01-02T03:04:05+00:00",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
    "GIT_COMMITTER_DATE": "2026-01-02T03:04:05+00:00",
}


def make_key(seed: str) -> str:
    """A key that chance might have made, the same for the same seed."""
    return "sk-or-v1-" + sha256(seed.encode()).hexdigest()


def fingerprint(key: str) -> str:
    """What reports call `key`."""
    return sha256(key.encode()).hexdigest()


KEY = make_key("one")
OTHER_KEY = make_key("two")


class NoPolicy:
    """Nothing is allowed or excluded, and comments are heeded."""

    def allowed(self, fingerprint: str) -> str | None:
        """Nothing is allowed."""
        return None

    def excluded(self, path: str) -> bool:
        """Nothing is excluded."""
        return False

    def heeds_comment(self, fingerprint: str, path: str | None) -> bool:
        """Every comment is heeded."""
        return True


@dataclass(frozen=True)
class Repo:
    """A repository and the commands that tests need."""

    path: Path
    environ: Mapping[str, str] = field(default_factory=dict)

    def git(self, *arguments: str, stdin: bytes | None = None, **environ: str) -> str:
        """What git prints, without the last newline."""
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.path,
            env={**HERMETIC, **_PEOPLE, **self.environ, **environ},
            input=stdin,
            capture_output=True,
            check=True,
        )
        return done.stdout.decode("utf-8", "surrogateescape").removesuffix("\n")

    def write(self, name: str, content: str | bytes) -> Path:
        """Write a file of the working tree."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def stage(self, name: str, content: str | bytes) -> None:
        """Write a file and add it to the index."""
        self.write(name, content)
        self.git("add", "--", name)

    def commit(self, files: Mapping[str, str | bytes] | None = None, message: str = "Change", **environ: str) -> str:
        """Stage `files`, commit, and return the commit's id."""
        for name, content in (files or {}).items():
            self.stage(name, content)
        self.git("commit", "--quiet", "--allow-empty", "-m", message, stdin=None, **environ)
        return self.git("rev-parse", "HEAD")

    def scan(
        self,
        mode: str,
        *paths: str,
        policy: Policy | None = None,
        folder: Path | None = None,
        environ: Mapping[str, str] | None = None,
        stdin: bytes = b"",
        **wishes: Any,
    ) -> ScanResult:
        """Scan this repository."""
        request = ScanJob(
            mode=mode,
            paths=paths,
            folder=folder or self.path,
            environ={**HERMETIC, **self.environ, **(environ or {})},
            stdin=BytesIO(stdin),
            **wishes,
        )
        return scan(request, policy or NoPolicy())


def make_repo(path: Path, *options: str) -> Repo:
    """A new repository with the branch `main`."""
    path.mkdir(parents=True, exist_ok=True)
    repo = Repo(path)
    repo.git("init", "--quiet", "--initial-branch=main", "--template=", *options)
    return repo


def clone(repo: Repo, path: Path, *options: str) -> Repo:
    """A clone as a CI system makes it; with `--shared`, one that borrows the objects."""
    source = str(repo.path) if "--shared" in options else f"file://{repo.path}"
    repo.git("clone", "--quiet", "--template=", *options, source, str(path))
    return Repo(path)


def found(result: ScanResult, rule: str = "committed-key") -> set[tuple[str | None, int | None, str]]:
    """Path, line and severity of the findings of one rule."""
    return {(each.path, each.line, each.severity.value) for each in result.findings if each.rule.name == rule}


def rules(result: ScanResult) -> list[str]:
    """The rules of all findings, in their order."""
    return [each.rule.name for each in result.findings]
