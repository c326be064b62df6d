"""What others wrote becomes harmless and stays readable."""

from __future__ import annotations

import pytest

from openrouter_preflight.findings import RULES
from openrouter_preflight.reports.escape import clean, clean_outcome, fit_encoding
from support.report_samples import HOSTILE, SECRET, TROUBLE, hostile_outcome


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("config/prod.env", "config/prod.env"),
        ("naïve/日本語.env", "naïve/日本語.env"),
        ("\x1b[31m", "\\x1b[31m"),
        ("a\r\nb\tc", "a\\r\\nb\\tc"),
        ("\x9b31m", "\\x9b31m"),
        ("\u202etxt", "\\u202etxt"),
        ("a\u2028b", "a\\u2028b"),
        ("a\ufe0fb", "a\\ufe0fb"),
        ("a\U000e0101b", "a\\U000e0101b"),
        ("a\u00a0b", "a\\xa0b"),
        ("\udc80", "\\udc80"),
        (SECRET, "sk-or-v1-012...def"),
        (SECRET + SECRET, "sk-or-v1-012...defsk-or-v1-012...def"),
        (SECRET[:30] + "\u200b" + SECRET[30:], "sk-or-v1-012...def"),
        (SECRET[:5] + "\u2060" + SECRET[5:], "sk-or-v1-012...def"),
    ],
)
def test_hidden_characters_become_visible_and_keys_become_labels(text: str, shown: str) -> None:
    assert clean(text) == shown


@pytest.mark.parametrize("text", HOSTILE)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert clean_outcome(clean_outcome(hostile_outcome(text))) == clean_outcome(hostile_outcome(text))


def test_an_ordinary_outcome_is_left_as_it_is() -> None:
    assert clean_outcome(TROUBLE) == TROUBLE


def test_a_field_is_bounded() -> None:
    assert clean("x" * 5000) == "x" * 4095 + "…"
    assert clean("x" * 4096) == "x" * 4096


def test_only_help_may_have_several_lines() -> None:
    cleaned = clean_outcome(hostile_outcome("one\ntwo\x1b")).findings[0]
    assert (cleaned.message, cleaned.help) == ("one\\ntwo\\x1b", "one\ntwo\\x1b")


def test_the_catalogue_is_ours_and_needs_no_escape() -> None:
    said = [text for rule in RULES.values() for text in (rule.name, rule.what, rule.why, rule.fix)]
    assert [clean(text) for text in said] == said


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [("utf-8", "✓ naïve → 日"), ("cp1252", "+ naïve -> \\u65e5"), ("ascii", "+ na\\xefve -> \\u65e5")],
)
def test_what_an_encoding_cannot_carry_is_written_in_ascii(encoding: str, shown: str) -> None:
    assert fit_encoding("✓ naïve → 日", encoding) == shown
