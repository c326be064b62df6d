"""Scenarios about the key: revoked, expired, of the wrong kind, forbidden."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from openrouter_preflight.findings import ExitCode
from openrouter_preflight.simulator.account_plan import AccountPlan, KeyPlan
from openrouter_preflight.simulator.exchange import Quirks, refusal
from openrouter_preflight.simulator.faults import Fault
from openrouter_preflight.simulator.scenario import Scenario
from openrouter_preflight.simulator.scenarios.money import HEALTHY

_KEY = HEALTHY.keys["inference"]


def _beside_a_healthy_key(name: str, key: KeyPlan) -> AccountPlan:
    return replace(HEALTHY, keys={**HEALTHY.keys, name: key})


_EXPIRED = Scenario(
    name="expired",
    story="The key expired yesterday: 401 `User not found.`, which says nothing of the reason.",
    exit_code=ExitCode.FAIL,
    account=_beside_a_healthy_key("expired", replace(_KEY, expires_in=timedelta(days=-1))),
    primary="expired",
)

KEY_SCENARIOS: tuple[Scenario, ...] = (
    Scenario(
        name="management-key",
        story="A management key where a key for inference belongs: /key answers 200, inference 401.",
        exit_code=ExitCode.FAIL,
        account=HEALTHY,
        primary="management",
    ),
    Scenario(
        name="revoked",
        story="The key was deleted: 401 `User not found.` each time.",
        exit_code=ExitCode.FAIL,
        account=_beside_a_healthy_key("revoked", replace(_KEY, deleted=True)),
        primary="revoked",
    ),
    Scenario(
        name="disabled",
        story="The key was disabled by its owner: 401 each time.",
        exit_code=ExitCode.FAIL,
        account=_beside_a_healthy_key("disabled", replace(_KEY, disabled=True)),
        primary="disabled",
    ),
    _EXPIRED,
    replace(
        _EXPIRED,
        name="expired-cached",
        story="The key expired a minute ago, and /key still answers 200 with that date.",
        account=_beside_a_healthy_key("expired", replace(_KEY, expires_in=timedelta(minutes=-1))),
        quirks=Quirks(key_outlives_expiry=True),
    ),
    Scenario(
        name="expires-soon",
        story="The key expires in three days.",
        exit_code=ExitCode.FAIL,
        account=AccountPlan(keys={"inference": replace(_KEY, expires_in=timedelta(days=3))}),
        gates=("--expires-within", "7d"),
    ),
    Scenario(
        name="forbidden",
        story="The service knows the key and refuses it: 403 `permission_denied`.",
        exit_code=ExitCode.FAIL,
        account=HEALTHY,
        faults=(Fault(answer=refusal(403, "You do not have permission to perform this action.")),),
    ),
    Scenario(
        name="no-region",
        story="No data region is permitted to the key, so that no request can be routed.",
        exit_code=ExitCode.FAIL,
        account=replace(HEALTHY, regions=()),
    ),
    Scenario(
        name="old-api",
        story="A healthy key, described by /key with the few fields of older days.",
        exit_code=ExitCode.PASS,
        account=HEALTHY,
        quirks=Quirks(old_key_answer=True),
    ),
)
