"""The `models` command: usable models, or the public catalogue."""

from __future__ import annotations

import random
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from openrouter_preflight.errors import PreflightError, UsageError
from openrouter_preflight.health.models.matching import resolve, rows_by_name, without_preset
from openrouter_preflight.health.models.successors import Succession, succession
from openrouter_preflight.keys.diagnosis import SecretProblem, diagnose
from openrouter_preflight.openrouter.batch import Batch
from openrouter_preflight.openrouter.endpoints import listed_models, model_named
from openrouter_preflight.openrouter.reply_kind import ReplyKind
from openrouter_preflight.openrouter.session import open_session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from openrouter_preflight.clock import Clock
    from openrouter_preflight.keys import ApiKey
    from openrouter_preflight.openrouter.client import Client
    from openrouter_preflight.openrouter.models import Model
    from openrouter_preflight.openrouter.request import Answer
    from openrouter_preflight.settings.models_options import ModelsSettings

_MOST_LOOKED_UP = 10


class KeyRefusedError(Exception):
    """The key is bad: its text says how, and holds nothing of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The models, by id, and where the list is from."""

    models: tuple[Model, ...]
    key_env: str | None
    """The variable whose key may use them; None for the public catalogue."""
    fingerprint: str | None = None
    successions: tuple[Succession, ...] = ()


def list_models(
    settings: ModelsSettings, *, environ: Mapping[str, str], clock: Clock, on_wait: Callable[[str], None]
) -> Listing:
    """List them in one request; each model that is gone costs one more.

    Raises:
        UsageError: a variable that was named holds no key, or a pattern or scenario makes no sense.
        KeyRefusedError: the key is none, or was refused.
        PreflightError: OpenRouter could not be asked.
    """
    with _world(settings, environ) as (in_world, variables):
        key = _key(in_world, variables)
        with open_session(
            in_world.base_url,
            environ=variables,
            clock=clock,
            jitter=random.random,
            timeout=in_world.timeout,
            deadline=in_world.deadline,
            on_wait=on_wait,
        ) as client:
            rows = _rows(client.ask(listed_models(key)), in_world)
            successions = _successions(in_world.successors, rows, client, key)
    return Listing(
        models=tuple(sorted(_matching(rows, settings.patterns), key=lambda row: row.id)),
        key_env=None if key is None else settings.key_env,
        fingerprint=None if key is None else key.fingerprint,
        successions=successions,
    )


def _key(settings: ModelsSettings, environ: Mapping[str, str]) -> ApiKey | None:
    """Return the key; None where its variable is not set and nobody named it."""
    diagnosis = diagnose(environ.get(settings.key_env))
    if diagnosis.fault is SecretProblem.MISSING:
        if settings.is_key_required:
            raise UsageError(f"{settings.key_env} is not set, or is empty.", "Leave --key-env out to list everything.")
        return None
    if diagnosis.fault is not None or diagnosis.key is None:
        raise KeyRefusedError(f"{settings.key_env} {diagnosis.message}; it was sent nowhere.\n{diagnosis.fix}")
    return diagnosis.key


def _rows(answer: Answer[tuple[Model, ...]], settings: ModelsSettings) -> tuple[Model, ...]:
    if answer.data is not None:
        return answer.data
    status = (
        f"HTTP {answer.status}" if answer.status else f"no answer ({answer.fault})" if answer.fault else "no answer"
    )
    if answer.kind in {ReplyKind.KEY_REJECTED, ReplyKind.KEY_FORBIDDEN}:
        raise KeyRefusedError(
            f"{settings.key_env} was refused by {settings.base_url} ({status}).\n"
            "Look at it with: openrouter-preflight check"
        )
    raise PreflightError(
        f"the list of models at {settings.base_url} could not be read: {status}.",
        f"Explained by: openrouter-preflight explain {answer.status}" if answer.status else "Try again later.",
    )


def _matching(rows: tuple[Model, ...], patterns: tuple[str, ...]) -> Iterator[Model]:
    lowered = [pattern.lower() for pattern in patterns]
    for row in rows:
        name = row.id.lower()
        if not lowered or any(each in name or fnmatchcase(name, each) for each in lowered):
            yield row


def _successions(
    names: tuple[str, ...], rows: tuple[Model, ...], client: Client, key: ApiKey | None
) -> tuple[Succession, ...]:
    known = rows_by_name(rows)
    gone = [plain for name in names if (plain := without_preset(name)) and resolve(plain, known) is None]
    batch = Batch(client)
    renamed = {name: batch.add(model_named(name, key)) for name in gone[:_MOST_LOOKED_UP]}
    batch.run()
    found = {name: pending.answer.data for name, pending in renamed.items()}
    return tuple(succession(name, known, found.get(without_preset(name) or name)) for name in names)


@contextmanager
def _world(settings: ModelsSettings, environ: Mapping[str, str]) -> Iterator[tuple[ModelsSettings, Mapping[str, str]]]:
    """Return the settings and environment: real, or the simulator's."""
    if settings.simulate is None:
        yield settings, environ
        return
    from openrouter_preflight.simulator.started import start_simulator

    with start_simulator(settings.simulate) as simulator:
        yield (
            replace(settings, base_url=simulator.base_url),
            {settings.key_env: simulator.primary_key.reveal()},
        )
