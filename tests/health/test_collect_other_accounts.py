"""What a management key is told is of its own account, and of no key of another's."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from openrouter_preflight.health.collect.collect import collect_facts
from openrouter_preflight.health.facts import Facts, Target
from openrouter_preflight.keys import ApiKey
from openrouter_preflight.keys.diagnosis import diagnose
from openrouter_preflight.openrouter.client import Client
from openrouter_preflight.openrouter.reply import Reply
from openrouter_preflight.settings.model import Gates, Policies

if TYPE_CHECKING:
    from collections.abc import Mapping

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
MINE, THEIRS, MANAGEMENT = ("sk-or-v1-" + digit * 32 for digit in ("0f", "1e", "2d"))


class Stopped:
    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        """Take no time."""


@dataclass
class TwoAccounts:
    """A wire that answers for keys of two accounts, as one service does."""

    owners: Mapping[str, str | None]
    asked: list[str] = field(default_factory=list)

    def exchange(self, path: str, key: ApiKey, **_: Any) -> Reply:
        self.asked.append(path)
        secret = key.reveal()
        if path == "/credits":
            return Reply(status=200, body={"data": {"total_credits": Decimal(100), "total_usage": Decimal(60)}})
        about = {"label": key.label, "creator_user_id": self.owners[secret], "is_management_key": secret == MANAGEMENT}
        return Reply(status=200, body={"data": about})


def gathered(owners: Mapping[str, str | None]) -> tuple[tuple[Facts, ...], list[str]]:
    transport = TwoAccounts(owners)
    client = Client(transport, clock=Stopped(), jitter=lambda: 0.5, timeout=1, deadline=10)  # type: ignore[arg-type]
    targets = [
        Target(name=name, source="env", diagnosis=diagnose(secret), gates=Gates(), policies=Policies())
        for name, secret in (("mine", MINE), ("theirs", THEIRS))
    ]
    return collect_facts(targets, management_key=ApiKey(MANAGEMENT), client=client, now=NOW), transport.asked


def test_a_balance_is_not_laid_to_a_key_of_another_account() -> None:
    (mine, theirs), asked = gathered({MINE: "me", THEIRS: "them", MANAGEMENT: "me"})
    assert (mine.account_is_certain, theirs.account_is_certain) == (True, False)
    assert theirs.account is None
    assert (mine.is_other_account, theirs.is_other_account) == (False, True)
    assert asked.count("/key") == 3


@pytest.mark.parametrize("owner", ["me", None])
def test_keys_that_may_be_of_one_account_share_its_balance(owner: str | None) -> None:
    facts, asked = gathered({MINE: owner, THEIRS: "me", MANAGEMENT: "me"})
    assert [each.account_is_certain for each in facts] == [True, True]
    assert sorted(asked) == ["/credits", "/key", "/key", "/key"]
