"""A session: all that a command needs to talk to OpenRouter, in one call."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from openrouter_preflight.openrouter.client import Client
from openrouter_preflight.openrouter.pace import Pace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from openrouter_preflight.clock import Clock


def _ignore(_message: str) -> None:
    pass


@contextmanager
def open_session(
    base_url: str,
    *,
    environ: Mapping[str, str],
    clock: Clock,
    jitter: Callable[[], float],
    timeout: float = 10.0,
    deadline: float = 30.0,
    on_wait: Callable[[str], None] = _ignore,
    most_per_second: float | None = None,
) -> Iterator[Client]:
    """Yield a client for `base_url`; its connections close with the `with`.

        with open_session(settings.base_url, environ=os.environ, clock=clock, jitter=random.random) as client:
            answer = client.ask(key_record(fingerprint, management_key))     # a read: retried under the deadline
            batch = Batch(client)                                            # several at once, each different one once
            pending = [batch.add(key_info(key)) for key in keys]
            batch.run()
            disabled = client.ask(                                           # a write: sent once
                ApiRequest(
                    path=f"/keys/{fingerprint}",
                    key=management_key,
                    read=read_key_record,
                    method="PATCH",
                    payload={"disabled": True},
                )
            )

    A GET reads and every other method writes, unless `ApiRequest.repeat` says otherwise: a POST that only reads, such
    as `/analytics/query`, is given `Repeat.ALWAYS`. An answer's `data` is present exactly when its `kind` is OK. A
    write that may or may not have been carried out (a timeout, a 5xx, a broken or unreadable answer) has the kind
    WRITE_UNCERTAIN; after any other kind than OK and that one it was certainly not carried out.

    Args:
        base_url: Such as https://openrouter.ai/api/v1; a loopback address is reached without a proxy.
        environ: Names proxies and CAs.
        clock: Also measures the deadline.
        jitter: A random number from 0 up to 1, such as `random.random`.
        timeout: Seconds for one attempt.
        deadline: Seconds from now for all requests together; no attempt and no pause goes beyond it.
        on_wait: Told in a sentence, from any thread, each time that a request is to be sent again.
        most_per_second: A bound on attempts a second; None: there is none.

    Raises:
        UsageError: a proxy or CA variable cannot be used.
    """
    from openrouter_preflight.openrouter.transport import Transport  # imports httpx, which nobody needs until now

    with Transport(base_url, environ=environ, clock=clock) as transport:
        pace = Pace(most_per_second, clock) if most_per_second is not None else None
        yield Client(
            transport,
            clock=clock,
            jitter=jitter,
            timeout=timeout,
            deadline=deadline,
            on_wait=on_wait,
            pace=pace,
        )
