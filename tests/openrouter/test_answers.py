"""Answers of the service, of today and of old, as the typed facts that the rest relies on."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openrouter_preflight.openrouter import answers, models

LABEL = "sk-or-v1-0e6...c96"
TODAY: dict[str, Any] = {
    "label": LABEL,
    "limit": 100,
    "limit_remaining": Decimal("74.5"),
    "limit_reset": "monthly",
    "include_byok_in_limit": True,
    "usage": Decimal("25.5"),
    "usage_daily": 1,
    "usage_weekly": 2,
    "usage_monthly": Decimal("25.5"),
    "byok_usage": Decimal("0.5"),
    "byok_usage_daily": 0,
    "byok_usage_weekly": 0,
    "byok_usage_monthly": 0,
    "is_free_tier": False,
    "is_management_key": False,
    "is_provisioning_key": False,
    "expires_at": "2027-01-31T23:59:59Z",
    "creator_user_id": "user_1",
    "organization_id": None,
    "workspace_id": "00000000-0000-0000-0000-000000000000",
    "budgets": [
        {
            "scope": "workspace",
            "limit_usd": 50,
            "spend_usd": Decimal("46.8"),
            "remaining_usd": Decimal("3.2"),
            "reset_interval": "monthly",
            "resets_at": "2026-12-01T00:00:00Z",
            "include_byok": False,
            "budget_id": "b1",
            "guardrail_id": None,
        }
    ],
    "effective_budget": {"scope": "workspace", "remaining_usd": Decimal("3.2")},
    "free_model_daily_requests": {"used": 3, "limit": 50, "remaining": 47},
    "allowed_data_regions": ["global", "europe"],
    "rate_limit": {"requests": -1, "interval": "10s", "note": "deprecated"},
}
OLD: dict[str, Any] = {
    "label": LABEL,
    "limit": None,
    "limit_remaining": None,
    "usage": Decimal("0.1"),
    "is_free_tier": True,
    "is_provisioning_key": True,
    "rate_limit": {"requests": -1, "interval": "10s"},
}


def key_info(**changes: object) -> answers.KeyInfo:
    """Today's answer with these fields changed; `...` takes one away."""
    data = {name: value for name, value in (TODAY | changes).items() if value is not ...}
    info = answers.read_key_info({"data": data})
    assert info is not None
    return info


def test_todays_key_answer_is_read_whole() -> None:
    info = key_info()
    assert (info.limit, info.limit_remaining, info.limit_reset) == (Decimal(100), Decimal("74.5"), "monthly")
    assert info.include_byok_in_limit
    assert (info.usage.total, info.usage.daily, info.usage.weekly) == (Decimal("25.5"), Decimal(1), Decimal(2))
    assert (info.is_free_tier, info.is_management_key) == (False, False)
    assert info.expires_at == datetime(2027, 1, 31, 23, 59, 59, tzinfo=UTC)
    (budget,) = info.budgets
    assert (budget.scope, budget.limit, budget.remaining) == ("workspace", Decimal(50), Decimal("3.2"))
    assert (budget.reset_interval, budget.resets_at) == ("monthly", datetime(2026, 12, 1, tzinfo=UTC))
    assert info.free_quota == answers.FreeQuota(used=3, limit=50, remaining=47)
    assert info.allowed_data_regions == ("global", "europe")


def test_an_old_key_answer_of_seven_fields_is_read() -> None:
    info = answers.read_key_info({"data": OLD})
    assert info is not None
    assert (info.limit, info.limit_remaining, info.expires_at, info.allowed_data_regions) == (None,) * 4
    assert (info.budgets, info.free_quota) == ((), None)
    assert (info.is_free_tier, info.is_management_key) == (True, True)


@pytest.mark.parametrize(
    "body", [{}, {"data": None}, {"data": []}, {"data": {}}, {"data": {"label": 7}}, {"data": {"label": ""}}, TODAY]
)
def test_a_body_without_a_label_is_not_openrouters(body: dict[str, Any]) -> None:
    assert answers.read_key_info(body) is None


