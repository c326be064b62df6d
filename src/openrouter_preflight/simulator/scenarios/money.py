"""Scenarios about money: limits, budgets, credit, and unknown balances."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from openrouter_preflight.findings import ExitCode
from openrouter_preflight.simulator.account_plan import AccountPlan, BudgetPlan, KeyPlan
from openrouter_preflight.simulator.exchange import Quirks
from openrouter_preflight.simulator.scenario import Scenario

_CAPPED = KeyPlan(limit=Decimal(100), limit_reset="monthly", spent=Decimal("25.50"))
_HEALTHY_KEY = KeyPlan(limit=Decimal(100), spent=Decimal("25.50"))
"""Its limit never resets: on the first day of a month, no month's spending falls into minutes and looks like a loop."""
_UNCAPPED = KeyPlan(spent=Decimal("25.50"))
_SPENT_FOR_GOOD = KeyPlan(limit=Decimal(20), spent=Decimal(20))

HEALTHY = AccountPlan(keys={"inference": _HEALTHY_KEY})
UNCAPPED = AccountPlan(keys={"inference": _UNCAPPED})

_HEALTHY = Scenario(
    name="healthy",
    story="A key with $74.50 left of its limit of $100, which never resets.",
    exit_code=ExitCode.PASS,
    account=HEALTHY,
)

_SPENT_KEY_LIMIT = Scenario(
    name="spent-key-limit",
    story="The key's own limit of $20 is spent and never resets: /key shows 0 left, inference answers 402.",
    exit_code=ExitCode.FAIL,
    account=AccountPlan(keys={"inference": _SPENT_FOR_GOOD}),
)

_OUT_OF_CREDIT = Scenario(
    name="out-of-credit",
    story="The account's credit is used up: a key without a limit looks fine on /key, inference answers 402.",
    exit_code=ExitCode.FAIL,
    account=replace(UNCAPPED, balance=Decimal(0)),
    with_management_key=True,
)

_UNKNOWN_BALANCE = Scenario(
    name="unknown-balance",
    story="A key without any limit, and /credits is for management keys only: nobody can say what is left.",
    exit_code=ExitCode.INCOMPLETE,
    account=UNCAPPED,
    gates=("--min-balance", "5"),
)

_SPENT_BUDGET = AccountPlan(
    keys={"inference": KeyPlan(spent=Decimal(30), spent_within="monthly")},
    budgets=(BudgetPlan(scope="workspace", limit=Decimal(30), reset="monthly"),),
)

MONEY_SCENARIOS: tuple[Scenario, ...] = (
    _HEALTHY,
    Scenario(
        name="low-balance",
        story="A key with $1.37 left of its monthly limit.",
        exit_code=ExitCode.FAIL,
        account=AccountPlan(keys={"inference": replace(_CAPPED, limit=Decimal(50), spent=Decimal("48.63"))}),
        gates=("--min-balance", "5"),
    ),
    _SPENT_KEY_LIMIT,
    replace(
        _SPENT_KEY_LIMIT,
        name="spent-key-limit-403",
        story="The key's own limit of $20 is spent: inference answers 403 `Key limit exceeded`, as CI logs show it.",
        quirks=Quirks(limit_refusal_status=403),
    ),
    replace(
        _SPENT_KEY_LIMIT,
        name="spent-key-limit-at-key",
        story="The key's own limit is spent, and /key itself is refused with 402.",
        quirks=Quirks(key_refuses_too=True),
    ),
    replace(
        _SPENT_KEY_LIMIT,
        name="spent-key-limit-403-at-key",
        story="The key's own limit is spent, and /key itself is refused with 403 `Key limit exceeded`.",
        quirks=Quirks(limit_refusal_status=403, key_refuses_too=True),
    ),
    Scenario(
        name="spent-budget",
        story="The workspace's monthly budget of $30 is spent; the key has no limit of its own: 403 until it resets.",
        exit_code=ExitCode.FAIL,
        account=_SPENT_BUDGET,
    ),
    Scenario(
        name="spent-guardrail-budget",
        story="The daily budget of the key's guardrail is spent, though its own limit is not: 403 until UTC midnight.",
        exit_code=ExitCode.FAIL,
        account=AccountPlan(
            keys={"inference": replace(_CAPPED, spent=Decimal("5.20"), spent_within="daily")},
            budgets=(BudgetPlan(scope="api_key", limit=Decimal(5), reset="daily", keys=("inference",)),),
        ),
    ),
    Scenario(
        name="several-budgets",
        story="A member's, a workspace's and the key's own ceiling: a second key leaves $3.20 of the workspace's $50.",
        exit_code=ExitCode.FAIL,
        account=AccountPlan(
            keys={
                "inference": replace(_CAPPED, spent=Decimal("6.80"), spent_within="daily"),
                "batch": KeyPlan(name="Nightly batch", spent=Decimal(40), spent_within="daily"),
            },
            budgets=(
                BudgetPlan(scope="member", limit=Decimal(25), reset="daily", keys=("inference",)),
                BudgetPlan(scope="workspace", limit=Decimal(50), reset="monthly"),
            ),
        ),
        gates=("--min-balance", "5"),
    ),
    _OUT_OF_CREDIT,
    replace(
        _OUT_OF_CREDIT,
        name="out-of-credit-at-key",
        story="The account has used up its credit, and /key itself is refused with 402 `Insufficient credits`.",
        with_management_key=False,
        quirks=Quirks(key_refuses_too=True),
    ),
    replace(
        _OUT_OF_CREDIT,
        name="negative-balance",
        story="The account is $2.31 overdrawn, which stops :free models too.",
        account=replace(UNCAPPED, balance=Decimal("-2.31")),
    ),
    _UNKNOWN_BALANCE,
    replace(
        _UNKNOWN_BALANCE,
        name="credits-zeros",
        story="/credits tells a key without a limit 0 and 0 although the account has money: that is not a balance.",
        quirks=Quirks(credits_for_ordinary_keys="zeros"),
    ),
    replace(
        _UNKNOWN_BALANCE,
        name="credits-open",
        story="/credits tells a key without a limit the account's true balance of $250.",
        exit_code=ExitCode.PASS,
        quirks=Quirks(credits_for_ordinary_keys="true"),
    ),
    replace(
        _HEALTHY,
        name="credits-forbidden",
        story="A healthy key with a limit to which /credits answers 403: that is not a bad key.",
        gates=("--min-balance", "5"),
        quirks=Quirks(credits_refusal="Only management keys can fetch credits for an account"),
    ),
    Scenario(
        name="free-tier",
        story="The account never bought credit: only :free models answer, 50 requests a day.",
        exit_code=ExitCode.PASS,
        account=AccountPlan(keys={"inference": KeyPlan()}, never_paid=True),
    ),
)
