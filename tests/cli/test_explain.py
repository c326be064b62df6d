"""`explain`: every rule of the catalogue, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from openrouter_preflight.findings import RULES
from openrouter_preflight.health.statuses import STATUSES

if TYPE_CHECKING:
    from support.command_line import CommandLine


def test_it_lists_every_rule_on_a_line_of_its_own(preflight: CommandLine) -> None:
    run = preflight("explain")
    assert [line.split()[0] for line in run.out.splitlines()] == list(RULES)


@pytest.mark.parametrize("name", RULES)
def test_it_says_of_a_rule_what_why_and_how_to_mend_it(name: str, preflight: CommandLine) -> None:
    run = preflight("explain", name)
    said = " ".join(run.out.split())
    assert run.code == 0
    for text in (RULES[name].what, RULES[name].why, RULES[name].fix):
        assert " ".join(text.split()) in said
    assert max(len(line) for line in run.out.splitlines() if "https://" not in line) <= 80  # an address is not broken


@pytest.mark.parametrize(
    ("name", "exit_code"),
    [("key-rejected", "exit code 1"), ("service-unreachable", "exit code 3"), ("free-tier", "does not change")],
)
def test_it_says_what_a_rule_does_to_the_verdict(name: str, exit_code: str, preflight: CommandLine) -> None:
    assert exit_code in preflight("explain", name).out


@pytest.mark.parametrize(("name", "near"), [("key-rejectd", "key-rejected"), ("balance_low", "balance-low")])
def test_it_suggests_the_near_word(name: str, near: str, preflight: CommandLine) -> None:
    run = preflight("explain", name)
    assert (run.code, run.out) == (2, "")
    assert f"did you mean {near}?" in run.err


@pytest.mark.parametrize(
    ("word", "rules"),
    [
        ("401", ("key-rejected", "service-unreachable", "gateway-refused")),
        ("402", ("credit-exhausted", "probe-undecided")),
        ("403", ("key-forbidden", "address-not-allowed", "key-region-blocked")),
        ("404", ("base-url-wrong", "model-unavailable")),
        ("408", ("service-unreachable",)),
        ("429", ("service-rate-limited", "free-requests-exhausted")),
        ("5xx", ("service-unreachable",)),
        ("503", ("service-unreachable",)),
        ("HTTP 599", ("service-unreachable",)),
    ],
)
def test_a_status_is_explained_and_points_at_rules(word: str, rules: tuple[str, ...], preflight: CommandLine) -> None:
    run = preflight("explain", word)
    assert run.code == 0
    assert all(rule in run.out for rule in rules)
    assert "Next: " in run.out
    assert max(map(len, run.out.splitlines())) <= 80


@pytest.mark.parametrize("word", ["200", "4xx", "999", "5x", "40"])
def test_a_status_that_nobody_explains_is_no_rule_either(word: str, preflight: CommandLine) -> None:
    assert preflight("explain", word).code == 2


def test_a_status_points_only_at_rules_that_there_are() -> None:
    named = {rule for status in STATUSES for meaning in status.meanings for rule in meaning.rules}
    assert named <= RULES.keys()
