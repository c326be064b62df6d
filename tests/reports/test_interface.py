"""Every format, by name: none is forgotten, none lets others' text through, none is imported before it is asked for."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from openrouter_preflight.reports import FORMATS, render
from support.report_samples import (
    CLEAN,
    CONTEXT,
    EVERYTHING,
    HOSTILE,
    SCAN,
    SECRET_BODY,
    SIMULATED,
    hostile_outcome,
)

if TYPE_CHECKING:
    from openrouter_preflight.findings import Outcome

# Bidi overrides, zero-width characters, separators, C0 but newline, C1: nothing that a terminal or runner would obey.
_OBEYED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def test_the_formats_are_those_of_the_contract() -> None:
    assert FORMATS == ("text", "json", "github", "markdown", "html", "sarif", "junit", "gitlab")


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("outcome", EVERYTHING)
def test_every_format_renders_every_outcome_and_ends_its_last_line(name: str, outcome: Outcome) -> None:
    assert render(name, outcome, CONTEXT).endswith("\n")


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_says_that_a_run_was_simulated(name: str) -> None:
    assert "simulat" in render(name, SIMULATED, CONTEXT).lower()
    assert "spent-key-limit" in render(name, SIMULATED, CONTEXT)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_says_that_only_a_share_was_scanned(name: str) -> None:
    rendered = render(name, replace(CLEAN, scan=replace(SCAN, mode="history", shard=(2, 9))), CONTEXT)
    assert "share 2 of 9" in rendered or '"shard": "2/9"' in rendered


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("verbose", [False, True])
def test_no_format_passes_on_what_a_terminal_would_obey(name: str, text: str, verbose: bool) -> None:
    assert not _OBEYED.search(render(name, hostile_outcome(text), replace(CONTEXT, verbose=verbose)))


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("text", HOSTILE)
def test_no_format_shows_a_key_that_stands_in_a_name(name: str, text: str) -> None:
    rendered = render(name, hostile_outcome(text), replace(CONTEXT, verbose=True)).lower()
    runs = {SECRET_BODY[start : start + 8] for start in range(16)}
    assert not [run for run in runs if run in rendered]


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437", "latin-1"])
def test_every_format_fits_a_stream_that_is_not_utf_8(name: str, encoding: str) -> None:
    outcome = hostile_outcome("naïve/日本/✓.env")
    render(name, outcome, replace(CONTEXT, encoding=encoding, verbose=True)).encode(encoding)


def test_the_text_report_imports_no_other_format() -> None:
    program = (
        "import sys; from datetime import UTC, datetime\n"
        "from openrouter_preflight.findings import Outcome\n"
        "from openrouter_preflight.reports import ReportContext, render\n"
        "render('text', Outcome(command='check'), ReportContext(version='1', now=datetime.now(UTC)))\n"
        "print([name for name in ('json', 'xml', 'xml.etree', 'hashlib', 'httpx', 'yaml', 'ssl', 'tempfile', 'click')"
        " if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout.strip() == "[]"
