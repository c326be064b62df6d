"""How many requests a check makes, by the log of the server that answers them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from openrouter_preflight.settings.model import Gates
from openrouter_preflight.simulator import Simulator
from openrouter_preflight.simulator.account_plan import AccountPlan, BudgetPlan, KeyPlan, SpendPattern
from openrouter_preflight.simulator.exchange import Answer, Quirks
from openrouter_preflight.simulator.faults import Fault
from openrouter_preflight.simulator.scenarios import find_scenario
from support.gates import Checked, account, check_account

if TYPE_CHECKING:
    from pathlib import Path

SEED = 5
BUSY = KeyPlan(
    limit=Decimal(400), limit_reset="monthly", spend_pattern=SpendPattern(daily=Decimal(1)), age=timedelta(days=45)
)
EVERY_GATE = Gates(
    min_balance=Decimal(1),
    min_runway=timedelta(days=7),
    expires_within=timedelta(days=7),
    require_limit=True,
    require_models=("openai/gpt-4.1", "openrouter/auto"),
)


def minted(plan: AccountPlan, name: str) -> str:
    """The fingerprint of that key in an account that is opened with SEED."""
    return Simulator(replace(find_scenario("healthy"), account=plan), seed=SEED).keys[name].fingerprint


def by_path(checked: Checked) -> Counter[str]:
    """Requests by path, each key's record under one name."""
    return Counter(path if not path.startswith("GET /keys/") else "GET /keys/{hash}" for path in checked.asked)


def test_a_plain_check_asks_once() -> None:
    assert check_account(AccountPlan(keys={"inference": BUSY}), Gates()).asked == ("GET /key",)


def test_every_gate_on_one_key_asks_four_things_and_whose_the_management_key_is() -> None:
    checked = check_account(AccountPlan(keys={"inference": BUSY}), EVERY_GATE, managed=True)
    assert checked.rules == []
    assert checked.asked == ("GET /activity", "GET /credits", "GET /key", "GET /key", "GET /models/user")


AGED = replace(EVERY_GATE, max_key_age=timedelta(days=90))


@pytest.mark.parametrize(("balance", "days"), [("200", 200), ("12", 12), ("5", 5)])
def test_with_the_keys_record_asked_too_four_requests_suffice_however_tight_money_is(balance: str, days: int) -> None:
    plan = AccountPlan(keys={"inference": BUSY}, balance=Decimal(balance))
    checked = check_account(plan, AGED, managed=True)
    assert checked.asked == ("GET /credits", "GET /key", "GET /key", "GET /keys", "GET /models/user")
    assert checked.key.runway_days == pytest.approx(days, abs=0.1)
    assert ("runway-short" in checked.rules) == (days < 7)


def test_the_list_of_keys_tells_what_others_of_the_account_spend() -> None:
    """Keys that the check does not name; not those that were disabled, which spend no more."""
    others = {"other": BUSY, "another": BUSY, "disabled": replace(BUSY, disabled=True)}
    plan = AccountPlan(keys={"inference": BUSY, **others}, balance=Decimal(15))
    checked = check_account(plan, AGED, managed=True)
    assert checked.rules == ["runway-short"]
    assert checked.key.runway_days == pytest.approx(5, abs=0.1)
    assert "by what the keys of its workspace spent of late" in checked.finding.message


def test_the_list_of_keys_holds_the_one_that_was_replaced_too() -> None:
    plan = AccountPlan(keys={"inference": BUSY, "old": BUSY}, balance=Decimal(200))
    with_old = replace(AGED, rotated_from=(minted(plan, "old"),))
    checked = check_account(plan, with_old, managed=True, seed=SEED)
    assert checked.rules == ["old-key-in-use"]
    assert checked.asked == ("GET /credits", "GET /key", "GET /key", "GET /keys", "GET /models/user")


def test_where_no_model_is_needed_activity_is_asked_beside_the_list() -> None:
    plan = AccountPlan(keys={"inference": BUSY, "old": BUSY}, balance=Decimal(200))
    gates = replace(AGED, require_models=(), rotated_from=(minted(plan, "old"),))
    checked = check_account(plan, gates, managed=True, seed=SEED)
    assert checked.asked == ("GET /activity", "GET /credits", "GET /key", "GET /key", "GET /keys")


def test_a_key_that_is_not_listed_is_asked_for_by_its_fingerprint() -> None:
    """The list ends after a hundred keys, newest first: the one that was made first is on its second page."""
    older = replace(BUSY, age=BUSY.age + timedelta(days=1))
    plan = AccountPlan(keys={**{f"k{number}": BUSY for number in range(100)}, "inference": older})
    checked = check_account(plan, AGED, managed=True)
    assert by_path(checked)["GET /keys/{hash}"] == 1
    assert "key-age-unknown" not in checked.rules


def test_a_replaced_key_that_is_gone_is_made_sure_of() -> None:
    plan = AccountPlan(keys={"inference": BUSY}, balance=Decimal(200))
    checked = check_account(plan, replace(AGED, rotated_from=("0" * 64,)), managed=True)
    assert checked.rules == ["old-key-not-found"]
    assert by_path(checked)["GET /keys/{hash}"] == 1


