"""The runway gate over real HTTP, on accounts whose day of failure is known."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from math import inf

import pytest

from openrouter_preflight.findings import ExitCode, Severity
from openrouter_preflight.settings.model import Gates, OnUnknownBalance, Policies
from openrouter_preflight.simulator.account_plan import AccountPlan, BudgetPlan, KeyPlan, SpendPattern
from openrouter_preflight.simulator.exchange import Answer, Quirks
from openrouter_preflight.simulator.faults import Fault
from support.gates import NOON, Checked, account, check_account

WEEK = Gates(min_runway=timedelta(days=7))
FOUR_A_DAY = SpendPattern(daily=Decimal(4))
WORKING_WEEK = SpendPattern(daily=Decimal(4), week=tuple(map(Decimal, (1, 1, 1, 1, 1, 0, 0))))


def days_of(checked: Checked) -> float:
    days = checked.key.runway_days
    assert days is not None
    return round(days, 3)


@pytest.mark.parametrize(
    ("balance", "days"),
    [("2", 0.5), ("28", 7), ("27", 6.75), ("400", 100)],
)
def test_an_account_lasts_as_long_as_its_balance_at_the_recent_rate(balance: str, days: float) -> None:
    checked = check_account(account(balance=balance, spend_pattern=FOUR_A_DAY), WEEK, managed=True)
    assert days_of(checked) == days
    assert checked.rules == (["runway-short"] if days < 7 else [])


def test_a_quiet_weekend_is_foreseen() -> None:
    """Two until midnight, four each on Thursday and Friday, nothing at the weekend, and the last one on Monday."""
    checked = check_account(account(balance="11", spend_pattern=WORKING_WEEK), WEEK, managed=True)
    assert days_of(checked) == 4.75


def test_a_spike_does_not_shorten_the_runway() -> None:
    spend_pattern = SpendPattern(daily=Decimal(4), extra={9: Decimal(200)})
    assert days_of(check_account(account(balance="40", spend_pattern=spend_pattern), WEEK, managed=True)) == 10


def test_the_message_names_ceiling_rate_day_and_cure() -> None:
    finding = check_account(account(balance="8", spend_pattern=FOUR_A_DAY), WEEK, managed=True).finding
    assert finding.message == (
        "inference runs out in 2 days (2026-11-27 12:00 UTC), sooner than the 7 days of --min-runway at $4.00 a day, "
        "by the account's last 30 days: the account's balance is $8.00."
    )
    assert finding.help == "Add credit at https://openrouter.ai/settings/credits."


def test_a_cap_that_never_resets_is_not_cured_by_topping_up() -> None:
    checked = check_account(account(limit=Decimal(130), spent=Decimal(118), balance="999"), WEEK)
    assert checked.rules == ["runway-short"]
    assert "it never resets" in checked.finding.message
    assert "topping up the account will not help" in checked.finding.help


def test_a_cap_that_resets_in_time_lasts() -> None:
    """A dollar is left of this month, and the next five months and a half have what they need."""
    plan = account(limit=Decimal(130), limit_reset="monthly", spend_pattern=FOUR_A_DAY)
    assert days_of(check_account(plan, WEEK, now=NOON)) == inf


def test_own_usage_gives_the_rate_without_a_management_key() -> None:
    plan = account(limit=Decimal(150), limit_reset=None, spend_pattern=FOUR_A_DAY)
    checked = check_account(plan, WEEK)
    assert checked.asked == ("GET /credits", "GET /key")
    assert days_of(checked) == pytest.approx((150 - 122) / 4, abs=0.1)


def test_the_expected_spend_stands_in_for_the_past() -> None:
    checked = check_account(
        account(balance="100", spend_pattern=FOUR_A_DAY),
        Gates(min_runway=timedelta(days=7), expected_spend=Decimal(20)),
        managed=True,
    )
    assert days_of(checked) == 5
    assert "at $20.00 a day, as --expected-spend says" in checked.finding.message
    assert "GET /activity" not in checked.asked


def test_spending_at_providers_counts_only_where_it_counts() -> None:
    spend_pattern = SpendPattern(daily=Decimal(4), byok_share=Decimal(1))
    capped = account(limit=Decimal(300), include_byok_in_limit=True, spend_pattern=spend_pattern)
    assert days_of(check_account(capped, WEEK, managed=True)) == pytest.approx((300 - 2 * 122) / 8, abs=0.01)
    uncapped = account(balance="40", spend_pattern=spend_pattern)
    assert days_of(check_account(uncapped, WEEK, managed=True)) == 10


def test_a_shared_budget_is_drained_by_all_and_a_limit_by_its_key_alone() -> None:
    plan = AccountPlan(
        keys={
            "inference": KeyPlan(limit=Decimal(200), spend_pattern=FOUR_A_DAY),
            "other": KeyPlan(spend_pattern=SpendPattern(daily=Decimal(12))),
        },
        budgets=(BudgetPlan(scope="workspace", limit=Decimal(568)),),
    )
    checked = check_account(plan, WEEK, managed=True)
    assert days_of(checked) == 5
    assert "the workspace's budget has $80.00 of $568.00 left" in checked.finding.message


def test_a_shared_budget_is_not_drained_by_what_others_spend_outside_it() -> None:
    plan = AccountPlan(
        keys={
            "inference": KeyPlan(spend_pattern=FOUR_A_DAY),
            "elsewhere": KeyPlan(spend_pattern=SpendPattern(daily=Decimal(40))),
        },
        budgets=(BudgetPlan(scope="workspace", limit=Decimal(162), keys=("inference",)),),
        balance=Decimal(9999),
    )
    assert days_of(check_account(plan, WEEK, managed=True)) == 10


def test_a_key_knows_from_its_budget_that_others_spend_too() -> None:
    """Without a management key: of the budget's 488 the key spent 122, so that 80 last five days and not twenty."""
    plan = AccountPlan(
        keys={
            "inference": KeyPlan(spend_pattern=FOUR_A_DAY),
            "other": KeyPlan(spend_pattern=SpendPattern(daily=Decimal(12))),
        },
        budgets=(BudgetPlan(scope="workspace", limit=Decimal(568)),),
    )
    assert days_of(check_account(plan, WEEK)) == pytest.approx(5, abs=0.2)


