"""Scenarios about managing keys: many keys, lists of hashes, failing writes.

A check of the primary key is the smaller half of each story; `audit`, `revoke`, `rotate` and `run` meet the rest.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from openrouter_preflight.findings import ExitCode
from openrouter_preflight.simulator.account_plan import AccountPlan, KeyPlan, SpendPattern
from openrouter_preflight.simulator.equipment import EquipmentPlan, GuardrailPlan, KeyListPlan
from openrouter_preflight.simulator.exchange import Quirks, refusal
from openrouter_preflight.simulator.faults import Fault
from openrouter_preflight.simulator.scenario import Scenario
from openrouter_preflight.simulator.scenarios.money import HEALTHY

_DAY = timedelta(days=1)
_KEY = HEALTHY.keys["inference"]
_SPENDING = SpendPattern(daily=Decimal(2))
_MANY = 230
_HANGS = 3600.0
_BAD_GATEWAY = refusal(502, "Bad gateway")

_NEGLECTED = {
    "inference": KeyPlan(name="Production", limit=Decimal(100), limit_reset="monthly", spend_pattern=_SPENDING),
    "old": KeyPlan(name="Batch", age=400 * _DAY, spend_pattern=_SPENDING, workspace="research"),
    "idle": KeyPlan(name="Demo", age=200 * _DAY, limit=Decimal(5), workspace="research", has_creator=False),
    "twin": KeyPlan(name="Demo", age=3 * _DAY, limit=Decimal(5), workspace="research", expires_in=5 * _DAY),
    "leftover": KeyPlan(name="Hackathon", age=90 * _DAY, disabled=True, workspace="events"),
    "expired": KeyPlan(name="Contractor", age=90 * _DAY, expires_in=-9 * _DAY, workspace="events"),
}
"""A handful of keys in three workspaces, with one of each thing that an audit looks for."""

_EQUIPPED = AccountPlan(
    keys={"inference": replace(_KEY, name="Production"), "batch": KeyPlan(name="Batch", spent=Decimal(3))},
    equipment=EquipmentPlan(
        guardrails=(
            GuardrailPlan(name="Deploys", keys=("inference",), limit=Decimal(300), reset="monthly"),
            GuardrailPlan(name="Everyone", is_default=True),
        ),
        byok=(KeyListPlan(name="Our Anthropic", kind="anthropic", keys=("inference", "batch")),),
        destinations=(KeyListPlan(name="Collector", kind="webhook", keys=("inference",)),),
    ),
)

_CREATES_AND_FAILS = Scenario(
    name="create-then-502",
    story="The first POST /keys creates a key and is answered 502, so that nobody is told of it.",
    exit_code=ExitCode.PASS,
    account=HEALTHY,
    faults=(Fault(method="POST", path="/keys", takes_effect=True, answer=_BAD_GATEWAY, first=1),),
    with_management_key=True,
)

MANAGEMENT_SCENARIOS: tuple[Scenario, ...] = (
    Scenario(
        name="neglected-keys",
        story="Three workspaces with keys that are old, idle, unlimited, disabled, expired or of one name.",
        exit_code=ExitCode.PASS,
        account=AccountPlan(keys=_NEGLECTED, workspaces=("Research", "Events")),
        with_management_key=True,
    ),
    Scenario(
        name="many-keys",
        story=f"{_MANY} keys in two workspaces: their lists have more than one page.",
        exit_code=ExitCode.PASS,
        account=AccountPlan(
            keys={
                "inference": _KEY,
                **{
                    f"key{number}": KeyPlan(
                        name=f"Key {number}",
                        limit=Decimal(10),
                        age=number * _DAY / 2,
                        workspace="research" if number % 3 == 0 else "default",
                    )
                    for number in range(1, _MANY)
                },
            }
        ),
        with_management_key=True,
    ),
    Scenario(
        name="equipped-key",
        story="The key has a guardrail, and a provider's credential and a broadcast destination name it.",
        exit_code=ExitCode.PASS,
        account=_EQUIPPED,
        with_management_key=True,
    ),
    Scenario(
        name="oauth-key",
        story="The key was made by OAuth: it works, and the management API does not know it.",
        exit_code=ExitCode.PASS,
        account=replace(HEALTHY, keys={**HEALTHY.keys, "oauth": replace(_KEY, oauth=True)}),
        primary="oauth",
        with_management_key=True,
    ),
    _CREATES_AND_FAILS,
    replace(
        _CREATES_AND_FAILS,
        name="create-then-hang",
        story="The first POST /keys creates a key and is never answered.",
        faults=(Fault(method="POST", path="/keys", takes_effect=True, delay=_HANGS, first=1),),
    ),
    Scenario(
        name="lagging-usage",
        story="What a key did shows ten minutes late, in its record and in analytics.",
        exit_code=ExitCode.PASS,
        account=HEALTHY,
        quirks=Quirks(usage_lag=timedelta(minutes=10)),
        with_management_key=True,
    ),
    Scenario(
        name="analytics-warning",
        story="Every answer of analytics comes with a warning, so that its zero proves nothing.",
        exit_code=ExitCode.PASS,
        account=HEALTHY,
        quirks=Quirks(analytics_warning="Some data sources were unavailable; results may be incomplete."),
        with_management_key=True,
    ),
    Scenario(
        name="address-refused",
        story="403 for every key of the account: this machine's address is not on its allowlist.",
        exit_code=ExitCode.INCOMPLETE,
        account=HEALTHY,
        quirks=Quirks(refuses_address=True),
        with_management_key=True,
    ),
    Scenario(
        name="key-lifetime-policy",
        story="403 for a key that never expires: the account lets keys live for 90 days.",
        exit_code=ExitCode.FAIL,
        account=replace(HEALTHY, max_lifetime=90 * _DAY),
    ),
)
