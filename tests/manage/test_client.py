"""The management client reads every list to its end, or says that it did not."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from openrouter_preflight.keys import ApiKey
from openrouter_preflight.manage.client import Management
from openrouter_preflight.manage.records import BROADCAST, BYOK
from openrouter_preflight.openrouter.client import Client
from openrouter_preflight.openrouter.reply_kind import ReplyKind
from support.account_transport import AccountTransport
from support.fake_account import FakeAccount, fingerprint
from support.fake_clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import Callable


def management_of(account: FakeAccount, clock: FakeClock, **how: Any) -> tuple[Management, AccountTransport]:
    transport = AccountTransport(account, **how)
    client = Client(transport, clock=clock, jitter=lambda: 0.5, timeout=10, deadline=3600)  # type: ignore[arg-type]
    return Management(client, ApiKey(account.management_key)), transport


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def account(clock: FakeClock) -> FakeAccount:
    return FakeAccount(now=clock.now)


def test_all_pages_are_read_each_key_once(account: FakeAccount, clock: FakeClock) -> None:
    expected = {fingerprint(account.add_key(f"k{number}")) for number in range(250)}
    management, transport = management_of(account, clock)
    listing = management.keys()
    assert listing.is_complete
    assert {key.hash for key in listing.rows} == expected
    assert len(listing.rows) == 250
    assert transport.count == 3


@pytest.mark.parametrize("number", [0, 1, 99, 100, 101, 198, 199, 200])
def test_a_page_that_just_fits_ends_the_list(account: FakeAccount, clock: FakeClock, number: int) -> None:
    for each in range(number):
        account.add_key(f"k{each}")
    listing = management_of(account, clock)[0].keys()
    assert (listing.is_complete, len(listing.rows)) == (True, number)


@pytest.mark.parametrize("change", ["add", "delete"])
def test_rows_that_move_between_pages_are_not_missed(account: FakeAccount, clock: FakeClock, change: str) -> None:
    for number in range(150):
        account.add_key(f"k{number}")
    doomed = list(account.keys)[-3]

    def between(count: int, _method: str, _path: str) -> None:
        if count == 2 and change == "add":
            account.add_key("new")
        if count == 2 and change == "delete":
            del account.keys[doomed]

    listing = management_of(account, clock, on_request=between)[0].keys()
    stays = {key["hash"] for key in account.ordinary() if key["name"] != "new"}
    assert listing.is_complete
    assert stays <= {key.hash for key in listing.rows}


def test_a_page_that_fails_makes_the_list_incomplete(account: FakeAccount, clock: FakeClock) -> None:
    for number in range(150):
        account.add_key(f"k{number}")
    listing = management_of(account, clock, trouble_at={2: "404"})[0].keys()
    assert not listing.is_complete
    assert len(listing.rows) == 100


def test_an_unknown_workspace_is_no_empty_one(account: FakeAccount, clock: FakeClock) -> None:
    listing = management_of(account, clock)[0].keys("ws_9")
    assert (listing.is_complete, listing.is_absent) == (False, True)


def test_lists_that_name_keys_are_read(account: FakeAccount, clock: FakeClock) -> None:
    key = fingerprint(account.add_key())
    account.byok = {"openai": [key], "open": None}
    account.broadcasts = {"otel": [key]}
    account.assignments = {key: "gr_1"}
    management, _ = management_of(account, clock)
    assert [(row.id, row.keys) for row in management.key_lists(BYOK, "ws_1").rows] == [
        ("openai", (key,)),
        ("open", None),
    ]
    assert [row.keys for row in management.key_lists(BROADCAST, "ws_1").rows] == [(key,)]
    assert [(row.key, row.guardrail) for row in management.guardrail_assignments().rows] == [(key, "gr_1")]
    assert [row.id for row in management.workspaces().rows] == ["ws_1"]


def _warn(account: FakeAccount) -> None:
    account.warnings = ["could not resolve api_key_id"]


@pytest.mark.parametrize(("spoil", "sure"), [(lambda _: None, True), (_warn, False)])
def test_requests_are_counted_and_a_zero_with_a_warning_is_none(
    account: FakeAccount, clock: FakeClock, spoil: Callable[[FakeAccount], None], sure: bool
) -> None:
    key = fingerprint(account.add_key())
    account.use(key)
    spoil(account)
    management, _ = management_of(account, clock)
    now = clock.now()
    counted = management.usage_between(key, now - timedelta(hours=1), now + timedelta(seconds=1)).data
    assert counted is not None
    assert (counted.requests, counted.is_sure) == (1, sure)


def test_an_analytics_query_is_a_read_and_is_asked_again(account: FakeAccount, clock: FakeClock) -> None:
    management, transport = management_of(account, clock, trouble_at={1: "500", 2: "429"})
    answer = management.usage_between("0" * 64, clock.now(), clock.now())
    assert (answer.kind, transport.count) == (ReplyKind.OK, 3)
