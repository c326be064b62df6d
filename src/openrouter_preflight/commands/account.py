"""Access to an account with its management key, real or simulated."""

from __future__ import annotations

import random
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from openrouter_preflight.errors import UsageError
from openrouter_preflight.keys.diagnosis import diagnose
from openrouter_preflight.manage.client import Management
from openrouter_preflight.openrouter.session import open_session

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from openrouter_preflight.clock import Clock
    from openrouter_preflight.keys import ApiKey
    from openrouter_preflight.openrouter.client import Client
    from openrouter_preflight.settings.manage.model import ServiceSettings

MOST_PER_SECOND: Final = 50.0
"""Requests; the limit of the management API is not documented (API.md §6)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountAccess:
    """An account, and the client that reaches it."""

    management: Management
    client: Client


@contextmanager
def open_account(
    service: ServiceSettings,
    *,
    environ: Mapping[str, str],
    clock: Clock,
    simulate: str | None = None,
    most_per_second: float | None = MOST_PER_SECOND,
) -> Iterator[AccountAccess]:
    """Yield the account of the named management key. Raises UsageError."""
    with _world(service, environ, simulate) as (settings, variables):
        key = management_key(settings, variables)
        with open_session(
            settings.base_url,
            environ=variables,
            clock=clock,
            jitter=random.random,
            timeout=settings.timeout,
            deadline=settings.deadline,
            most_per_second=most_per_second,
        ) as client:
            yield AccountAccess(management=Management(client, key), client=client)


def management_key(service: ServiceSettings, environ: Mapping[str, str]) -> ApiKey:
    """Return the management key. Raises UsageError without showing its value."""
    name = service.management_key_env
    diagnosis = diagnose(environ.get(name))
    if diagnosis.key is None or diagnosis.fault is not None:
        raise UsageError(
            f"{name}, which is to hold the management key, {diagnosis.message or 'holds none'}.",
            "Make one at https://openrouter.ai/settings/management-keys, and set the variable for this command alone.",
        )
    return diagnosis.key


@contextmanager
def _world(
    service: ServiceSettings, environ: Mapping[str, str], simulate: str | None
) -> Iterator[tuple[ServiceSettings, Mapping[str, str]]]:
    if simulate is None:
        yield service, environ
        return
    from openrouter_preflight.simulator.started import start_simulator

    with start_simulator(simulate) as simulator:
        secret = simulator.keys["management"].reveal()
        yield replace(service, base_url=simulator.base_url), {service.management_key_env: secret}
