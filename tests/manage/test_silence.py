"""A key is silent only where its own record and the analytics both say so, for as long as was stated."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from openrouter_preflight.manage.records import UsageCount
from openrouter_preflight.manage.rotation.request import (
    RotationRequest,
    creation_payload,
    successor_expiry,
    successor_limit,
)
from openrouter_preflight.manage.rotation.silence import Silence, judge_silence, silence_window
from openrouter_preflight.manage.rotation.stop import NotReady
from openrouter_preflight.openrouter.answers import KeyRecord, Usage
from openrouter_preflight.settings.manage.defaults import SuccessorLimit

HANDED = datetime(2026, 12, 1, 12, tzinfo=UTC)
SILENCE = timedelta(minutes=10)
NO_USAGE = Usage(total=Decimal(0), daily=None, weekly=None, monthly=None)
KEY = KeyRecord(
    hash="a" * 64,
    name="ci-bot",
    disabled=False,
    limit=Decimal(5),
    limit_remaining=Decimal("2.5"),
    limit_reset=None,
    usage=NO_USAGE,
    byok_usage=NO_USAGE,
    created_at=HANDED - timedelta(days=90),
    expires_at=None,
    last_used_at=None,
    workspace_id="ws_1",
    creator_user_id="user_1",
)
NOTHING = UsageCount(requests=0, spend=None, is_sure=True)


def after(**span: float) -> datetime:
    return HANDED + timedelta(**span)


@pytest.mark.parametrize(
    ("last_used", "now", "counted", "expected"),
    [
        (None, after(minutes=5), None, Silence.WAITING),
        (None, after(minutes=10), NOTHING, Silence.WAITING),
        (None, after(minutes=10, seconds=1), NOTHING, Silence.SILENT),
        (after(minutes=-3), after(minutes=11), NOTHING, Silence.SILENT),
        (HANDED, after(minutes=11), NOTHING, Silence.SILENT),
        (after(minutes=3), after(minutes=11), NOTHING, Silence.IN_USE),
        (after(minutes=3), after(minutes=13), NOTHING, Silence.IN_USE),
        (after(minutes=3), after(minutes=13, seconds=1), NOTHING, Silence.SILENT),
        (after(days=1), after(minutes=13), NOTHING, Silence.IN_USE),
        (None, after(minutes=11), None, Silence.UNKNOWN),
        (None, after(minutes=11), replace(NOTHING, is_sure=False), Silence.UNKNOWN),
        (None, after(minutes=11), replace(NOTHING, requests=1), Silence.IN_USE),
        (None, after(minutes=11), replace(NOTHING, requests=1, is_sure=False), Silence.IN_USE),
    ],
)
def test_both_have_to_say_so(
    last_used: datetime | None, now: datetime, counted: UsageCount | None, expected: Silence
) -> None:
    window = silence_window(replace(KEY, last_used_at=last_used), HANDED, SILENCE)
    assert judge_silence(window, counted, now) is expected


def test_the_window_begins_after_the_last_use_by_whole_seconds() -> None:
    used = after(minutes=3, milliseconds=700)
    window = silence_window(replace(KEY, last_used_at=used), HANDED, SILENCE)
    assert window.starts == after(minutes=3, seconds=1)
    assert window.ends == after(minutes=13, seconds=1)
    assert window.was_used


@pytest.mark.parametrize(
    ("key", "wanted", "expected"),
    [
        (KEY, SuccessorLimit.SAME, Decimal(5)),
        (KEY, SuccessorLimit.REMAINING, Decimal("2.5")),
        (replace(KEY, limit=None, limit_remaining=None), SuccessorLimit.REMAINING, None),
        (replace(KEY, limit_reset="monthly"), SuccessorLimit.SAME, Decimal(5)),
        (replace(KEY, limit=Decimal(0)), SuccessorLimit.SAME, Decimal(0)),
    ],
)
def test_the_successors_limit(key: KeyRecord, wanted: SuccessorLimit, expected: Decimal | None) -> None:
    assert successor_limit(key, wanted) == expected


@pytest.mark.parametrize(
    "key",
    [
        replace(KEY, limit_reset="monthly"),
        replace(KEY, limit_remaining=Decimal(0)),
        replace(KEY, limit_remaining=Decimal("-0.1")),
        replace(KEY, limit_remaining=None),
    ],
)
def test_what_remains_is_not_always_a_limit(key: KeyRecord) -> None:
    with pytest.raises(NotReady):
        successor_limit(key, SuccessorLimit.REMAINING)


def test_the_successor_lives_as_long_as_the_old_key_was_made_to_live() -> None:
    assert successor_expiry(KEY, None, HANDED) is None
    assert successor_expiry(KEY, timedelta(days=7), after(milliseconds=5)) == after(days=7)
    expiring = replace(KEY, expires_at=after(days=30))
    assert successor_expiry(expiring, None, HANDED) == after(days=120)
    assert successor_expiry(expiring, timedelta(days=1), HANDED) == after(days=1)
    with pytest.raises(NotReady):
        successor_expiry(replace(expiring, created_at=None), None, HANDED)


def test_the_creation_cannot_spend_anything_and_names_what_is_to_be_kept() -> None:
    payload = creation_payload(KEY, "name", after(days=1), in_organization=True)
    assert payload == {
        "name": "name",
        "limit": 0,
        "include_byok_in_limit": True,
        "expires_at": "2026-12-02T12:00:00Z",
        "workspace_id": "ws_1",
        "creator_user_id": "user_1",
    }
    assert "creator_user_id" not in creation_payload(KEY, "name", None, in_organization=False)
    bare = replace(KEY, workspace_id=None, creator_user_id=None)
    assert set(creation_payload(bare, "name", None, in_organization=True)) == {"name", "limit", "include_byok_in_limit"}


def test_a_request_waits_ten_minutes_unless_told() -> None:
    assert RotationRequest(fingerprint="a").silence == SILENCE
