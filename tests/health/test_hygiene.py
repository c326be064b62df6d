"""Age, care and rotation of keys, by records that a management key reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from openrouter_preflight.findings import ExitCode, Severity
from openrouter_preflight.settings.model import Gates, OnUnreachable, Policies
from openrouter_preflight.simulator import Simulator
from openrouter_preflight.simulator.account_plan import AccountPlan, KeyPlan, SpendPattern
from openrouter_preflight.simulator.exchange import Answer
from openrouter_preflight.simulator.faults import Fault
from openrouter_preflight.simulator.scenarios import find_scenario
from support.gates import Checked, account, check_account

OLD_AGE = Gates(max_key_age=timedelta(days=90))
CARE = Gates(hygiene=True)
BUSY = SpendPattern(daily=Decimal(4))
USED: dict[str, Any] = {"limit": Decimal(400), "limit_reset": "monthly", "spend_pattern": BUSY}


@pytest.mark.parametrize(("age", "rules"), [(timedelta(days=90), []), (timedelta(days=90, minutes=1), ["key-too-old"])])
def test_a_key_may_be_as_old_as_asked_and_no_older(age: timedelta, rules: list[str]) -> None:
    assert check_account(account(age=age, **USED), OLD_AGE, managed=True).rules == rules


def test_an_old_key_is_named_with_its_birthday() -> None:
    finding = check_account(account(age=timedelta(days=120), **USED), OLD_AGE, managed=True).finding
    assert finding.message == (
        "inference ('CI key') is 120 days old (made on 2026-07-28 12:00 UTC), older than the 90 days of --max-key-age."
    )


@pytest.mark.parametrize(
    ("gates", "rule"),
    [
        (OLD_AGE, "key-age-unknown"),
        (CARE, "hygiene-unknown"),
        (Gates(rotated_from=("0" * 64,)), "rotation-unknown"),
    ],
)
def test_without_a_management_key_nothing_of_it_is_known(gates: Gates, rule: str) -> None:
    checked = check_account(account(**USED), gates)
    assert checked.rules == [rule]
    assert "only a management key is told, and none was given" in checked.finding.message
    expected = ExitCode.PASS if rule == "hygiene-unknown" else ExitCode.INCOMPLETE
    assert checked.outcome.exit_code is expected


@pytest.mark.parametrize(
    ("policy", "code"), [(OnUnreachable.FAIL, ExitCode.INCOMPLETE), (OnUnreachable.WARN, ExitCode.PASS)]
)
def test_an_outage_leaves_the_age_undecided(policy: OnUnreachable, code: ExitCode) -> None:
    with Simulator("healthy", seed=1) as simulator:
        path = f"/keys/{simulator.primary_key.fingerprint}"
    broken = Answer(status=503, body={"error": {"code": 503, "message": "overloaded"}})
    checked = check_account(
        account(**USED),
        OLD_AGE,
        managed=True,
        seed=1,
        faults=(Fault(answer=broken, path=path),),
        policies=Policies(on_unreachable=policy),
    )
    assert checked.rules == ["key-age-unknown"]
    assert checked.outcome.exit_code is code


@pytest.mark.parametrize(
    ("key", "rule", "words"),
    [
        ({"limit": Decimal(50), "age": timedelta(days=60)}, "key-unused", "was never used in the 60 days"),
        ({**USED, "name": " "}, "key-unnamed", "has no name"),
        ({"spend_pattern": BUSY}, "key-has-no-limit", "has no spending limit of its own"),
        ({**USED, "limit": Decimal(1300)}, "key-limit-loose", "a monthly limit of $1,300.00, 11 times what it spends"),
    ],
)
def test_what_looks_neglected_is_told_and_decides_nothing(key: dict[str, Any], rule: str, words: str) -> None:
    checked = check_account(account(**key), CARE, managed=True)
    assert checked.rules == [rule]
    assert words in checked.finding.message
    assert checked.finding.severity is not Severity.ERROR


@pytest.mark.parametrize("key", [USED, {"limit": Decimal(50), "age": timedelta(days=3)}])
def test_a_key_that_is_looked_after_is_nothing_to_report(key: dict[str, Any]) -> None:
    assert check_account(account(**key), CARE, managed=True).rules == []


def test_a_disabled_key_is_called_so_and_not_rejected() -> None:
    checked = check_account(account(disabled=True, **USED), CARE, managed=True)
    assert checked.rules[:1] == ["key-disabled"]
    assert "key-rejected" not in checked.rules


def test_the_record_of_a_single_key_is_read_to_be_shown() -> None:
    checked = check_account(account(**USED), Gates(), managed=True)
    fingerprint = checked.fingerprints["inference"]
    assert checked.asked == ("GET /credits", "GET /key", "GET /key", f"GET /keys/{fingerprint}")
    assert (checked.key.name_at_openrouter, checked.key.disabled) == ("CI key", False)
    assert checked.key.created_at is not None


def rotate(old: KeyPlan, *, new_age: int = 10, managed: bool = True) -> Checked:
    """The check of a key that replaced `old`, which is known by the fingerprint of a seeded run."""
    story = find_scenario("healthy")
    plan = AccountPlan(
        keys={"inference": KeyPlan(age=timedelta(days=new_age), **USED), "old": replace(old, age=timedelta(days=200))}
    )
    with Simulator(replace(story, account=plan), seed=1) as simulator:
        fingerprint = simulator.keys["old"].fingerprint
    return check_account(plan, Gates(rotated_from=(fingerprint,)), managed=managed, seed=1)


def test_a_rotation_at_an_unknown_time_is_not_decided() -> None:
    """The new key is unknown to the management key's account, so whether the old one was used since is, too."""
    plan = AccountPlan(keys={"inference": KeyPlan(**USED), "old": used(until_days_ago=5)})
    with Simulator(replace(find_scenario("healthy"), account=plan), seed=1) as simulator:
        fingerprint, path = simulator.keys["old"].fingerprint, f"/keys/{simulator.primary_key.fingerprint}"
    unknown = Fault(answer=Answer(status=404, body={"error": {"code": 404, "message": "not found"}}), path=path)
    checked = check_account(plan, Gates(rotated_from=(fingerprint,)), managed=True, seed=1, faults=(unknown,))
    assert checked.rules == ["rotation-unknown"]
    assert checked.outcome.exit_code is ExitCode.INCOMPLETE


