"""The fake account as a transport, in the test's own process: requests that hang, are refused, break off or kill us."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from json import dumps, loads
from typing import TYPE_CHECKING

from openrouter_preflight.openrouter.reply import Reply, TransportFault
from support.fake_account import FakeAccount, refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from openrouter_preflight.keys import ApiKey

TROUBLES = ("hang-before", "hang-after", "truncated-after", "502-after", "500", "429", "401", "403", "404", "409")
"""Ways in which one request can fail; `after`: it was carried out all the same."""


class KilledError(BaseException):
    """The process is dead from here on: what still runs of it can do nothing any more."""


@dataclass
class AccountTransport:
    """Stands where `openrouter.transport.Transport` does."""

    account: FakeAccount
    trouble_at: Mapping[int, str] = field(default_factory=dict)
    """By the number of the request, from 1: one of TROUBLES, `die-before` or `die-after`."""
    on_request: Callable[[int, str, str], None] = lambda _n, _m, _p: None
    count: int = 0
    dead: bool = False

    def exchange(
        self,
        path: str,
        key: ApiKey,
        *,
        method: str = "GET",
        timeout: float,
        body_limit: int,
        query: Mapping[str, str] | None = None,
        payload: Mapping[str, object] | None = None,
    ) -> Reply:
        """One request, with the trouble that it is to have."""
        self.count += 1
        trouble = self.trouble_at.get(self.count, "")
        try:
            self.on_request(self.count, method, path)
        except KilledError:
            self.die()
        if self.dead or trouble == "die-before":
            self.die()
        if trouble == "hang-before":
            return Reply(fault=TransportFault.READ_TIMEOUT)
        if trouble.isdigit():
            return self._reply(*refusal(int(trouble), "an error of the test"))
        status, body = self.account.handle(method, path, query or {}, loads(dumps(payload)), key.reveal())
        if trouble == "die-after":
            self.die()
        if trouble == "hang-after":
            return Reply(fault=TransportFault.READ_TIMEOUT)
        if trouble == "truncated-after":
            return Reply(status=status, fault=TransportFault.NOT_JSON)
        if trouble == "502-after":
            return self._reply(*refusal(502, "Bad gateway"))
        return self._reply(status, body)

    def die(self) -> None:
        self.dead = True
        raise KilledError

    def _reply(self, status: int, body: object) -> Reply:
        return Reply(status=status, body=loads(dumps(body), parse_float=Decimal))
