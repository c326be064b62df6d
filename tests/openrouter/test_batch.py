"""Several questions at once: each different one once, not too many together, none beyond the deadline."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from openrouter_preflight.clock import SystemClock
from openrouter_preflight.keys import ApiKey
from openrouter_preflight.openrouter.batch import Batch
from openrouter_preflight.openrouter.client import Client
from openrouter_preflight.openrouter.endpoints import credits_of, key_info
from openrouter_preflight.openrouter.reply import Reply, TransportFault
from openrouter_preflight.openrouter.reply_kind import ReplyKind
from support.hanging import ends

if TYPE_CHECKING:
    from collections.abc import Iterator


def key(number: int) -> ApiKey:
    return ApiKey(f"sk-or-v1-{number:064x}")


class FakeWire:
    """Answers after a while, and remembers how many were asking at once."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.release = threading.Event()
        self.asked: list[tuple[str, ApiKey]] = []
        self.most_at_once = 0
        self.hanging: set[ApiKey] = set()
        self.rejected: set[ApiKey] = set()
        self._seconds = seconds
        self._now = 0
        self._lock = threading.Lock()

    def exchange(self, path: str, key: ApiKey, **_: Any) -> Reply:
        with self._lock:
            self.asked.append((path, key))
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
        self.release.wait(30 if key in self.hanging else self._seconds)
        with self._lock:
            self._now -= 1
        if key in self.rejected:
            return Reply(status=401, body={"error": {"code": 401, "message": "User not found."}})
        return Reply(status=200, body={"data": {"label": "x", "total_credits": 1, "total_usage": 0}})


@pytest.fixture
def transport() -> Iterator[FakeWire]:
    transport = FakeWire(0.01)
    yield transport
    transport.release.set()


def batch_over(transport: FakeWire, deadline: float = 10.0) -> Batch:
    return Batch(Client(transport, clock=SystemClock(), jitter=lambda: 0.5, timeout=5.0, deadline=deadline))  # type: ignore[arg-type]


def test_the_same_question_of_the_same_key_is_asked_once(transport: FakeWire) -> None:
    batch = batch_over(transport)
    pending = [batch.add(key_info(ApiKey(key(1).reveal()))) for _ in range(5)]
    batch.add(key_info(key(2)))
    batch.add(credits_of(key(1), is_best_effort=True))
    batch.run()
    assert len(transport.asked) == 3
    assert {each.answer.kind for each in pending} == {ReplyKind.OK}


def test_many_questions_are_asked_together_but_not_too_many(transport: FakeWire) -> None:
    batch = batch_over(transport)
    pending = [batch.add(key_info(key(number))) for number in range(100)]
    batch.run()
    assert all(each.answer.kind is ReplyKind.OK for each in pending)
    assert len(transport.asked) == 100
    assert 2 <= transport.most_at_once <= 16


def test_rejected_keys_wait_together_and_not_one_after_another(transport: FakeWire) -> None:
    transport.rejected = {key(number) for number in range(60)}
    batch = batch_over(transport)
    rejected = [batch.add(key_info(each)) for each in sorted(transport.rejected, key=lambda each: each.reveal())]
    fine = batch.add(key_info(key(60)))
    batch.run()
    assert {each.answer.kind for each in rejected} == {ReplyKind.KEY_REJECTED}
    assert {each.answer.attempts for each in rejected} == {3}
    assert (fine.answer.kind, fine.answer.attempts) == (ReplyKind.OK, 1)
    assert transport.asked.index(("/key", key(60))) < 61, "what was not asked yet comes before what is asked again"


def test_an_empty_batch_asks_nothing(transport: FakeWire) -> None:
    batch_over(transport).run()
    assert transport.asked == []


def test_the_deadline_overtakes_a_question_that_hangs_and_spares_the_others(transport: FakeWire) -> None:
    transport.hanging = {key(1)}
    batch = batch_over(transport, deadline=0.3)
    hanging, fine = batch.add(key_info(key(1))), batch.add(key_info(key(2)))
    with ends():
        batch.run()
    assert (hanging.answer.kind, hanging.answer.fault) == (ReplyKind.UNREACHABLE, TransportFault.OVERDUE)
    assert fine.answer.kind is ReplyKind.OK


def test_a_bug_in_a_thread_is_raised_where_it_is_seen(transport: FakeWire, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> Reply:
        raise ZeroDivisionError

    monkeypatch.setattr(transport, "exchange", broken)
    batch = batch_over(transport)
    batch.add(key_info(key(1)))
    with pytest.raises(ZeroDivisionError):
        batch.run()


_HANGING_LOOKUP = """
import socket, sys, time
socket.getaddrinfo = lambda *_, **__: time.sleep(60)
from openrouter_preflight.cli.main import run
sys.exit(run(["check", "--deadline", "0.5", "--base-url", "https://openrouter.invalid/api/v1"]))
"""


def test_the_process_leaves_although_a_thread_still_hangs(key_text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENROUTER_API_KEY", key_text)
    ended = subprocess.run(
        [sys.executable, "-c", _HANGING_LOOKUP], capture_output=True, text=True, timeout=20, check=False
    )
    assert ended.returncode == 3, ended.stderr
    assert "the deadline passed" in ended.stdout
