"""What messages may quote, and which word was meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openrouter_preflight.settings.redact import did_you_mean, find_key, holds_key, is_private, near_word, shown

HEX = st.text("0123456789abcdef", min_size=64, max_size=64)


@given(body=HEX, before=st.text(max_size=20), after=st.text(max_size=20))
def test_a_key_is_found_wherever_it_stands_and_never_shown(body: str, before: str, after: str) -> None:
    text = f"{before}sk-or-v1-{body}{after}"

    assert holds_key(text)
    assert body[:8] not in shown(text)


@given(body=HEX)
def test_a_key_that_lost_its_start_is_not_shown(body: str) -> None:
    assert is_private(body)
    assert body[:8] not in shown(body)


@pytest.mark.parametrize(
    "text",
    [
        "sk-or-v1-" + "aB3" * 5,
        "SK-OR-V1-" + "A1" * 10,
        "x sk-ant-api03-" + "aB3dE" * 6,
        "env: ghp_" + "aB3dE6" * 6,
        "AKIA" + "Q7RS" * 4,
    ],
)
def test_keys_of_any_vendor_are_keys(text: str) -> None:
    assert holds_key(text)


def test_the_password_of_a_url_is_not_shown() -> None:
    assert "hunter" not in shown("https://ada:hunter@openrouter.ai/api/v1")
    assert not is_private("https://openrouter.ai:443/api/v1")


@pytest.mark.parametrize(
    "text",
    [
        "OPENROUTER_API_KEY",
        "sk-or-v1-YOUR-KEY",
        "the label sk-or-v1-0e6...c96",
        "npm_and_yarn_2024/fixtures/**",
        "hf_models_v2_directory",
        "anthropic/claude-sonnet-4.5",
        "a1" * 32,
        "",
    ],
)
def test_labels_placeholders_and_names_are_no_keys(text: str) -> None:
    assert not holds_key(text)


def test_a_key_is_found_at_its_first_character() -> None:
    assert find_key("# old: sk-or-v1-" + "a1" * 32) == 7
    assert find_key("# old: ghp_" + "aB3dE6" * 6) == 7
    assert find_key("# none") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("5,00", "`5,00`"),
        ("", "nothing"),
        (" \n", "white space"),
        ("a\nb\x1b[31m", "`a\\nb\\x1b[31m`"),
        ("x" * 15 + " " + "y" * 60, "`" + "x" * 15 + " " + "y" * 43 + "…`"),
        ("sk-12", "a value that looks like a secret (not shown)"),
        ("0123456789abcdef", "a value that looks like a secret (not shown)"),
        ("correctHorseBatteryStaple", "a value that looks like a secret (not shown)"),
        ("https://openrouter.ai/api/v1", "`https://openrouter.ai/api/v1`"),
        ("risk-free", "`risk-free`"),
    ],
)
def test_what_is_shown_fits_one_line_and_is_no_secret(text: str, said: str) -> None:
    assert shown(text) == said


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("min-balence", "min-balance"),
        ("min_balance", "min-balance"),
        ("MIN BALANCE", "min-balance"),
        ("colour", None),
        ("min-balance" * 10, None),
    ],
)
def test_the_near_word_is_suggested(word: str, near: str | None) -> None:
    assert near_word(word, ["min-balance", "min-runway"]) == near


def test_without_a_near_word_nothing_is_suggested() -> None:
    assert did_you_mean("skp", ["fail", "skip"]) == "did you mean `skip`?"
    assert did_you_mean("zzz", ["fail", "skip"]) == ""
