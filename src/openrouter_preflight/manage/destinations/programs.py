"""Programs that get a key on standard input, and nowhere else."""

from __future__ import annotations

import base64
import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from openrouter_preflight.keys.masking import mask_pieces

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from openrouter_preflight.keys import ApiKey

PATIENCE: Final = 60.0
"""Seconds that a program may take: less than a rotation's lease, so that no one else takes it for dead meanwhile."""
_RUN: Final = 6
"""So many characters of a key in a row are a part of it."""
_LONGEST: Final = 300
_MOST_OUTPUT: Final = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The end of a program."""

    code: int | None
    """None: it was not started, or was killed after its time."""
    output: bytes = b""
    said: str = ""
    """The last line of its standard error, where that shows nothing of the key."""
    was_started: bool = True


def find_program(name: str, environ: Mapping[str, str]) -> str | None:
    """The path of a program, as the user's own shell would find it."""
    return shutil.which(name, path=environ.get("PATH"))


def run_program(
    command: Sequence[str], environ: Mapping[str, str], *, key: ApiKey | None = None, patience: float = PATIENCE
) -> Ended:
    """Run a program with the key on standard input; kill its group after its time."""
    try:
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(environ),
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its command line is not one"
        return Ended(code=None, said=f"it could not be started: {reason}", was_started=False)
    given = key.reveal().encode() if key is not None else b""
    try:
        output, errors = process.communicate(given, timeout=patience)
    except subprocess.TimeoutExpired:
        _kill_group(process)
        return Ended(code=None, said=f"it did not end within {patience:g} seconds")
    except BaseException:
        _kill_group(process)
        raise
    return Ended(code=process.returncode, output=output[:_MOST_OUTPUT], said=_last_line(errors, key))


def without_secrets_of(environ: Mapping[str, str], *hidden: ApiKey | None) -> dict[str, str]:
    """The environment without every variable that holds one of these keys."""
    secrets = [key.reveal() for key in hidden if key is not None]
    return {name: value for name, value in environ.items() if not any(secret in value for secret in secrets)}


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (OSError, AttributeError):
        process.kill()
    process.communicate()


def _last_line(errors: bytes, key: ApiKey | None) -> str:
    lines = errors[-_MOST_OUTPUT:].decode("utf-8", "replace").split("\n")
    last = next((" ".join(line.split()) for line in reversed(lines) if line.strip()), "")
    if key is not None and shows_part_of(key, last):
        return "what it said holds parts of the key, and is not repeated here"
    return mask_pieces(last)[:_LONGEST]


def shows_part_of(key: ApiKey, text: str) -> bool:
    """Return True where a text shows a run of the key, in any simple encoding."""
    content = key.reveal()[-64:].encode()
    folded = text.lower()
    either_case = (content.decode().lower(), content.decode().lower()[::-1], content.hex())
    exact = (base64.b64encode(bytes(shift) + content).decode()[4:-4] for shift in range(3))
    return any(_holds_run(folded, each) for each in either_case) or any(_holds_run(text, each) for each in exact)


def _holds_run(text: str, secret: str) -> bool:
    return any(secret[start : start + _RUN] in text for start in range(len(secret) - _RUN + 1))
