"""`schema` prints what the published schema says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from support.command_line import CommandLine

PUBLISHED = Path(__file__).parents[2] / "docs" / "config.schema.json"


def test_it_prints_the_published_schema(preflight: CommandLine) -> None:
    assert preflight("schema").out == PUBLISHED.read_text(encoding="utf-8")
