"""Simulator: an embedded OpenRouter on loopback for demonstrations and tests.

    with Simulator("low-balance") as simulator:
        run_my_gate(base_url=simulator.base_url, key=simulator.primary_key.reveal())
        assert len(simulator.requests) == 1

Test keys are random and made when it is constructed. It never reaches any network but its own socket.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from ipaddress import ip_address
from random import Random
from threading import Event, Lock
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Self

from openrouter_preflight.keys import ApiKey
from openrouter_preflight.simulator.account_plan import KeyPlan, open_account, with_planned_key
from openrouter_preflight.simulator.clock import utc_now
from openrouter_preflight.simulator.endpoints.keys import new_secret
from openrouter_preflight.simulator.faults import Fault, FaultLine, Reply
from openrouter_preflight.simulator.scenarios import find_scenario
from openrouter_preflight.simulator.service import ROOT, Service, bearer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from openrouter_preflight.simulator.account import Account
    from openrouter_preflight.simulator.account_plan import AccountPlan
    from openrouter_preflight.simulator.exchange import Answer, Request
    from openrouter_preflight.simulator.listener import Listener
    from openrouter_preflight.simulator.scenario import Scenario

MANAGEMENT = "management"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRecord:
    """One request in the order of arrival."""

    time: datetime
    """When it arrived, by the simulator's clock."""
    method: str
    path: str
    query: Mapping[str, str]
    fingerprint: str | None
    """SHA-256 of the key it carried; None where it carried none."""
    in_flight: int
    """Number of requests in progress when it arrived, itself included."""
    status: int | None = None
    """None while it is being answered, and for a connection that was reset."""


