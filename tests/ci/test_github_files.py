"""Outputs and summaries are appended, and no value can become another output."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from openrouter_preflight.ci.github_files import append_outputs, append_summary, output_lines

if TYPE_CHECKING:
    from pathlib import Path


def _read_outputs(path: Path) -> dict[str, str]:
    """The outputs as GitHub's runner reads them: a name, a delimiter, lines up to the delimiter."""
    lines = iter(path.read_text(encoding="utf-8").split("\n"))
    outputs: dict[str, str] = {}
    for line in lines:
        if "<<" in line:
            name, delimiter = line.split("<<", 1)
            outputs[name] = "\n".join(iter(lambda: next(lines), delimiter))
        elif "=" in line:
            name, outputs[name] = line.split("=", 1)
    return outputs


@pytest.mark.parametrize(
    "value", ["pass", "", "a\nb", "x\nverdict=pass", "x\nEOF\nverdict<<EOF\npass\nEOF", "ü ✓", "\r"]
)
def test_a_value_is_read_back_and_adds_no_output(tmp_path: Path, value: str) -> None:
    path = tmp_path / "output"
    path.write_text("earlier=1\n", encoding="utf-8")
    append_outputs(path, {"findings": value, "exit-code": "3"})
    with path.open(encoding="utf-8", newline="") as file:
        assert value in file.read()
    if value != "\r":  # read_text makes a newline of it
        assert _read_outputs(path) == {"earlier": "1", "findings": value, "exit-code": "3"}


def test_delimiters_cannot_be_guessed() -> None:
    assert output_lines("a", "b") != output_lines("a", "b")


@pytest.mark.parametrize("name", ["", "a b", "a=b", "a\nb", "1a", "a<<b"])
def test_a_name_that_is_none_is_a_bug(name: str) -> None:
    with pytest.raises(ValueError, match="not a name"):
        output_lines(name, "x")


def test_summaries_are_added_to_what_others_wrote(tmp_path: Path) -> None:
    path = tmp_path / "summary"
    path.write_text("# Theirs", encoding="utf-8")
    append_summary(path, "## Ours\n")
    append_summary(path, "## Ours again ✓\n")
    assert path.read_text(encoding="utf-8") == "# Theirs\n## Ours\n\n## Ours again ✓\n"
