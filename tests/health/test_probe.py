"""The live probes: what they send, what they cost, and what each answer means."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from openrouter_preflight.findings import Ceiling, ExitCode, Severity
from openrouter_preflight.health.models.matching import rows_by_name
from openrouter_preflight.health.money.ceilings import ceilings_of
from openrouter_preflight.health.probe import plan_afford, plan_probe
from openrouter_preflight.health.probe_plan import Probe, ProbePlan
from openrouter_preflight.health.rules.probe_results import inferred_account
from openrouter_preflight.openrouter.answers import Credits
from openrouter_preflight.openrouter.models import Model, read_models
from openrouter_preflight.openrouter.reply_kind import ReplyKind
from openrouter_preflight.settings.model import Gates, OnUnreachable, Policies
from openrouter_preflight.simulator.catalogue import CATALOGUE
from openrouter_preflight.simulator.exchange import Answer
from openrouter_preflight.simulator.faults import Delivery, Fault
from support.gates import Checked, account, check_account
from support.health_facts import NOW, facts, info, refused, told

CHAT = "/chat/completions"


def model(name: str, prompt: str, completion: str, longest: int = 16_384, *parameters: str) -> Model:
    rows = read_models(
        {
            "data": [
                {
                    "id": name,
                    "context_length": 128_000,
                    "pricing": {"prompt": prompt, "completion": completion},
                    "supported_parameters": list(parameters),
                    "architecture": {"input_modalities": ["text"], "output_modalities": ["text"]},
                    "top_provider": {"max_completion_tokens": longest},
                }
            ]
        }
    )
    assert rows is not None
    return rows[0]


def probe(name: str = "openai/gpt-4o-mini", plan: Any = None, **options: Any) -> Checked:
    return check_account(plan or account(limit=Decimal(50)), Gates(probe=name), **options)


def afford(amount: str, **options: Any) -> Checked:
    plan = options.pop("plan", None) or account(balance=options.pop("balance", "250"))
    return check_account(plan, Gates(probe_afford=Decimal(amount)), **options)


def test_a_completion_that_is_answered_proves_that_inference_works() -> None:
    checked = probe()
    assert checked.rules == ["probe-answered"]
    assert checked.finding.severity is Severity.NOTE
    assert "openai/gpt-4o-mini answered a tiny completion; it cost $0.0000" in checked.finding.message
    assert checked.asked == ("GET /key", "GET /models/user", "POST /chat/completions")


def test_what_it_can_cost_is_told_before() -> None:
    (told,) = probe().told
    assert told == ("probe: asking openai/gpt-4o-mini for one tiny completion, with inference; at most $0.000014")


def test_a_router_costs_what_nobody_knows_before() -> None:
    assert "what it costs is not known before" in probe("openrouter/auto").told[0]


def test_no_probe_is_sent_unasked() -> None:
    assert check_account(account(limit=Decimal(50)), Gates(require_models=("openai/gpt-4.1",))).told == ()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("openai/gpt-4-32k", "the model was retired"),
        ("qwen/qwen3-coder:free", "its free variant has ended"),
        ("mistralai/mistral-small-3.2-24b-instruct", "privacy or guardrail settings"),
        ("openai/gpt-9", "OpenRouter has no such model"),
    ],
)
def test_availability_codes_say_why_a_model_cannot_be_used(name: str, words: str) -> None:
    checked = probe(name)
    assert checked.rules == ["model-unavailable"]
    assert words in checked.finding.message


def refusal(status: int, message: str, **metadata: str) -> Fault:
    return Fault(
        answer=Answer(status=status, body={"error": {"code": status, "message": message, "metadata": metadata}}),
        path=CHAT,
    )


@pytest.mark.parametrize(
    ("fault", "rule", "code"),
    [
        (refusal(402, "Insufficient credits"), "credit-exhausted", ExitCode.FAIL),
        (refusal(402, "… can only afford 3"), "credit-exhausted", ExitCode.FAIL),
        (refusal(403, "Key limit exceeded (total limit)"), "credit-exhausted", ExitCode.FAIL),
        (refusal(403, "No."), "key-forbidden", ExitCode.FAIL),
        (refusal(401, "User not found."), "key-rejected", ExitCode.FAIL),
        (refusal(400, "x is not a valid model ID"), "model-unavailable", ExitCode.FAIL),
        (refusal(429, "Slow down"), "service-rate-limited", ExitCode.INCOMPLETE),
        (refusal(502, "Provider returned error"), "probe-undecided", ExitCode.INCOMPLETE),
        (Fault(delivery=Delivery.RESET, path=CHAT), "probe-undecided", ExitCode.INCOMPLETE),
    ],
)
def test_every_other_answer_is_read_as_the_table_has_it(fault: Fault, rule: str, code: ExitCode) -> None:
    checked = probe(faults=(fault,))
    assert checked.rules == [rule]
    assert checked.outcome.exit_code is code


@pytest.mark.parametrize(
    "fault",
    [refusal(502, "Provider returned error"), refusal(504, "timeout"), Fault(delivery=Delivery.RESET, path=CHAT)],
)
def test_what_may_have_been_carried_out_is_not_sent_again(fault: Fault) -> None:
    checked = probe(faults=(fault,), policies=Policies(on_unreachable=OnUnreachable.WARN))
    assert checked.asked.count("POST /chat/completions") == 1
    assert "it may have been carried out, at a cost of at most $0.000014" in checked.finding.message
    assert checked.outcome.exit_code is ExitCode.PASS


def test_a_certain_refusal_is_asked_again() -> None:
    checked = probe(faults=(replace(refusal(429, "Slow down"), first=1),))
    assert checked.rules == ["probe-answered"]


def test_a_key_that_is_not_accepted_is_not_probed() -> None:
    checked = check_account("revoked", Gates(probe="openai/gpt-4o-mini"), names=("management",))
    assert checked.rules == ["key-is-management"]
    assert checked.told == ()


@pytest.mark.parametrize(
    ("amount", "rules"), [("249.99", ["account-affords"]), ("250", ["account-affords"]), ("250.02", ["balance-low"])]
)
def test_a_refusal_tells_what_the_account_affords(amount: str, rules: list[str]) -> None:
    checked = afford(amount)
    assert checked.rules == rules
    assert "inferred from how" in checked.finding.message


def test_asking_what_is_afforded_spends_nothing_and_says_what_it_could() -> None:
    checked = afford("5")
    (told,) = checked.told
    assert "which is to be refused" in told
    assert "at most $0." in told
    assert checked.asked.count("POST /chat/completions") == 1
    account_ceiling = checked.key.ceilings[-1]
    assert (account_ceiling.name, account_ceiling.certain) == ("account", False)
    assert abs(account_ceiling.remaining - 250) < Decimal("0.01")


def test_the_inferred_balance_serves_the_other_gates() -> None:
    gates = Gates(probe_afford=Decimal(1), min_balance=Decimal(300))
    assert "balance-low" in check_account(account(balance="250"), gates).rules


def test_a_cap_of_the_key_is_not_taken_for_the_account() -> None:
    checked = afford("60", plan=account(limit=Decimal(50)))
    assert checked.rules == ["balance-low"]
    assert [ceiling.name for ceiling in checked.key.ceilings] == ["key_limit"]


@pytest.mark.parametrize(
    ("amount", "rule", "code"),
    [
        ("0.005", "account-affords", ExitCode.PASS),
        ("5", "probe-undecided", ExitCode.INCOMPLETE),
    ],
)
def test_a_request_that_is_carried_out_after_all_proves_its_longest_answer(
    amount: str, rule: str, code: ExitCode
) -> None:
    body = {"id": "gen-1", "model": "m", "choices": [{"message": {"content": "OK"}}], "usage": {"cost": 0.000003}}
    only = tuple(row for row in CATALOGUE if row.id == "openai/gpt-4o-mini")
    checked = afford(amount, models=only, faults=(Fault(answer=Answer(status=200, body=body), path=CHAT),))
    assert checked.rules == [rule]
    assert "answered instead of being refused (it cost $0.000003)" in checked.finding.message
    assert checked.outcome.exit_code is code


def test_no_model_that_suits_leaves_it_undecided() -> None:
    only = tuple(row for row in CATALOGUE if row.id.endswith(":free") or row.prompt is None)
    checked = afford("5", models=only)
    assert checked.rules == ["probe-undecided"]
    assert checked.told == ()


def test_the_model_whose_longest_answer_is_cheapest_is_asked() -> None:
    plan = plan_afford(
        Decimal(5),
        [
            model("aa/dear", "0.00001", "0.00006"),
            model("bb/cheap", "0.0000001", "0.0000004"),
            model("cc/long", "0.0000001", "0.0000004", 1_000_000),
            model("dd/free", "0", "0"),
            model("ee/thinks", "0.0000001", "0.0000001", 1000, "reasoning"),
        ],
    )
    assert plan is not None
    assert plan.model == "bb/cheap"
    assert plan.price is not None
    assert plan.tokens * plan.price >= 2 * 5
    assert plan.tokens < 2**31
    assert plan.most_usd == Decimal("0.0000001") * 32 + Decimal("0.0000004") * 16_384


def test_a_probe_of_a_model_without_a_known_price_has_no_known_cost() -> None:
    assert plan_probe("who/knows", rows_by_name(())).most_usd is None


def test_a_tiny_completion_is_planned_with_what_it_can_cost() -> None:
    rows = rows_by_name((model("aa/dear", "0.001", "0.01"),))
    assert plan_probe("aa/dear:nitro", rows) == ProbePlan(
        model="aa/dear:nitro", tokens=16, price=Decimal("0.01"), longest=16, most_usd=Decimal("0.192")
    )
    assert plan_probe("who/knows", rows) == ProbePlan(
        model="who/knows", tokens=16, price=None, longest=16, most_usd=None
    )
    half = replace(rows["aa/dear"], prompt_price=None)
    assert plan_probe("aa/dear", {"aa/dear": half}).most_usd is None


CHEAP = model("bb/cheap", "0.000001", "0.00001", 1000)


@pytest.mark.parametrize(
    ("amount", "tokens"),
    [
        # A thousandfold of the amount, of a dollar at least, in whole tokens; never beyond 31 bits.
        ("5", 500_000_000),
        ("0.001", 100_000_000),
        ("1.0000000000001", 100_000_001),
        ("9999", 2_000_000_000),
        ("10000", 2_000_000_000),
        ("10000.01", None),
    ],
)
def test_what_is_asked_for_costs_twice_the_amount_at_least(amount: str, tokens: int | None) -> None:
    plan = plan_afford(Decimal(amount), [CHEAP])
    expected = (
        None
        if tokens is None
        else ProbePlan(
            model="bb/cheap",
            tokens=tokens,
            price=Decimal("0.00001"),
            longest=1000,
            most_usd=Decimal("0.010032"),
            stop=("O", "K", " ", "\n"),
        )
    )
    assert plan == expected


@pytest.mark.parametrize(
    "changed",
    [
        {"completion_price": None},
        {"completion_price": Decimal(0)},
        {"prompt_price": None},
        {"max_completion_tokens": None, "context_length": None},
        {"max_completion_tokens": -1},
        {"alias_target": "cc/other"},
        {"supported_parameters": ("reasoning",)},
        {"output_modalities": ("image",)},
        {"id": "bb/cheap:free"},
    ],
)
def test_a_model_whose_cost_nothing_bounds_is_not_asked(changed: dict[str, Any]) -> None:
    assert plan_afford(Decimal(5), [replace(CHEAP, **changed)]) is None


@pytest.mark.parametrize(
    ("changed", "longest"),
    [
        ({}, 1000),
        ({"max_completion_tokens": None}, 128_000),
        ({"max_completion_tokens": 1}, 1),
    ],
)
def test_the_longest_answer_is_the_providers_bound_or_the_context(changed: dict[str, Any], longest: int) -> None:
    plan = plan_afford(Decimal(5), [replace(CHEAP, **changed)])
    assert plan is not None
    assert plan.longest == longest


def test_of_models_that_cost_alike_the_first_by_name_is_asked() -> None:
    plan = plan_afford(Decimal(5), [replace(CHEAP, id="zz/z"), CHEAP, replace(CHEAP, id="cc/c")])
    assert plan is not None
    assert plan.model == "bb/cheap"


def test_the_stops_are_sent_only_where_there_are_any() -> None:
    afford_, probe_ = plan_afford(Decimal(5), [CHEAP]), plan_probe("a/b", {})
    assert afford_ is not None
    assert afford_.payload["stop"] == ["O", "K", " ", "\n"]
    assert "stop" not in probe_.payload


@pytest.mark.parametrize(
    ("source", "known", "is_inferred"),
    [
        ("openrouter_credits", {}, True),
        ("openrouter_credits", {"limit_remaining": 9}, True),
        ("openrouter_key_limit", {}, False),
        ("openrouter_key_limit", {"limit_remaining": 9}, False),
        (None, {}, True),
        # The refusal may mean the lower of the two, and which one is not told.
        (None, {"limit_remaining": 9}, False),
    ],
)
def test_a_refusal_tells_of_the_account_where_it_says_so_or_nothing_else_is_known(
    source: str | None, known: dict[str, object], is_inferred: bool
) -> None:
    plan = plan_afford(Decimal(5), [CHEAP])
    assert plan is not None
    metadata: dict[str, Any] = {} if source is None else {"limit_source": source}
    answer = refused(ReplyKind.UNAFFORDABLE, 402, "can only afford 500000", **metadata)
    found = facts(told(**known), afford=Probe(plan=plan, answer=answer))
    before = ceilings_of(info(**known), None, now=NOW)
    after = inferred_account(found, before)
    expected = (Ceiling(name="account", remaining=Decimal(5), certain=False),) if is_inferred else ()
    assert after == (*before, *expected)


def test_a_balance_that_is_told_is_not_inferred() -> None:
    plan = plan_afford(Decimal(5), [CHEAP])
    assert plan is not None
    probe_ = Probe(plan=plan, answer=refused(ReplyKind.UNAFFORDABLE, 402, "can only afford 500000"))
    known = ceilings_of(info(), Credits(total=Decimal(9), used=Decimal(0)), now=NOW)
    assert inferred_account(facts(told(), afford=probe_), known) == known
    assert inferred_account(facts(told()), ()) == ()
