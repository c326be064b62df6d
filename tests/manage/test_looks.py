"""The looks of an audit, each at its threshold: pure rules over one key's record."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from openrouter_preflight.manage.audit.audited_key import AuditedKey
from openrouter_preflight.manage.audit.ceilings import Ceilings
from openrouter_preflight.manage.audit.looks import LookContext, look_at_all, spent
from openrouter_preflight.manage.audit.rows import by_spend, names_of, row_of
from openrouter_preflight.openrouter.answers import KeyRecord, Usage
from openrouter_preflight.settings.manage.model import AuditSettings

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
NOTHING = Usage(total=None, daily=None, weekly=None, monthly=None)


def usage(total: str = "0", daily: str = "0", weekly: str = "0", monthly: str = "0") -> Usage:
    return Usage(total=Decimal(total), daily=Decimal(daily), weekly=Decimal(weekly), monthly=Decimal(monthly))


def record(**changes: Any) -> KeyRecord:
    """A key of which nothing is to be said."""
    fields = {
        "hash": "a" * 64,
        "name": "CI",
        "disabled": False,
        "limit": Decimal(10),
        "limit_remaining": Decimal(7),
        "limit_reset": "monthly",
        "usage": usage("30", monthly="30"),
        "byok_usage": NOTHING,
        "created_at": NOW - 30 * DAY,
        "expires_at": NOW + 60 * DAY,
        "last_used_at": NOW - DAY,
        "label": "sk-or-v1-aaa...aaa",
        "creator_user_id": "user_1",
        **changes,
    }
    return KeyRecord(**fields)


def audited(**changes: Any) -> AuditedKey:
    return AuditedKey(record=record(**changes), workspace="Default", workspace_id="w")


def found(*keys: AuditedKey, ceilings: Ceilings | None = None, **settings: Any) -> list[str]:
    context = LookContext(
        settings=AuditSettings(**settings), ceilings=ceilings or Ceilings(), now=NOW, names=names_of(keys)
    )
    return [finding.rule.name for finding in look_at_all(keys, context)]


THRESHOLDS: list[tuple[dict[str, Any], list[str]]] = [
    ({}, []),
    ({"created_at": NOW - 90 * DAY}, []),
    ({"created_at": NOW - 90 * DAY - SECOND}, ["key-too-old"]),
    ({"created_at": None}, []),
    ({"last_used_at": NOW - 90 * DAY}, []),
    ({"last_used_at": NOW - 90 * DAY - SECOND}, ["key-idle"]),
    ({"last_used_at": None}, []),
    ({"last_used_at": None, "usage": usage("5")}, ["key-idle"]),
    ({"last_used_at": None, "usage": usage("5", daily="1")}, []),
    ({"last_used_at": None, "usage": usage("5", weekly="1")}, []),
    ({"last_used_at": None, "usage": usage(), "byok_usage": usage("5")}, ["key-idle"]),
    ({"last_used_at": None, "usage": usage(), "byok_usage": usage("5", monthly="1")}, []),
    ({"last_used_at": None, "usage": usage()}, []),
    ({"last_used_at": None, "usage": usage(), "created_at": None}, []),
    ({"last_used_at": None, "usage": NOTHING, "created_at": NOW - 91 * DAY}, ["key-too-old", "key-unused"]),
    ({"limit": None}, ["key-has-no-limit"]),
    ({"expires_at": None}, ["key-never-expires"]),
    ({"expires_at": NOW + 7 * DAY + SECOND}, []),
    ({"expires_at": NOW + 7 * DAY}, ["key-expires-soon"]),
    ({"expires_at": NOW}, ["key-left-over"]),
    ({"expires_at": NOW + SECOND}, ["key-expires-soon"]),
    ({"disabled": True}, ["key-left-over"]),
    ({"disabled": None}, []),
    ({"creator_user_id": None}, ["key-has-no-creator"]),
    ({"name": None}, ["key-unnamed"]),
    ({"name": "  "}, ["key-unnamed"]),
    ({"limit": Decimal(300)}, []),
    ({"limit": Decimal("300.01")}, ["key-limit-loose"]),
    ({"limit": Decimal(10), "limit_reset": "daily"}, []),
    ({"limit": Decimal("10.01"), "limit_reset": "daily"}, ["key-limit-loose"]),
    ({"limit": Decimal(70), "limit_reset": "weekly"}, []),
    ({"limit": Decimal("70.01"), "limit_reset": "weekly"}, ["key-limit-loose"]),
    ({"limit": Decimal(3650), "limit_reset": None}, []),
    ({"limit": Decimal("3650.01"), "limit_reset": None}, ["key-limit-loose"]),
    ({"limit": Decimal(9999), "created_at": NOW - 13 * DAY}, []),
    ({"limit": Decimal(9999), "usage": usage()}, []),
    ({"limit": Decimal(900), "usage": usage("30", monthly="90")}, []),
]


@pytest.mark.parametrize(("changes", "rules"), THRESHOLDS)
def test_a_look_finds_what_is_beyond_its_threshold(changes: dict[str, Any], rules: list[str]) -> None:
    assert found(audited(**changes)) == rules


@pytest.mark.parametrize(
    ("settings", "changes", "rules"),
    [
        ({"max_key_age": 29 * DAY}, {}, ["key-too-old"]),
        ({"max_key_age": 29 * DAY, "required": frozenset({"max_key_age"})}, {"created_at": None}, ["key-age-unknown"]),
        ({"idle": DAY - SECOND}, {}, ["key-idle"]),
        ({"expires_within": 60 * DAY}, {}, ["key-expires-soon"]),
        ({"loose_limit": 2}, {"limit": Decimal(61)}, ["key-limit-loose"]),
    ],
)
def test_thresholds_are_the_users(settings: dict[str, Any], changes: dict[str, Any], rules: list[str]) -> None:
    assert found(audited(**changes), **settings) == rules


BOUNDED: list[tuple[Ceilings, bool | None]] = [
    (Ceilings(), False),
    (Ceilings(workspaces=frozenset({"w"})), True),
    (Ceilings(workspaces=frozenset({"x"})), False),
    (Ceilings(guardrails=frozenset({"g"}), assigned={"a" * 64: "g"}), True),
    (Ceilings(guardrails=frozenset({"g"}), assigned={"b" * 64: "g"}), False),
    (Ceilings(assigned={"a" * 64: "g"}), False),
    (Ceilings(guardrails=frozenset({"g"}), members={"user_1": frozenset({"g"})}), True),
    (Ceilings(guardrails=frozenset({"g"}), members={"user_2": frozenset({"g"})}), False),
    (Ceilings(unread={"w": "why"}), None),
    (Ceilings(unread={"": "why"}), None),
    (Ceilings(unread={"x": "why"}), False),
    (Ceilings(unread={"": "why"}, workspaces=frozenset({"w"})), True),
]


@pytest.mark.parametrize(("ceilings", "bounds"), BOUNDED)
def test_what_bounds_a_key_without_a_limit(ceilings: Ceilings, bounds: bool | None) -> None:
    key = audited(limit=None)
    assert ceilings.bounds(key) is bounds
    assert found(key, ceilings=ceilings) == (["key-has-no-limit"] if bounds is False else [])
    assert ceilings.bounds(audited()) is True


def test_names_are_told_apart_and_repeated_ones_said_once() -> None:
    keys = [audited(hash=digit * 64, name=name) for digit, name in (("a", "CI"), ("b", " CI"), ("c", "other"))]
    assert names_of(keys) == {"a" * 64: "CI (aaaaaaaaaaaa)", "b" * 64: "CI (bbbbbbbbbbbb)", "c" * 64: "other"}
    assert found(*keys) == ["key-name-repeated"]
    off = audited(hash="d" * 64, name="other", disabled=True)
    assert found(*keys, off) == ["key-left-over", "key-name-repeated"], "a key that is off repeats no name"
    assert names_of([audited(name="")]) == {"a" * 64: "sk-or-v1-aaa...aaa"}


def test_byok_counts_where_the_limit_counts_it() -> None:
    byok = usage("7", monthly="3")
    assert spent(audited(byok_usage=byok), "total") == 30
    assert spent(audited(byok_usage=byok, include_byok_in_limit=True), "total") == 37
    assert spent(audited(byok_usage=byok, include_byok_in_limit=True), "monthly") == 33
    assert spent(audited(usage=NOTHING), "total") == 0


def test_the_biggest_spender_comes_first() -> None:
    keys = [
        audited(hash="a" * 64, usage=usage("9", monthly="1")),
        audited(hash="b" * 64, usage=usage("1", monthly="2")),
        audited(hash="c" * 64, usage=usage("10", monthly="1")),
    ]
    assert [key.record.hash[0] for key in by_spend(keys)] == ["b", "c", "a"]


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, "valid"),
        ({"limit_remaining": Decimal(0)}, "exhausted"),
        ({"limit_remaining": Decimal(-1)}, "exhausted"),
        ({"limit": None, "limit_remaining": None}, "valid"),
        ({"disabled": True}, "rejected"),
        ({"disabled": True, "expires_at": NOW - DAY}, "expired"),
        ({"expires_at": NOW}, "expired"),
    ],
)
def test_a_row_says_the_keys_state(changes: dict[str, Any], state: str) -> None:
    row = row_of(audited(**changes), "CI", NOW)
    assert (row.state.value, row.disabled) == (state, changes.get("disabled", False))


def test_a_row_holds_the_limit_and_what_is_left() -> None:
    row = row_of(audited(), "CI", NOW)
    (ceiling,) = row.ceilings
    assert (ceiling.limit, ceiling.remaining, ceiling.spent) == (Decimal(10), Decimal(7), Decimal(3))
    assert ceiling.reset_interval == "monthly"
    assert (row.spendable_usd, row.binding_ceiling, row.workspace) == (Decimal(7), "key_limit", "Default")
    unlimited = row_of(audited(limit=None, limit_remaining=None), "CI", NOW)
    assert (unlimited.ceilings, unlimited.spendable_usd, unlimited.binding_ceiling) == ((), None, None)
