"""Scenarios about a release: runway, models, age and rotation."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from openrouter_preflight.findings import ExitCode
from openrouter_preflight.simulator.account_plan import AccountPlan, BudgetPlan, KeyPlan, SpendPattern
from openrouter_preflight.simulator.scenario import Scenario
from openrouter_preflight.simulator.scenarios.money import HEALTHY

_ONE = Decimal(1)
_QUIET_WEEKENDS = (_ONE, _ONE, _ONE, _ONE, _ONE, Decimal("0.25"), Decimal("0.25"))
_WORKING_WEEK = SpendPattern(daily=Decimal(4), week=_QUIET_WEEKENDS)
_BUSY = KeyPlan(name="Production", spend_pattern=_WORKING_WEEK)
_EXPIRING = "openai/gpt-4.1-mini"


_ACTIVITY = Scenario(
    name="activity",
    story="Thirty days at $4 a working day and $1 a weekend day, and $60 of credit: about 19 days.",
    exit_code=ExitCode.PASS,
    account=AccountPlan(keys={"inference": _BUSY}, balance=Decimal(60)),
    gates=("--min-runway", "7d"),
    with_management_key=True,
)

RELEASE_SCENARIOS: tuple[Scenario, ...] = (
    _ACTIVITY,
    replace(
        _ACTIVITY,
        name="short-runway",
        story="Thirty days at $4 a working day and $1 a weekend day, and $8 of credit: two to four days.",
        exit_code=ExitCode.FAIL,
        account=AccountPlan(keys={"inference": _BUSY}, balance=Decimal(8)),
    ),
    replace(
        _ACTIVITY,
        name="spike",
        story="The same weeks with $100 more on one day, nine days ago, and $36 of credit: about 11 days.",
        account=AccountPlan(
            keys={"inference": replace(_BUSY, spend_pattern=replace(_WORKING_WEEK, extra={9: Decimal(100)}))},
            balance=Decimal(36),
        ),
    ),
    replace(
        _ACTIVITY,
        name="several-keys",
        story="Three keys of one account spend $12 a working day together, and $36 of credit lasts less than a week.",
        exit_code=ExitCode.FAIL,
        account=AccountPlan(
            keys={
                "inference": replace(_BUSY, limit=Decimal(200), limit_reset="monthly"),
                "staging": replace(_BUSY, name="Staging", spend_pattern=replace(_WORKING_WEEK, daily=Decimal(1))),
                "batch": replace(_BUSY, name="Nightly batch", spend_pattern=replace(_WORKING_WEEK, daily=Decimal(7))),
            },
            balance=Decimal(36),
        ),
    ),
    Scenario(
        name="budget-resets-tomorrow",
        story="$0.40 is left of the workspace's daily $10, and the full budget is back at the next UTC midnight.",
        exit_code=ExitCode.FAIL,
        account=AccountPlan(
            keys={"inference": KeyPlan(spent=Decimal("9.60"), spent_within="daily")},
            budgets=(BudgetPlan(scope="workspace", limit=Decimal(10), reset="daily"),),
        ),
        gates=("--min-balance", "1"),
    ),
    Scenario(
        name="retired-model",
        story="A model that the release names has left the catalogue: inference answers 404.",
        exit_code=ExitCode.FAIL,
        account=HEALTHY,
        gates=("--require-model", "openai/gpt-4-32k"),
    ),
    Scenario(
        name="private-model",
        story="A model that the release names is in the public list and kept from this key by its privacy settings.",
        exit_code=ExitCode.FAIL,
        account=HEALTHY,
        gates=("--require-model", "mistralai/mistral-small-3.2-24b-instruct"),
    ),
    Scenario(
        name="expiring-model",
        story=f"{_EXPIRING} is still there and will be removed in five days.",
        exit_code=ExitCode.PASS,
        account=HEALTHY,
        gates=("--require-model", _EXPIRING),
        lifetimes={_EXPIRING: timedelta(days=5)},
    ),
    Scenario(
        name="unused-key",
        story="The key was made 60 days ago and never used.",
        exit_code=ExitCode.PASS,
        account=AccountPlan(keys={"inference": KeyPlan(limit=Decimal(50), age=timedelta(days=60))}),
        gates=("--hygiene",),
        with_management_key=True,
    ),
    Scenario(
        name="old-key",
        story="The key is 120 days old.",
        exit_code=ExitCode.FAIL,
        account=AccountPlan(keys={"inference": replace(HEALTHY.keys["inference"], age=timedelta(days=120))}),
        gates=("--max-key-age", "90d"),
        with_management_key=True,
    ),
    Scenario(
        name="rotated",
        story="The key was rotated ten days ago, and the old one is still spending.",
        exit_code=ExitCode.FAIL,
        account=AccountPlan(
            keys={
                "inference": replace(
                    _BUSY, age=timedelta(days=10), spend_pattern=replace(_WORKING_WEEK, from_days_ago=10)
                ),
                "old": replace(_BUSY, name="Production (old)", age=timedelta(days=200)),
            }
        ),
        gates=("--rotated-from", "{old}"),
        with_management_key=True,
    ),
    Scenario(
        name="rotated-cleanly",
        story="The key was rotated ten days ago, and the old one has not been used since.",
        exit_code=ExitCode.PASS,
        account=AccountPlan(
            keys={
                "inference": replace(
                    _BUSY, age=timedelta(days=10), spend_pattern=replace(_WORKING_WEEK, from_days_ago=10)
                ),
                "old": replace(
                    _BUSY,
                    name="Production (old)",
                    age=timedelta(days=200),
                    spend_pattern=replace(_WORKING_WEEK, to_days_ago=11),
                ),
            }
        ),
        gates=("--rotated-from", "{old}"),
        with_management_key=True,
    ),
)