def test_keys_of_one_account_drain_it_together_and_it_is_counted_once() -> None:
    plan = account(
        balance="64", spend_pattern=FOUR_A_DAY, others={"batch": KeyPlan(spend_pattern=SpendPattern(daily=Decimal(12)))}
    )
    checked = check_account(plan, WEEK, names=("inference", "batch"), managed=True)
    assert [round(key.runway_days or 0, 2) for key in checked.outcome.keys] == [4, 4]
    assert checked.rules == ["runway-short", "runway-short"]


def test_keys_of_one_account_agree_on_how_long_it_lasts_also_where_one_is_told_what_to_spend() -> None:
    plan = account(
        balance="48", spend_pattern=FOUR_A_DAY, others={"batch": KeyPlan(spend_pattern=SpendPattern(daily=Decimal(12)))}
    )
    told = Gates(min_runway=timedelta(days=3), expected_spend=Decimal(2))
    checked = check_account(plan, WEEK, names=("inference", "batch"), each={"batch": told}, managed=True)
    assert [round(key.runway_days or 0, 1) for key in checked.outcome.keys] == [8, 8]


def test_without_a_management_key_the_checked_keys_of_an_account_are_added_up() -> None:
    plan = account(
        balance="64", spend_pattern=FOUR_A_DAY, others={"batch": KeyPlan(spend_pattern=SpendPattern(daily=Decimal(12)))}
    )
    open_credits = Quirks(credits_for_ordinary_keys="true")
    alone = check_account(plan, WEEK, quirks=open_credits)
    both = check_account(plan, WEEK, names=("inference", "batch"), quirks=open_credits)
    assert days_of(alone) == pytest.approx(16, abs=0.5)
    assert days_of(both) == pytest.approx(4, abs=0.2)


def test_one_key_under_two_names_spends_once() -> None:
    plan = account(balance="64", spend_pattern=FOUR_A_DAY)
    gates = Gates(min_runway=timedelta(days=7), expected_spend=Decimal(8))
    checked = check_account(plan, gates, names=("inference", "inference"), managed=True)
    assert [key.runway_days for key in checked.outcome.keys] == [8, 8]


@pytest.mark.parametrize(
    ("policy", "severity", "code"),
    [
        (OnUnknownBalance.FAIL, Severity.ERROR, ExitCode.INCOMPLETE),
        (OnUnknownBalance.WARN, Severity.WARNING, ExitCode.PASS),
    ],
)
def test_too_little_history_is_unknown_and_said(policy: OnUnknownBalance, severity: Severity, code: ExitCode) -> None:
    checked = check_account(
        account(limit=Decimal(50)), WEEK, managed=True, policies=Policies(on_unknown_balance=policy)
    )
    assert checked.rules == ["runway-unknown"]
    assert "too little history" in checked.finding.message
    assert checked.finding.help.startswith("Give the rate with --expected-spend")
    assert (checked.finding.severity, checked.outcome.exit_code) == (severity, code)


def test_what_is_spent_lasts_no_time_whatever_the_rate() -> None:
    checked = check_account(account(limit=Decimal(0)), WEEK)
    assert checked.rules == ["credit-exhausted"]
    assert checked.key.runway_days == 0


def test_a_runway_without_any_known_ceiling_is_unknown() -> None:
    checked = check_account(account(spend_pattern=FOUR_A_DAY), WEEK)
    assert checked.rules == ["runway-unknown"]
    assert checked.key.runway_days is None


@pytest.mark.parametrize(
    ("path", "what"), [("/activity", "the account's activity"), ("/credits", "the account's balance")]
)
def test_what_the_management_key_owes_leaves_a_long_runway_undecided(path: str, what: str) -> None:
    fault = Fault(answer=Answer(status=403, body={"error": {"code": 403, "message": "no"}}), path=path)
    checked = check_account(account(limit=Decimal(999), spend_pattern=FOUR_A_DAY), WEEK, managed=True, faults=(fault,))
    assert "runway-unknown" in checked.rules
    assert any(what in finding.message for finding in checked.outcome.findings)
    assert checked.outcome.exit_code is ExitCode.INCOMPLETE


def test_a_runway_that_is_short_all_the_same_fails() -> None:
    fault = Fault(answer=Answer(status=403, body={"error": {"code": 403, "message": "no"}}), path="/activity")
    checked = check_account(account(limit=Decimal(125), spend_pattern=FOUR_A_DAY), WEEK, managed=True, faults=(fault,))
    assert checked.outcome.exit_code is ExitCode.FAIL


def test_no_runway_is_reckoned_unasked() -> None:
    checked = check_account(account(spend_pattern=FOUR_A_DAY), Gates(), managed=True)
    assert checked.key.runway_days is None
    assert "GET /activity" not in checked.asked


def test_the_days_that_the_rate_is_made_of_are_reported() -> None:
    days = check_account(account(spend_pattern=FOUR_A_DAY), WEEK, managed=True).key.daily_spend_usd
    assert len(days) == 30
    assert days[-1] == (NOON.date() - timedelta(days=1), Decimal(4))
