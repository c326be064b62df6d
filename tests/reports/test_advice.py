"""Next steps know the place: a laptop and each CI get the remedy in their own words and menus."""

from __future__ import annotations

from typing import Any

import pytest

from openrouter_preflight.ci import Ci
from openrouter_preflight.errors import ALL_OBJECTS, SET_KEY, WHOLE_HISTORY
from openrouter_preflight.findings import Outcome, Severity
from openrouter_preflight.reports.advice import at_place
from support.report_samples import finding

_KEY = "DEPLOY_KEY"
_MENUS = {
    Ci.GITHUB: "Settings → Secrets and variables → Actions",
    Ci.GITLAB: "Settings → CI/CD → Variables",
    Ci.CIRCLECI: "Project Settings → Environment Variables",
    Ci.JENKINS: "Manage Jenkins → Credentials",
    Ci.AZURE: "Pipelines → Edit → Variables",
    Ci.BITBUCKET: "Repository settings → Pipelines → Repository variables",
}


def _help(rule: str, ci: Ci, **fields: Any) -> str:
    outcome = Outcome(command="check", findings=(finding(rule, key=_KEY, **fields),))
    return at_place(outcome, ci).findings[0].help


@pytest.mark.parametrize("ci", Ci)
def test_a_missing_key_is_to_be_stored_where_the_place_keeps_secrets(ci: Ci) -> None:
    said = _help("key-missing", ci)
    assert _MENUS.get(ci, "") in said
    assert _KEY in said
    assert ("--env-file" in said) == (ci is Ci.NONE)


@pytest.mark.parametrize(
    ("ci", "command"),
    [
        (Ci.NONE, "`git fetch --unshallow`"),
        (Ci.GITHUB, "\n    with:\n      fetch-depth: 0"),
        (Ci.GITLAB, '`GIT_DEPTH: "0"`'),
        (Ci.CIRCLECI, "`git fetch --unshallow`"),
        (Ci.JENKINS, "`cloneOption(shallow: false)`"),
        (Ci.AZURE, "`fetchDepth: 0`"),
        (Ci.BITBUCKET, "`clone: {depth: full}`"),
        (Ci.GENERIC, "`git fetch --unshallow`"),
    ],
)
def test_a_shallow_clone_is_made_whole_by_the_settings_of_the_place(ci: Ci, command: str) -> None:
    assert command in _help("scan-incomplete", ci, help=WHOLE_HISTORY)


@pytest.mark.parametrize("ci", Ci)
def test_a_partial_clone_has_a_remedy_everywhere(ci: Ci) -> None:
    said = _help("scan-incomplete", ci, help=ALL_OBJECTS)
    assert said.startswith("Fetch what a partial clone left out")
    assert ("method: full" in said) == (ci is Ci.CIRCLECI)


@pytest.mark.parametrize("rule", ["key-rejected", "key-expired", "key-whitespace", "committed-key"])
@pytest.mark.parametrize("ci", Ci)
def test_a_secret_that_is_to_be_replaced_is_found_in_the_menu(rule: str, ci: Ci) -> None:
    said = _help(rule, ci)
    menu = _MENUS.get(ci)
    assert (menu in said) if menu is not None else (said == finding(rule).help)


def test_a_note_needs_no_menu() -> None:
    assert "Settings" not in _help("key-rejected", Ci.GITLAB, severity=Severity.NOTE)


def test_the_general_words_are_those_of_the_rule() -> None:
    assert finding("key-missing").help == SET_KEY