class Simulator:
    """One scenario, served from `start` to `stop`; also a context manager.

    `clock` must give aware times; windows of usage and resets follow it. `latency` is in seconds, before every answer.
    `seed` makes the test keys and identifiers the same in every run. It binds to loopback only, unless `allow_remote`
    says that whoever reaches this machine may use it. The account lives as long as the object: it survives a stop.
    """

    def __init__(
        self,
        scenario: str | Scenario = "healthy",
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        clock: Callable[[], datetime] = utc_now,
        latency: float = 0.0,
        seed: int | None = None,
        allow_remote: bool = False,
    ) -> None:
        """Make the account and its keys. Raises ValueError."""
        self.scenario = find_scenario(scenario) if isinstance(scenario, str) else scenario
        self._host = _address(host, allow_remote=allow_remote)
        self._near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self._host, self._host)  # noqa: S104 - read, not bound
        self._port = port
        self._clock = clock
        self._latency = latency
        self._rng = Random(seed)  # noqa: S311 - test keys open nothing
        self._keys: dict[str, ApiKey] = {}
        self._service = self._opened(_with_management_key(self.scenario.account))
        self._faults = FaultLine(self.scenario.faults)
        self._log: list[RequestRecord] = []
        self._in_flight = 0
        self._lock = Lock()
        self._stopping = Event()
        self._listener: Listener | None = None

    def _opened(self, plan: AccountPlan) -> Service:
        now = self._now()
        self._keys |= {
            name: self._mint_token(now, key) if key.token_lifetime else self._mint() for name, key in plan.keys.items()
        }
        return Service(
            account=open_account(plan, self._keys, self._rng, now),
            models=self.scenario.opened_models(now.date()),
            quirks=self.scenario.quirks,
        )

    def start(self) -> Self:
        """Begin to answer. Raises OSError where the port is taken."""
        from openrouter_preflight.simulator.listener import Listener

        if self._listener is not None:
            raise RuntimeError("the simulator is running already")
        self._stopping.clear()
        self._listener = Listener(self._host, self._port, self._respond)
        return self

    def stop(self) -> None:
        """Close every connection and the port; does nothing where it is not running."""
        listener, self._listener = self._listener, None
        if listener is not None:
            self._stopping.set()
            listener.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def base_url(self) -> str:
        """The value for OPENROUTER_BASE_URL."""
        if self._listener is None:
            raise RuntimeError("the simulator has no address before it is started")
        host = f"[{self._near}]" if ":" in self._near else self._near
        return f"http://{host}:{self._listener.port}{ROOT}"

    @property
    def keys(self) -> Mapping[str, ApiKey]:
        """The test keys by name: `inference`, `management`, and what the scenario adds."""
        return MappingProxyType(self._keys)

    @property
    def primary_key(self) -> ApiKey:
        """The key that the scenario's story is about."""
        return self._keys[self.scenario.primary]

    @property
    def management_key(self) -> ApiKey | None:
        """The management key, where a check of this scenario is to be given one."""
        return self._keys[MANAGEMENT] if self.scenario.with_management_key else None

    @property
    def gates(self) -> tuple[str, ...]:
        """The scenario's flags for `check`, with this run's fingerprints filled in."""
        fingerprints = {name: key.fingerprint for name, key in self._keys.items()}
        return tuple(gate.format_map(fingerprints) for gate in self.scenario.gates)

    @property
    def requests(self) -> tuple[RequestRecord, ...]:
        """Every request so far, in the order of arrival."""
        with self._lock:
            return tuple(self._log)

    @property
    def account(self) -> Account:
        """The account as it stands."""
        with self._lock:
            return self._service.account

    def add_key(self, name: str, plan: KeyPlan | None = None, *, key: ApiKey | None = None) -> ApiKey:
        """Add a key to the account, known as `name`; `key` gives it a secret."""
        secret = key or self._mint()
        with self._lock:
            account = with_planned_key(self._service.account, plan or KeyPlan(), secret, self._now())
            self._service = replace(self._service, account=account)
            self._keys[name] = secret
        return secret

    def _now(self) -> datetime:
        return self._clock().astimezone(UTC)

    def _mint(self) -> ApiKey:
        return ApiKey(new_secret(lambda size: self._rng.randbytes(size).hex()))

    def _mint_token(self, now: datetime, plan: KeyPlan) -> ApiKey:
        """A workload-identity token in OpenRouter's form, which nobody signed (API.md §4)."""
        expires_at = int((now + (plan.token_lifetime or timedelta())).timestamp())
        claims = {"iss": "https://openrouter.ai", "scope": "inference", "exp": expires_at}
        parts = [json.dumps({"alg": "ES256", "typ": "at+jwt"}).encode(), json.dumps(claims).encode()]
        parts.append(self._rng.randbytes(64))
        return ApiKey(".".join(urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts))

    def _respond(self, request: Request, problem: Answer | None) -> Reply:
        secret = bearer(request)
        fingerprint = ApiKey(secret).fingerprint if secret else None
        number = self._arrived(request, fingerprint)
        fault = self._faults.strike(
            request.method,
            request.path,
            fingerprint,
            by_management=fingerprint == self._keys[MANAGEMENT].fingerprint,
        )
        served = self._served(request) if fault and fault.takes_effect and problem is None else None
        self._stopping.wait(self._latency + (fault.delay if fault else 0.0))
        reply = self._reply(request, problem or (fault.answer if fault else None) or served, fault)
        self._answered(number, reply)
        return reply

    def _reply(self, request: Request, answer: Answer | None, fault: Fault | None) -> Reply:
        answer = answer or self._served(request)
        headers = {**answer.headers, "X-Simulated": self.scenario.name}
        answer = replace(answer, headers=headers)
        return Reply(answer=answer, delivery=fault.delivery) if fault else Reply(answer=answer)

    def _served(self, request: Request) -> Answer:
        with self._lock:
            answer = self._service.answer(request, self._now())
            self._service = self._service.after(answer)
        return answer

    def _arrived(self, request: Request, fingerprint: str | None) -> int:
        with self._lock:
            self._in_flight += 1
            self._log.append(
                RequestRecord(
                    time=self._now(),
                    method=request.method,
                    path=request.path,
                    query=MappingProxyType(dict(request.query)),
                    fingerprint=fingerprint,
                    in_flight=self._in_flight,
                )
            )
            return len(self._log) - 1

    def _answered(self, number: int, reply: Reply) -> None:
        with self._lock:
            self._in_flight -= 1
            self._log[number] = replace(self._log[number], status=reply.status)


def _with_management_key(plan: AccountPlan) -> AccountPlan:
    if MANAGEMENT in plan.keys:
        return plan
    return replace(plan, keys={**plan.keys, MANAGEMENT: KeyPlan(name="Management", management=True)})


def _address(host: str, *, allow_remote: bool) -> str:
    """Return the address to bind to. Raises ValueError unless it is loopback."""
    address = "127.0.0.1" if host == "localhost" else host.strip("[]")
    try:
        loopback = ip_address(address).is_loopback
    except ValueError:
        raise ValueError(f"{host!r} is not an IP address: the simulator binds to 127.0.0.1, ::1 or localhost") from None
    if not (loopback or allow_remote):
        raise ValueError(f"the simulator binds to loopback only, and {host} is not; allow_remote=True lets others in")
    return address
