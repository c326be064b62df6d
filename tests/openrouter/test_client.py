"""Questions asked until they are answered, all of them under one deadline; time passes only in pauses here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from fake_clock import FakeClock
from openrouter_preflight.keys import ApiKey
from openrouter_preflight.openrouter.client import (
    MODELS_BODY,
    SMALL_BODY,
    Client,
    credits_of,
    key_info,
    key_record,
    models_for,
)
from openrouter_preflight.openrouter.meaning import Meaning
from openrouter_preflight.openrouter.reply import Fault, Reply

if TYPE_CHECKING:
    from collections.abc import Iterable

KEY = ApiKey("sk-or-v1-" + "0e6f44a47a05f1dad2ad7e88c4c1d6b7" * 2)
OK = Reply(status=200, body={"data": {"label": "sk-or-v1-0e6...6b7"}})
REJECTED = Reply(status=401, body={"error": {"code": 401, "message": "User not found."}})
OUTAGE = Reply(status=503, fault=Fault.EMPTY)
LIMITED = Reply(status=429, fault=Fault.EMPTY)
SILENCE = Reply(fault=Fault.READ_TIMEOUT)
PORTAL = Reply(status=200, fault=Fault.HTML)


class FakeWire:
    """Gives the replies in order, the last for ever; a silence lasts as long as the request may."""

    def __init__(self, clock: FakeClock, replies: Iterable[Reply]) -> None:
        self._clock = clock
        self._replies = list(replies)
        self.asked: list[dict[str, Any]] = []

    def exchange(self, path: str, key: ApiKey, **how: Any) -> Reply:
        self.asked.append({"path": path, "key": key, **how})
        reply = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
        if reply is SILENCE:
            self._clock.elapsed += how["timeout"]
        return reply


def ask(*replies: Reply, deadline: float = 30.0, best_effort: bool = False) -> tuple[Any, FakeWire, FakeClock]:
    clock = FakeClock()
    wire = FakeWire(clock, replies)
    client = Client(wire, clock=clock, jitter=lambda: 0.5, timeout=10.0, deadline=deadline)  # type: ignore[arg-type]
    question = credits_of(KEY, is_best_effort=True) if best_effort else key_info(KEY)
    return client.ask(question), wire, clock


SCRIPTS = [
    ((OK,), Meaning.OK, 1),
    ((REJECTED,), Meaning.KEY_REJECTED, 3),
    ((REJECTED, OK), Meaning.OK, 2),
    ((REJECTED, REJECTED, OK), Meaning.OK, 3),
    ((REJECTED, OUTAGE, REJECTED, REJECTED), Meaning.KEY_REJECTED, 5),
    ((REJECTED, OUTAGE, REJECTED, OUTAGE, REJECTED, OUTAGE), Meaning.OUTAGE, 6),
    ((REJECTED, OUTAGE), Meaning.OUTAGE, 6),
    ((REJECTED, PORTAL), Meaning.UNREACHABLE, 2),
    ((OUTAGE,), Meaning.OUTAGE, 6),
    ((OUTAGE, OUTAGE, OK), Meaning.OK, 3),
    ((LIMITED,), Meaning.RATE_LIMITED, 6),
    ((LIMITED, OK), Meaning.OK, 2),
    ((Reply(fault=Fault.BROKEN), OK), Meaning.OK, 2),
    ((PORTAL,), Meaning.UNREACHABLE, 1),
    ((Reply(status=302, fault=Fault.REDIRECT),), Meaning.UNREACHABLE, 1),
]


@pytest.mark.parametrize(("replies", "meaning", "attempts"), SCRIPTS)
def test_a_question_is_asked_until_it_is_answered(replies: tuple[Reply, ...], meaning: Meaning, attempts: int) -> None:
    answer, wire, _ = ask(*replies)
    assert (answer.meaning, answer.attempts, len(wire.asked)) == (meaning, attempts, attempts)


@pytest.mark.parametrize("reply", [OUTAGE, LIMITED, REJECTED, SILENCE, Reply(fault=Fault.REFUSED)])
@pytest.mark.parametrize("deadline", [0.1, 0.5, 2.0, 30.0])
def test_no_answer_takes_longer_than_the_deadline(reply: Reply, deadline: float) -> None:
    _, _, clock = ask(reply, deadline=deadline)
    assert clock.elapsed <= deadline


def test_a_request_may_not_take_longer_than_the_deadline_leaves() -> None:
    _, wire, _ = ask(SILENCE, deadline=15.0)
    assert [round(asked["timeout"], 1) for asked in wire.asked] == [10.0, 4.5]


def test_a_401_that_time_does_not_let_us_confirm_is_not_believed() -> None:
    answer, _, _ = ask(REJECTED, SILENCE, deadline=2.0)
    assert answer.meaning is Meaning.REJECTION_UNCONFIRMED


def test_what_was_answered_before_the_deadline_says_more_than_the_deadline() -> None:
    answer, _, _ = ask(LIMITED, SILENCE, deadline=2.0)
    assert (answer.meaning, answer.status) == (Meaning.RATE_LIMITED, 429)


@pytest.mark.parametrize("reply", [OUTAGE, REJECTED, LIMITED, SILENCE])
def test_a_best_effort_question_is_asked_once_and_never_waits(reply: Reply) -> None:
    answer, wire, clock = ask(reply, best_effort=True)
    assert (len(wire.asked), clock.pauses) == (1, [])
    assert answer.data is None


@pytest.mark.parametrize("body", [{}, {"data": {}}, {"data": {"total_credits": 5}}])
def test_a_200_that_is_not_what_was_asked_for_is_no_answer(body: dict[str, Any]) -> None:
    answer, _, _ = ask(Reply(status=200, body=body))
    assert (answer.meaning, answer.fault, answer.data) == (Meaning.UNREACHABLE, Fault.NOT_OPENROUTER, None)


@pytest.mark.parametrize(
    ("question", "path", "limit"),
    [
        (key_info(KEY), "/key", SMALL_BODY),
        (credits_of(KEY, is_best_effort=False), "/credits", SMALL_BODY),
        (models_for(KEY), "/models/user", MODELS_BODY),
        (key_record("ab" * 32, KEY), "/keys/" + "ab" * 32, SMALL_BODY),
    ],
)
def test_each_question_has_its_path_and_the_size_of_its_answer(question: Any, path: str, limit: int) -> None:
    assert (question.path, question.body_limit, question.key) == (path, limit, KEY)