def test_a_key_that_the_management_keys_account_does_not_know_takes_nothing_from_it() -> None:
    plan = AccountPlan(keys={"inference": replace(BUSY, deleted=True)}, balance=Decimal(200))
    answered = Fault(answer=Answer(status=200, body={"data": {"label": "sk-or-v1-0e6...6b7"}}), path="/key")
    listed = Fault(answer=Answer(status=200, body={"data": []}), path="/models/user")
    checked = check_account(plan, AGED, managed=True, faults=(answered, listed))
    assert checked.key.spendable_usd is None
    assert {"key-age-unknown", "balance-unknown", "runway-unknown"} <= set(checked.rules)
    assert sum("the management key is of another account" in said.message for said in checked.findings) == 2


def test_without_a_management_key_three_things_are_asked() -> None:
    checked = check_account(
        account(spend_pattern=BUSY.spend_pattern, limit=BUSY.limit, limit_reset=BUSY.limit_reset),
        EVERY_GATE,
        quirks=Quirks(credits_for_ordinary_keys="true"),
    )
    assert checked.asked == ("GET /credits", "GET /key", "GET /models/user")


def test_a_hundred_keys_of_one_account_share_what_is_the_accounts() -> None:
    names = tuple(f"key-{number}" for number in range(100))
    plan = AccountPlan(keys=dict.fromkeys(names, BUSY), balance=Decimal(5000))
    checked = check_account(plan, EVERY_GATE, names=names, managed=True)
    assert checked.rules == []
    assert by_path(checked) == {"GET /key": 101, "GET /credits": 1, "GET /activity": 1, "GET /models/user": 1}
    assert {key.runway_days and round(key.runway_days) for key in checked.outcome.keys} == {50}


def test_keys_under_different_guardrails_are_asked_for_their_own_models() -> None:
    plan = AccountPlan(
        keys={"one": BUSY, "two": BUSY, "three": BUSY},
        budgets=(BudgetPlan(scope="api_key", limit=Decimal(100), reset="monthly", keys=("three",)),),
        balance=Decimal(5000),
    )
    checked = check_account(plan, EVERY_GATE, names=("one", "two", "three"), managed=True)
    assert by_path(checked)["GET /models/user"] == 2


def test_a_missing_model_of_several_keys_is_looked_up_once() -> None:
    plan = AccountPlan(keys={"one": BUSY, "two": BUSY})
    checked = check_account(plan, Gates(require_models=("openai/gpt-4-32k",)), names=("one", "two"))
    assert checked.rules == ["model-unavailable", "model-unavailable"]
    assert by_path(checked) == {
        "GET /key": 2,
        "GET /models/user": 2,
        "GET /models": 1,
        "GET /embeddings/models": 1,
        "GET /model/openai/gpt-4-32k": 1,
    }


def test_gates_differ_from_key_to_key() -> None:
    plan = AccountPlan(keys={"one": BUSY, "two": BUSY})
    checked = check_account(
        plan,
        Gates(),
        names=("one", "two"),
        each={"one": Gates(require_models=("openai/gpt-4-32k",)), "two": Gates(require_models=("openai/gpt-4.1",))},
    )
    assert [finding.key for finding in checked.findings] == ["one"]


def test_a_balance_is_guessed_at_only_where_it_could_decide() -> None:
    """Not below a limit that is too low by itself; from the very minimum on, and for a minimum of cents."""

    def asks(limit: str, minimum: str) -> bool:
        checked = check_account(account(limit=Decimal(limit)), Gates(min_balance=Decimal(minimum)))
        return "GET /credits" in checked.asked

    assert [asks("4.99", "5"), asks("5", "5"), asks("5", "0.5"), asks("5", "0")] == [False, True, True, False]


@pytest.mark.parametrize(
    ("names", "looked_up"),
    [
        (("openai/gpt-4-one",), ["openai/gpt-4-one"]),
        (("nobody/knows",), ["nobody/knows"]),
        (("~openai/gpt-latest-one",), ["~openai/gpt-latest-one"]),
        # No path of author and slug: it would ask another question.
        (("gpt-4-one", "openai/a/b", "openai/..", "openai/a..b", "openai/a b", "../x"), []),
        (tuple(f"openai/gpt-4-{number}" for number in range(12)), [f"openai/gpt-4-{number}" for number in range(10)]),
    ],
)
def test_a_missing_model_is_looked_up_by_a_name_that_fits_a_path(names: tuple[str, ...], looked_up: list[str]) -> None:
    asked = check_account(account(limit=Decimal(50)), Gates(require_models=names)).asked
    found = [path.removeprefix("GET /model/") for path in asked if path.startswith("GET /model/")]
    assert sorted(found) == sorted(looked_up)


def test_of_names_in_files_only_what_is_likely_a_model_is_looked_up(tmp_path: Path) -> None:
    file = tmp_path / "README.md"
    file.write_text("openai/gpt-9 openai/openai-python nobody/knows-4 src/foo1\n", encoding="utf-8")
    asked = check_account(account(limit=Decimal(50)), Gates(models_from=(str(file),))).asked
    assert [path for path in asked if path.startswith("GET /model/")] == ["GET /model/openai/gpt-9"]
