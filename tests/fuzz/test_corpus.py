"""Every input that fuzzing started from or tripped over, replayed without the fuzzer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fuzz.targets import CORPUS, TARGETS, filled

if TYPE_CHECKING:
    from pathlib import Path

INPUTS = sorted(path for target in TARGETS for path in (CORPUS / target).iterdir())


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_a_known_input_keeps_every_promise(path: Path) -> None:
    TARGETS[path.parent.name](filled(path.read_bytes()))


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("content", [b"", b"\0", b"\xff" * 100, b"\n" * 100], ids=["nothing", "NUL", "high", "lines"])
def test_next_to_nothing_keeps_every_promise(target: str, content: bytes) -> None:
    TARGETS[target](content)
