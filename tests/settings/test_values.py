"""The kinds of value that are words."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from openrouter_preflight.settings.model import OnMissing
from openrouter_preflight.settings.values import value_type as values
from openrouter_preflight.settings.values.report_target import REPORT
from openrouter_preflight.settings.values.value_type import BadValueError, ValueType

ON_MISSING = values.member(OnMissing)
KEY = "sk-or-v1-" + "0a1b" * 16


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (ON_MISSING, "skip", OnMissing.SKIP),
        (values.VARIABLE, "OPENROUTER_API_KEY", "OPENROUTER_API_KEY"),
        (values.FINGERPRINT, "0a" * 32, "0a" * 32),
        (values.DATE, "2028-02-29", date(2028, 2, 29)),
        (values.MODEL, "openrouter/auto", "openrouter/auto"),
        (values.MODEL, "~anthropic/claude-latest", "~anthropic/claude-latest"),
        (values.MODEL, "@preset/my-preset", "@preset/my-preset"),
        (values.MODEL, "deepseek/deepseek-r1:free", "deepseek/deepseek-r1:free"),
        (values.LINE, "  two\n words ", "two words"),
        (values.BOOLEAN, "Yes", True),
        (values.BOOLEAN, "0", False),
        (values.FILE, "a b/c,d", Path("a b/c,d")),
        (values.RANGE, "origin/main..HEAD", "origin/main..HEAD"),
        (values.REVISION, "HEAD~3", "HEAD~3"),
        (values.GLOB, "tests/**/*.env", "tests/**/*.env"),
        (values.KEY_NAME, "production (EU)", "production (EU)"),
        (REPORT, "sarif=out/a=b.sarif", ("sarif", Path("out/a=b.sarif"))),
    ],
)
def test_a_good_value_is_typed(kind: ValueType, text: str, value: object) -> None:
    assert kind.parse(text) == value


@pytest.mark.parametrize(
    ("kind", "text", "advice"),
    [
        (ON_MISSING, "skp", "expected `fail` or `skip`, not `skp`; did you mean `skip`?"),
        (ON_MISSING, "off", "expected `fail` or `skip`, not `off`"),
        (values.VARIABLE, "$OPENROUTER_API_KEY", "write OPENROUTER_API_KEY"),
        (values.VARIABLE, "${KEY}", "write KEY"),
        (values.VARIABLE, "my-key", "expected the name of an environment variable, not `my-key`"),
        (values.VARIABLE, "", "not nothing"),
        (values.VARIABLE, "1KEY", "not `1KEY`"),
        (values.FINGERPRINT, "0A" * 32, "write it in lower case"),
        (values.FINGERPRINT, "0a" * 31, "64 lower-case hex digits"),
        (values.DATE, "2026-02-29", "there is no such day"),
        (values.DATE, "31.12.2026", "expected a date such as 2026-12-31"),
        (values.DATE, "2026-12-31T00:00", "expected a date"),
        (values.MODEL, "gpt-5", "expected a model's identifier"),
        (values.LINE, " \t", "not blank"),
        (values.LINE, "\x1b[31m", "expected a text"),
        (values.BOOLEAN, "maybe", "expected `true` or `false`"),
        (values.FILE, "", "expected the path of a file"),
        (values.RANGE, "--output=x..y", "expected a range of revisions"),
        (values.RANGE, "HEAD", "expected a range of revisions"),
        (values.REVISION, "--upload-pack=x", "expected a revision"),
        (values.GLOB, "/etc/*", "relative to the repository's root"),
        (values.GLOB, "a/../../b", "relative to the repository's root"),
        (values.GLOB, "a\\b", "write / between folders"),
        (values.KEY_NAME, " a", "expected a name"),
        (values.KEY_NAME, "a" * 81, "at most 80 characters"),
        (values.KEY_NAME, "prod " + "0e6f" * 8, "keep it in an environment variable"),
        (REPORT, "json", "the `=` is missing"),
        (REPORT, "jsn=x", "did you mean `json`?"),
        (REPORT, "pdf=x", "the formats are `text`, `json`"),
        (REPORT, "json=", "the path is missing"),
        (REPORT, "json=-", "standard output gets what --format says"),
    ],
)
def test_a_bad_value_says_what_was_expected(kind: ValueType, text: str, advice: str) -> None:
    with pytest.raises(BadValueError, match=re.escape(advice)):
        kind.parse(text)


@pytest.mark.parametrize("kind", [values.VARIABLE, values.FILE, values.FINGERPRINT, ON_MISSING, values.DATE, REPORT])
def test_a_key_in_the_wrong_place_is_refused_without_showing_it(kind: ValueType) -> None:
    with pytest.raises(BadValueError) as refusal:
        kind.parse(f"json={KEY}" if kind is REPORT else KEY)

    assert "0a1b0a1b" not in str(refusal.value)
    assert refusal.value.__cause__ is None


def test_a_keys_body_is_no_variable_name() -> None:
    with pytest.raises(BadValueError, match="keep it in an environment variable"):
        values.VARIABLE.parse("a1b2" * 16)
