"""One rotation against the fake account, in the test's own process, with destinations that tests can look into."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from openrouter_preflight.keys import ApiKey
from openrouter_preflight.manage.client import Management
from openrouter_preflight.manage.destinations.interface import Destination, HandOver
from openrouter_preflight.manage.rotation.account import RotationAccount
from openrouter_preflight.manage.rotation.context import RotationContext
from openrouter_preflight.manage.rotation.request import RotationRequest
from openrouter_preflight.manage.rotation.rotator import Rotator
from openrouter_preflight.manage.writes import Writer
from openrouter_preflight.openrouter.client import Client
from support.account_transport import AccountTransport, KilledError
from support.fake_account import FakeAccount, fingerprint
from support.fake_clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openrouter_preflight.findings import WriteRow

DIGEST = "0123abcd"
SILENCE = timedelta(minutes=2)


@dataclass
class Shelf(Destination):
    """A destination in memory."""

    label: str = "shelf"
    content: str = ""
    readable: bool = True
    trouble: str = ""
    """`die-before`, `die-after`, `refuse`, `refuse-after`, `not-ready`."""

    def problem(self) -> str:
        return "it is locked" if self.trouble == "not-ready" else ""

    def hand_over(self, key: ApiKey) -> HandOver:
        if self.trouble == "die-before":
            raise KilledError
        if self.trouble == "refuse":
            return HandOver(problem="it is full", may_hold=False)
        self.content = key.reveal()
        if self.trouble == "die-after":
            raise KilledError
        return HandOver(problem="it failed") if self.trouble == "refuse-after" else HandOver()

    def read_back(self) -> ApiKey | None:
        return ApiKey(self.content) if self.readable and self.content else None


@dataclass
class Stage:
    """An account with one key to rotate, equipped with everything that can name a key."""

    clock: FakeClock = field(default_factory=FakeClock)
    shelves: tuple[Shelf, ...] = field(default_factory=lambda: (Shelf("one"), Shelf("two", readable=False)))
    limit: float | None = 5

    def __post_init__(self) -> None:
        self.account = FakeAccount(now=self.clock.now)
        others = [fingerprint(self.account.add_key(f"other {number}")) for number in range(2)]
        self.old_text = self.account.add_key("ci-bot", limit=self.limit, limit_reset="monthly")
        self.old = fingerprint(self.old_text)
        self.account.assignments = {self.old: "gr_1", others[0]: "gr_2"}
        self.account.byok = {"openai": [others[0], self.old], "open": None, "foreign": [others[1]]}
        self.account.broadcasts = {"otel": [self.old]}
        self.others = others
        self.rows: list[WriteRow] = []
        self.notes: list[str] = []
        for shelf in self.shelves:
            shelf.content = self.old_text
        self.clock.elapsed += 3600

    def rotate(
        self,
        trouble_at: Mapping[int, str] | None = None,
        *,
        finish: bool = False,
        dry: bool = False,
        agreed: bool = True,
        deadline: float = 7200,
        on_request: Any = None,
        **request: Any,
    ) -> AccountTransport:
        """One run, with trouble at some of its requests. Returns the transport, which counted them."""
        hook = {} if on_request is None else {"on_request": on_request}
        transport = AccountTransport(self.account, trouble_at or {}, **hook)
        client = Client(transport, clock=self.clock, jitter=lambda: 0.5, timeout=10, deadline=deadline)  # type: ignore[arg-type]
        management = Management(client, ApiKey(self.account.management_key))
        writer = Writer(management, self.clock, dry=dry)
        self.rows = writer.rows
        defaults: dict[str, Any] = {"destinations_digest": "" if finish else DIGEST, "silence": SILENCE}
        rotator = Rotator(
            RotationAccount(management, writer, self.old),
            RotationRequest(fingerprint=self.old, **defaults | request),
            () if finish else self.shelves,
            RotationContext(
                clock=self.clock,
                remaining=lambda: client.remaining,
                notify=self.notes.append,
                confirm=lambda _lines: agreed,
            ),
        )
        rotator.run()
        return transport

    def expect_rotated(self) -> None:
        """One enabled key with the old one's name and equipment is in every destination; nothing else is left."""
        account = self.account
        (new,) = [key for key in account.enabled() if key["hash"] not in self.others]
        held = {shelf.content for shelf in self.shelves}
        assert held == {account.secrets[new["hash"]]}, "every destination holds the one new key"
        assert new["name"] == "ci-bot"
        assert (new["limit"], new["limit_reset"]) == (self.limit, "monthly")
        assert account.assignments[new["hash"]] == "gr_1"
        assert sorted(account.byok["openai"] or ()) == sorted([self.others[0], new["hash"]])
        assert account.byok["foreign"] == [self.others[1]]
        assert account.broadcasts["otel"] == [new["hash"]]
        left = [key for key in account.ordinary() if key["hash"] not in (*self.others, self.old, new["hash"])]
        assert left == [], "no orphan is left"
        old = account.keys.get(self.old)
        assert old is None or old["disabled"]
        said = "".join(f"{row}" for row in self.rows) + "".join(self.notes)
        assert new_secret_parts(account.secrets[new["hash"]], said) == []
        assert account.secrets[new["hash"]] not in "".join(account.bodies)


def new_secret_parts(secret: str, text: str) -> list[str]:
    body = secret.removeprefix("sk-or-v1-")
    return [body[start : start + 8] for start in range(len(body) - 7) if body[start : start + 8] in text]