@pytest.mark.parametrize("field", [name for name in TODAY if name != "label"])
@pytest.mark.parametrize("value", [..., None, "nonsense", -1, [], {}, [None], True], ids=repr)
def test_no_field_but_the_label_is_needed_and_none_must_have_its_type(field: str, value: object) -> None:
    assert key_info(**{field: value}).usage is not None


@pytest.mark.parametrize(
    ("management", "provisioning", "is_management"),
    [
        (True, ..., True),
        (..., True, True),
        (None, True, True),
        (False, ..., False),
        (..., ..., None),
        ("yes", ..., None),
    ],
)
def test_a_management_key_is_known_by_its_new_or_its_old_name(
    management: object, provisioning: object, is_management: bool | None
) -> None:
    info = key_info(is_management_key=management, is_provisioning_key=provisioning)
    assert info.is_management_key is is_management


@pytest.mark.parametrize(
    ("regions", "read"),
    [
        ([], ()),
        (["us"], ("us",)),
        (["mars"], ("mars",)),
        (None, None),
        (..., None),
        ([{"name": "us"}], None),
        ([None], None),
        ("us", None),
    ],
)
def test_only_an_empty_list_of_regions_permits_none(regions: object, read: object) -> None:
    assert key_info(allowed_data_regions=regions).allowed_data_regions == read


EFFECTIVE = {"scope": "member", "remaining_usd": -1}


@pytest.mark.parametrize(
    ("budgets", "effective", "scopes"),
    [
        ([{"scope": "workspace"}], EFFECTIVE, ["workspace", "member"]),
        ([{"scope": "workspace", "remaining_usd": 5}], EFFECTIVE, ["workspace", "member"]),
        ([{"scope": "workspace", "remaining_usd": -1}], EFFECTIVE, ["workspace"]),
        ([{"scope": "workspace", "remaining_usd": -2}], EFFECTIVE, ["workspace"]),
        ([{"scope": "workspace", "remaining_usd": 5}], {"scope": "member"}, ["workspace"]),
        ([], {"scope": "member"}, ["member"]),
        (..., EFFECTIVE, ["member"]),
        (None, EFFECTIVE, ["member"]),
        ([], EFFECTIVE, ["member"]),
        ([], None, []),
        ([], ..., []),
        ([7, "x", {"scope": "new_scope"}], ..., ["new_scope"]),
        ([{"remaining_usd": 5}], ..., ["budget"]),
        ([{"scope": "\x1b[31m"}], ..., ["budget"]),
    ],
)
def test_the_effective_budget_counts_where_it_is_lower_than_what_is_listed(
    budgets: object, effective: object, scopes: list[str]
) -> None:
    info = key_info(budgets=budgets, effective_budget=effective)
    assert [budget.scope for budget in info.budgets] == scopes


@pytest.mark.parametrize(
    ("body", "balance"),
    [
        ({"data": {"total_credits": 100, "total_usage": Decimal("25.5")}}, Decimal("74.5")),
        ({"data": {"total_credits": "100", "total_usage": "25.5"}}, Decimal("74.5")),
        ({"data": {"total_credits": 1, "total_usage": 3}}, Decimal(-2)),
        ({"data": {"total_credits": 0, "total_usage": 0}}, Decimal(0)),
        ({"data": {"total_credits": 100}}, None),
        ({"data": {"total_credits": None, "total_usage": 0}}, None),
        ({"data": [100, 25]}, None),
        ({}, None),
    ],
)
def test_a_balance_is_what_was_bought_without_what_was_used(body: dict[str, Any], balance: Decimal | None) -> None:
    read = answers.read_credits(body)
    assert (read.balance if read else None) == balance


def test_account_identifiers_are_never_shown() -> None:
    assert "user_1" not in repr(key_info())


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*TODAY, "scope", "data"]), inner),
    max_leaves=12,
)
READERS = (answers.read_key_info, answers.read_credits, models.read_models, answers.read_key_record)


@given(st.dictionaries(st.sampled_from(["data", "error"]), _JSON))
def test_no_body_makes_a_reader_raise(body: dict[str, object]) -> None:
    for reader in READERS:
        reader(body)


@given(st.dictionaries(st.sampled_from([*TODAY]), _JSON))
def test_no_key_answer_makes_its_reader_raise(data: dict[str, object]) -> None:
    answers.read_key_info({"data": data | {"label": LABEL}})
