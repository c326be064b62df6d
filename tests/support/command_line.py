"""Runs the command line inside the test's process, and searches everything it said for parts of keys."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import signal
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from openrouter_preflight.cli.main import run
from support.hanging import ends

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import pytest

SECRET_RUN = 8
"""So many characters in a row of a key's secret part may stand nowhere."""


@dataclass(frozen=True)
class Run:
    """What one run said."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> Any:
        """Standard output as the JSON report."""
        return json.loads(self.out)

    @property
    def rules(self) -> list[str]:
        return [finding["rule"] for finding in self.report["findings"]]

    @property
    def state(self) -> str:
        """The state of the only key."""
        (key,) = self.report["keys"]
        return str(key["state"])

    @property
    def message(self) -> str:
        """The message of the only finding."""
        (finding,) = self.report["findings"]
        return str(finding["message"])


class CommandLine:
    """The command line in an environment of its own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(
        self,
        *arguments: str,
        secrets: tuple[str, ...] = (),
        variables: Mapping[str, str | None] | None = None,
        **environment: str | None,
    ) -> Run:
        """Run with these arguments; variables are set first, and None removes one. `secrets` may not be shown."""
        for name, value in {**(variables or {}), **environment}.items():
            if value is None:
                self._monkeypatch.delenv(name, raising=False)
            else:
                self._monkeypatch.setenv(name, value)
        self._capsys.readouterr()
        with ends(), _own_signal_handlers():
            code = run(arguments)
        out, err = self._capsys.readouterr()
        found = Run(code, out, err)
        assert_silent_about(out + err, *secrets, *_secrets_in(os.environ))
        return found

    def json(self, *arguments: str, variables: Mapping[str, str | None] | None = None) -> Run:
        """Run `check --format json` with these arguments."""
        return self("check", "--format", "json", *arguments, variables=variables)


def assert_silent_about(text: str, *secrets: str) -> None:
    """`text` holds no part of any of the secrets, however it is written.

    Their fingerprints are no part of them, though 64 random digits each: those of a hundred keys hold eight digits of
    one of them in one run of a hundred.
    """
    for secret in secrets:
        text = text.replace(hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest(), "<fingerprint>")
    folded = text.lower()
    for secret in secrets:
        for spelling, forbidden, width, either_case in _spellings(secret.removeprefix("sk-or-v1-")):
            runs = _runs(forbidden.lower() if either_case else forbidden, width)
            shown = [run for run in runs if run in (folded if either_case else text)]
            assert not shown, f"{len(shown)} parts of a key are shown ({spelling})"


def assert_files_silent_about(folder: Path, *secrets: str) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            assert_silent_about(path.read_text(encoding="latin-1"), *secrets)


def _spellings(body: str) -> Iterator[tuple[str, str, int, bool]]:
    """Each way to write `body`: its name, the text, characters for SECRET_RUN of the body's, and if case is free."""
    content = body.encode("utf-8", "surrogateescape")
    yield "plain", body, SECRET_RUN, True
    yield "reversed", body[::-1], SECRET_RUN, True
    yield "hex", content.hex(), 2 * SECRET_RUN, True
    yield "percent", "".join(f"%{byte:02x}" for byte in content), 3 * SECRET_RUN, True
    yield "quoted", quote(content), SECRET_RUN, True
    for shift in range(3):
        # The first and last characters also depend on what stands beside the key.
        yield "base64", base64.b64encode(bytes(shift) + content).decode()[4:-4], SECRET_RUN * 4 // 3, False


def _runs(text: str, width: int) -> set[str]:
    return {text[start : start + width] for start in range(len(text) - width + 1)}


def _secrets_in(environ: Mapping[str, str]) -> list[str]:
    return [value.strip() for value in environ.values() if value.strip().startswith("sk-or-v1-") and len(value) > 60]


@contextmanager
def _own_signal_handlers() -> Iterator[None]:
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
