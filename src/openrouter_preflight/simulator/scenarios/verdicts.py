"""Scenarios that mislead at a first glance, such as an outage's 401."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from openrouter_preflight.findings import ExitCode
from openrouter_preflight.simulator.account_plan import AccountPlan, KeyPlan, SpendPattern
from openrouter_preflight.simulator.exchange import Answer, Quirks, refusal
from openrouter_preflight.simulator.faults import Fault
from openrouter_preflight.simulator.scenario import Scenario
from openrouter_preflight.simulator.scenarios.money import HEALTHY, UNCAPPED

_KEY = HEALTHY.keys["inference"]
_REFUSED = refusal(401, "User not found.")
_PAGE = "<!DOCTYPE html><html><body><h1>404</h1></body></html>"
_FREE = "deepseek/deepseek-chat-v3.1:free"
_PAID = "openai/gpt-4o-mini"
_GATEWAY = {"error": {"message": "invalid proxy server token passed", "type": "auth_error", "code": "401"}}
_FAILED = {"message": {"content": ""}, "finish_reason": "error", "error": {"code": 502, "message": "Provider error"}}


def _scenario(name: str, story: str, code: ExitCode, *faults: Fault, **fields: object) -> Scenario:
    return replace(Scenario(name=name, story=story, exit_code=code, account=HEALTHY, faults=faults), **fields)  # type: ignore[arg-type]


def _probe(
    name: str, story: str, code: ExitCode, answer: Answer, gate: tuple[str, ...] = ("--probe", _PAID)
) -> Scenario:
    return _scenario(name, story, code, Fault(answer=answer, path="/chat/completions"), gates=gate)


VERDICT_SCENARIOS: tuple[Scenario, ...] = (
    _scenario(
        "outage-401",
        "500 once, then 401 to every key, the management key among them, as in the outages of February 2026.",
        ExitCode.INCOMPLETE,
        Fault(answer=refusal(500, "Internal server error"), first=1),
        Fault(answer=_REFUSED),
        with_management_key=True,
    ),
    _scenario(
        "alive-but-401",
        "The key is answered 401, and its record says that it is neither disabled nor expired.",
        ExitCode.INCOMPLETE,
        Fault(answer=_REFUSED, path="/key", spares_management=True),
        with_management_key=True,
    ),
    _scenario(
        "disabled-known",
        "The key is answered 401, and its record says that its owner disabled it.",
        ExitCode.FAIL,
        account=AccountPlan(keys={"inference": replace(_KEY, disabled=True)}),
        with_management_key=True,
    ),
    _scenario(
        "expired-known",
        "The key is answered 401, and its record says that it expired yesterday.",
        ExitCode.FAIL,
        account=AccountPlan(keys={"inference": replace(_KEY, expires_in=timedelta(days=-1))}),
        with_management_key=True,
    ),
    _scenario(
        "wrong-base-url",
        "A page of HTML with 404 at every path: the base URL is not an API.",
        ExitCode.INCOMPLETE,
        Fault(answer=Answer(status=404, body=_PAGE)),
        gates=("--on-unreachable", "warn"),
    ),
    _scenario(
        "gateway-refuses",
        "401 in a gateway's own envelope: it says nothing about the OpenRouter key.",
        ExitCode.INCOMPLETE,
        Fault(answer=Answer(status=401, body=_GATEWAY)),
        gates=("--on-unreachable", "warn"),
    ),
    _scenario(
        "swapped-key",
        "A gateway answers for another key than the one that was sent.",
        ExitCode.PASS,
        quirks=Quirks(label_of_another_key=True),
    ),
    _scenario(
        "region-of-another-host",
        "The key may be used at eu.openrouter.ai only, and every request through another host is rejected.",
        ExitCode.FAIL,
        Fault(answer=refusal(403, "This API key may not be used in this data region.")),
    ),
    _scenario(
        "expiry-not-told",
        "An expiry gate, and /key does not say when the key expires.",
        ExitCode.INCOMPLETE,
        quirks=Quirks(expiry_is_told=False),
        gates=("--expires-within", "7d"),
    ),
    _scenario(
        "other-account",
        "A key without a limit, and a management key of another account that has $250.",
        ExitCode.INCOMPLETE,
        account=UNCAPPED,
        quirks=Quirks(management_of_another_account=True),
        gates=("--min-balance", "25"),
        with_management_key=True,
    ),
    _scenario(
        "never-bought",
        "Something was used and nothing ever bought: grants and own provider keys are not seen in the balance.",
        ExitCode.FAIL,
        account=AccountPlan(keys={"inference": KeyPlan(spent=Decimal("0.31"))}, never_paid=True),
        with_management_key=True,
    ),
    _scenario(
        "free-models-only",
        "Nothing was bought or used, and only a :free model is needed.",
        ExitCode.PASS,
        account=AccountPlan(keys={"inference": KeyPlan()}, never_paid=True),
        gates=("--require-model", _FREE),
        with_management_key=True,
    ),
    _probe(
        "free-requests-spent",
        "The account's free requests of today are used up: 429 until UTC midnight.",
        ExitCode.FAIL,
        refusal(429, "Rate limit exceeded: free-models-per-day."),
        ("--probe", _FREE),
    ),
    _probe(
        "error-inside-200",
        "Inference fails inside a 200: the answer holds an error in place of words.",
        ExitCode.INCOMPLETE,
        Answer(status=200, body={"id": "gen-1", "model": _PAID, "choices": [_FAILED]}),
    ),
    _probe(
        "request-too-large",
        "One request outweighs the in-flight budget of an account that has money.",
        ExitCode.INCOMPLETE,
        refusal(402, "This request is too large.", reason="weight_exceeds_budget", limit_source="openrouter_credits"),
        ("--probe-afford", "5"),
    ),
    _probe(
        "key-limit-too-low",
        "The key's own monthly limit is too low for even one request.",
        ExitCode.FAIL,
        refusal(
            402,
            "Prompt tokens limit exceeded: 32 > 3. To increase, visit https://openrouter.ai/settings/keys and create a "
            "key with a higher monthly limit",
        ),
    ),
    _scenario(
        "workload-token",
        "A workload-identity token in place of the key, with twelve minutes to live.",
        ExitCode.PASS,
        account=AccountPlan(keys={"inference": replace(_KEY, token_lifetime=timedelta(minutes=12))}),
    ),
    _scenario(
        "expired-token",
        "A workload-identity token that expired a minute ago.",
        ExitCode.FAIL,
        account=AccountPlan(keys={"inference": replace(_KEY, token_lifetime=timedelta(minutes=-1))}),
    ),
    _scenario(
        "rotation-mistyped",
        "The fingerprint of the replaced key is one that the account does not have.",
        ExitCode.PASS,
        account=AccountPlan(
            keys={
                "inference": replace(_KEY, spend_pattern=SpendPattern(daily=Decimal(1))),
                "old": KeyPlan(deleted=True),
            }
        ),
        gates=("--rotated-from", "{old}"),
        with_management_key=True,
    ),
)