def test_that_neither_key_is_known_says_nothing_of_the_old_one() -> None:
    unknown = Answer(status=404, body={"error": {"code": 404, "message": "not found"}})
    with Simulator("healthy", seed=1) as simulator:
        path = f"/keys/{simulator.primary_key.fingerprint}"
    gates = Gates(rotated_from=("0" * 64,))
    checked = check_account("healthy", gates, managed=True, seed=1, faults=(Fault(answer=unknown, path=path),))
    assert checked.rules == ["rotation-unknown"]


def used(*, until_days_ago: int) -> KeyPlan:
    return KeyPlan(name="old one", spend_pattern=SpendPattern(daily=Decimal(3), to_days_ago=until_days_ago))


@pytest.mark.parametrize(
    ("old", "rules"),
    [
        (used(until_days_ago=0), ["old-key-in-use"]),
        (used(until_days_ago=5), ["old-key-in-use"]),
        (used(until_days_ago=11), ["old-key-enabled"]),
        (KeyPlan(), ["old-key-enabled"]),
        (replace(used(until_days_ago=0), disabled=True), []),
        (replace(used(until_days_ago=1), expires_in=timedelta(hours=-1)), []),
        (KeyPlan(deleted=True), ["old-key-not-found"]),
    ],
)
def test_a_rotation_is_over_when_the_old_key_rests(old: KeyPlan, rules: list[str]) -> None:
    assert rotate(old).rules == rules


def test_an_old_key_still_in_use_is_named_with_its_last_use() -> None:
    finding = rotate(used(until_days_ago=0)).finding
    assert "'old one') is still used: last on 2026-11-25 12:00 UTC, after the new one was made" in finding.message
    assert "https://openrouter.ai/keys/" in finding.help


def test_an_old_key_that_spent_in_a_window_younger_than_its_successor_is_still_used() -> None:
    """Where its record does not say when it was used last."""
    with Simulator("healthy", seed=1) as simulator:
        new = simulator.primary_key.fingerprint
    record = {"hash": "0" * 64, "usage_daily": 0, "usage_weekly": 3, "usage_monthly": 3, "last_used_at": None}
    born = {"hash": new, "created_at": "2026-11-20T00:00:00Z"}
    faults = (
        Fault(answer=Answer(status=200, body={"data": record}), path="0" * 64),
        Fault(answer=Answer(status=200, body={"data": born}), path=new),
    )
    checked = check_account("healthy", Gates(rotated_from=("0" * 64,)), managed=True, seed=1, faults=faults)
    assert checked.rules == ["old-key-in-use"]
    assert "it spent $3.00 since 2026-11-23 00:00 UTC" in checked.finding.message


def test_a_record_that_does_not_tell_its_age_says_so() -> None:
    with Simulator("healthy", seed=1) as simulator:
        new = simulator.primary_key.fingerprint
    fault = Fault(answer=Answer(status=200, body={"data": {"hash": new, "name": " "}}), path=new)
    checked = check_account("healthy", OLD_AGE, managed=True, seed=1, faults=(fault,))
    assert checked.finding.message == ("inference: its age is not known: its record does not tell when it was made.")
    assert checked.outcome.exit_code is ExitCode.INCOMPLETE


def test_a_secret_that_still_holds_the_old_key_was_not_rotated() -> None:
    with Simulator("healthy", seed=1) as simulator:
        fingerprint = simulator.primary_key.fingerprint
    checked = check_account("healthy", Gates(rotated_from=(fingerprint,)), managed=True, seed=1)
    assert checked.rules == ["old-key-in-use"]
    assert "still holds the old key" in checked.finding.message


def test_a_key_that_its_account_does_not_list_has_no_age_here_and_keeps_its_balance() -> None:
    """Keys made by OAuth are not listed (API.md §6): that both keys name one account says more."""
    unknown = Fault(answer=Answer(status=404, body={"error": {"code": 404, "message": "API key not found"}}))
    with Simulator("healthy", seed=1) as simulator:
        path = f"/keys/{simulator.primary_key.fingerprint}"
    checked = check_account("healthy", OLD_AGE, managed=True, seed=1, faults=(replace(unknown, path=path),))
    assert checked.rules == ["key-age-unknown"]
    assert "the management key's account does not have this key" in checked.finding.message
    assert [ceiling.name for ceiling in checked.key.ceilings] == ["key_limit", "account"]
