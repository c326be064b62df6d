"""The text report: short when all is well, and a next step for everything that is not."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from textwrap import dedent
from typing import Any

import pytest

from openrouter_preflight.findings import Finding, KeyState, Outcome, Severity
from openrouter_preflight.reports import render
from support.report_samples import (
    CLEAN,
    CONTEXT,
    HEALTHY,
    HOSTILE,
    OUTAGE,
    PLAIN_KEY,
    SCAN,
    SIMULATED,
    TROUBLE,
    UNREACHABLE,
    finding,
    funded,
    hostile_outcome,
    leak,
)


def _text(outcome: Outcome, *, colour: bool = False, width: int = 80, verbose: bool = False) -> str:
    return render("text", outcome, replace(CONTEXT, colour=colour, width=width, verbose=verbose))


def test_a_healthy_key_takes_two_lines() -> None:
    assert _text(HEALTHY) == dedent("""\
        PASS: OPENROUTER_API_KEY can spend $12.34 of $50.00 (the key's own limit),
          resets 2026-12-01 (in 6 days).
        """)


def test_a_clean_scan_takes_one_line() -> None:
    assert _text(CLEAN) == "PASS: no leak found: 1,200 objects (3.5 MB, 14 commits) of the range.\n"


def test_several_healthy_keys_make_a_table() -> None:
    account = funded("STAGING", "3.5", binding_ceiling="account", resets_at=None, ceilings=())
    keys = (funded(), replace(account, expires_at=datetime(2027, 1, 1, tzinfo=UTC)), replace(PLAIN_KEY, name="NIGHTLY"))
    assert _text(replace(HEALTHY, keys=keys)) == dedent("""\
          KEY                 STATE  CAN SPEND  CEILING    RESETS      EXPIRES
        ✓ OPENROUTER_API_KEY  valid     $12.34  key limit  2026-12-01
        ✓ STAGING             valid      $3.50  account                2027-01-01
        ✓ NIGHTLY             valid    unknown
        PASS: 3 keys are healthy.
        """)


def test_a_table_that_does_not_fit_becomes_sentences() -> None:
    keys = (funded("A_VERY_LONG_NAME_OF_A_VARIABLE_FOR_A_KEY_OF_OPENROUTER"), funded("B"))
    assert "\n✓ B can spend $12.34 of $50.00 (the key's own limit), resets 2026-12-01 (in 6\n" in _text(
        replace(HEALTHY, keys=keys)
    )


def test_what_failed_is_said_with_a_next_step_and_the_verdict_comes_last() -> None:
    assert _text(TROUBLE) == dedent("""\
          KEY                 STATE      CAN SPEND  CEILING    RESETS
        ✗ OPENROUTER_API_KEY  exhausted      $0.00  key limit  2026-12-01
        ✗ STAGING             rejected
        ✗ Scanned 1,200 objects (3.5 MB, 14 commits) of the range.

        ✗ credit-exhausted (OPENROUTER_API_KEY)
          Nothing is left of the key's own limit of $50.00.
          → Raise the ceiling that the message names; topping up the account cures only
            an empty account.

        ✗ key-rejected (STAGING)
          OpenRouter answered 401 each time it was asked: it does not accept the key.
          → Create a new key at https://openrouter.ai/settings/keys and replace the
            secret with it.

        ✗ committed-key (fingerprint cdcdcdcdcdcd, 2 places)
          An OpenRouter key is found in what was scanned.
          - config/prod.env:3:20, commit 1a2b3c4d5e6f of 2026-11-20 on refs/heads/main
          - a/b.py:3:20 in old.zip as base64, commit 1a2b3c4d5e6f of 2026-11-20 on
            refs/heads/main, no longer in HEAD
          → Revoke the key first (https://openrouter.ai/settings/keys), then remove it,
            then store its successor as a secret of the CI or in an ignored .env file.

        ! free-tier (STAGING)
          The account of STAGING never bought credit.
          → Buy credit at https://openrouter.ai/settings/credits if the release uses
            paid models.

        1 note not shown: example-key
        FAIL: 2 keys are not ready and 1 leak found, with 1 warning (exit code 1).
        """)


@pytest.mark.parametrize(
    ("outcome", "last"),
    [
        (OUTAGE, "INCOMPLETE: NIGHTLY could not be decided (exit code 3)."),
        (
            Outcome(command="scan", scan=replace(SCAN, complete=False), findings=(finding("scan-incomplete"),)),
            "INCOMPLETE: the scan could not be decided (exit code 3).",
        ),
        (
            replace(OUTAGE, findings=(finding("service-unreachable", key="NIGHTLY", severity=Severity.WARNING),)),
            "PASS: 1 key was not checked, with 1 warning.",
        ),
        (
            replace(OUTAGE, keys=(UNREACHABLE, funded()), findings=(*OUTAGE.findings, finding("key-expired", key="K"))),
            "FAIL: K is not ready and NIGHTLY could not be decided (exit code 1).",
        ),
        (
            replace(TROUBLE, keys=(), findings=(leak("a"), leak("b", fingerprint="e" * 64))),
            "FAIL: 2 leaks found (exit code 1).",
        ),
        (Outcome(command="check"), "PASS: there was nothing to check."),
    ],
)
def test_the_last_line_says_the_verdict_in_words(outcome: Outcome, last: str) -> None:
    assert _text(outcome).splitlines()[-1] == last


def test_a_key_of_which_nothing_is_known_but_what_was_found_takes_no_line_of_its_own() -> None:
    assert _text(OUTAGE).startswith("✗ service-unreachable (NIGHTLY)\n")
    assert _text(OUTAGE, verbose=True).startswith("✗ NIGHTLY could not be checked.\n")


def test_a_skipped_key_is_not_called_healthy() -> None:
    skipped = replace(HEALTHY, keys=(replace(PLAIN_KEY, state=KeyState.SKIPPED),))
    assert _text(skipped).splitlines() == [
        "· OPENROUTER_API_KEY was not checked: the secret is not there, and that was",
        "  allowed.",
        "PASS: 1 key was not checked.",
    ]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            {"spendable_usd": None, "binding_ceiling": None, "resets_at": None},
            "is valid; what it can spend is unknown.",
        ),
        ({"kind": "management"}, "(the key's own limit) (a management key)"),
        ({"runway_days": 31.2}, "lasts 31 days at the expected rate."),
        ({"expires_at": datetime(2026, 11, 24, 5, 30, tzinfo=UTC)}, "expires 2026-11-24 05:30 (in 3 hours)"),
        ({"binding_ceiling": "a_new_scope", "ceilings": ()}, "$12.34 (the budget `a_new_scope`), resets 2026-12-01"),
        ({"resets_at": None, "ceilings": ()}, "never resets"),
    ],
)
def test_a_key_is_described_with_what_is_known(fields: dict[str, Any], said: str) -> None:
    assert said in " ".join(_text(replace(HEALTHY, keys=(funded(**fields),))).split())


def test_a_best_effort_figure_is_called_about() -> None:
    key = funded(binding_ceiling="account")
    unsure = replace(key.ceilings[0], name="account", certain=False, limit=None)
    assert "can spend about $12.34 (the account's balance)" in _text(
        replace(HEALTHY, keys=(replace(key, ceilings=(unsure,)),))
    )


def test_notes_are_counted_and_shown_when_asked_for() -> None:
    quiet, verbose = _text(TROUBLE), _text(TROUBLE, verbose=True)
    assert "README.md" not in quiet
    assert "· example-key\n  A published example key" in verbose
    assert "  - README.md:7\n" in verbose


def test_verbose_tells_which_key_it_is_and_every_ceiling() -> None:
    assert f"fingerprint {'ab' * 32}" in " ".join(_text(HEALTHY, verbose=True).split())


def test_only_the_first_places_of_a_leak_are_listed() -> None:
    outcome = replace(CLEAN, findings=tuple(leak(f"{number}.env") for number in range(37)))
    assert "  - 9.env:3:20" in _text(outcome)
    assert "10.env" not in _text(outcome)
    assert "  - and 27 more places; the JSON report (--report json=PATH) lists them all\n" in _text(outcome)
    assert "  - 36.env:3:20" in _text(outcome, verbose=True)


def test_only_the_first_findings_are_listed() -> None:
    outcome = replace(CLEAN, findings=tuple(leak("a.env", fingerprint=f"{number:064x}") for number in range(70)))
    assert "…and 20 more findings; the JSON report (--report json=PATH) lists them all.\n" in _text(outcome)


def test_help_keeps_its_lines_and_their_indentation() -> None:
    text = _text(replace(OUTAGE, findings=(finding("scan-incomplete", help="Add this:\nwith:\n  fetch-depth: 0"),)))
    assert "  → Add this:\n    with:\n      fetch-depth: 0\n" in text


def test_a_simulated_run_says_so_first() -> None:
    assert _text(SIMULATED).startswith("SIMULATED: the scenario spent-key-limit answered, not OpenRouter.\n")
    assert _text(replace(HEALTHY, simulated="healthy")).startswith("SIMULATED: ")


@pytest.mark.parametrize("width", [60, 80, 120])
def test_lines_fit_the_width_unless_one_word_does_not(width: int) -> None:
    for line in _text(SIMULATED, width=width, verbose=True).splitlines():
        assert len(line) <= width or len(line.split()) <= 2


@pytest.mark.parametrize("outcome", [HEALTHY, CLEAN, OUTAGE, SIMULATED])
def test_colour_changes_no_word(outcome: Outcome) -> None:
    coloured = _text(outcome, colour=True)
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[\d+m", "", coloured) == _text(outcome)
    assert all(line.count("\x1b[0m") <= line.count("\x1b[") / 2 for line in coloured.splitlines())


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("colour", [False, True])
def test_no_line_starts_a_command_of_a_ci(text: str, colour: bool) -> None:
    for line in _text(hostile_outcome(text), colour=colour, verbose=True).splitlines():
        assert not re.sub(r"\x1b\[\d+m", "", line).lstrip().startswith("::")
        assert not re.search(r"##\w*\[", line)


def test_money_and_ceilings_that_tie_name_the_one_that_binds() -> None:
    spent = funded(spendable="-0.4", state=KeyState.EXHAUSTED)
    exhausted: tuple[Finding, ...] = (finding("credit-exhausted", key=spent.name),)
    assert spent.spendable_usd == Decimal("-0.4")
    assert "has nothing left: -$0.40 of $50.00" in _text(
        Outcome(command="check", keys=(spent,), findings=exhausted), verbose=True
    )
