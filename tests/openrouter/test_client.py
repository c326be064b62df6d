"""Questions asked until they are answered, all of them under one deadline; time passes only in pauses here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from openrouter_preflight.keys import ApiKey
from openrouter_preflight.openrouter.client import Client
from openrouter_preflight.openrouter.endpoints import credits_of, key_info, key_record, models_for
from openrouter_preflight.openrouter.reply import Reply, TransportFault
from openrouter_preflight.openrouter.reply_kind import ReplyKind
from openrouter_preflight.openrouter.request import LARGE_BODY, SMALL_BODY
from support.fake_clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import Iterable

KEY = ApiKey("sk-or-v1-" + "0e6f44a47a05f1dad2ad7e88c4c1d6b7" * 2)
OK = Reply(status=200, body={"data": {"label": "sk-or-v1-0e6...6b7"}})
REJECTED = Reply(status=401, body={"error": {"code": 401, "message": "User not found."}})
OUTAGE = Reply(status=503, fault=TransportFault.EMPTY)
LIMITED = Reply(status=429, fault=TransportFault.EMPTY)
SILENCE = Reply(fault=TransportFault.READ_TIMEOUT)
PORTAL = Reply(status=200, fault=TransportFault.HTML)


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
    transport = FakeWire(clock, replies)
    client = Client(transport, clock=clock, jitter=lambda: 0.5, timeout=10.0, deadline=deadline)  # type: ignore[arg-type]
    request = credits_of(KEY, is_best_effort=True) if best_effort else key_info(KEY)
    return client.ask(request), transport, clock


SCRIPTS = [
    ((OK,), ReplyKind.OK, 1),
    ((REJECTED,), ReplyKind.KEY_REJECTED, 3),
    ((REJECTED, OK), ReplyKind.OK, 2),
    ((REJECTED, REJECTED, OK), ReplyKind.OK, 3),
    ((REJECTED, OUTAGE, REJECTED, REJECTED), ReplyKind.KEY_REJECTED, 5),
    ((REJECTED, OUTAGE, REJECTED, OUTAGE, REJECTED, OUTAGE), ReplyKind.OUTAGE, 6),
    ((REJECTED, OUTAGE), ReplyKind.OUTAGE, 6),
    ((REJECTED, PORTAL), ReplyKind.NOT_OPENROUTER, 2),
    ((OUTAGE,), ReplyKind.OUTAGE, 6),
    ((OUTAGE, OUTAGE, OK), ReplyKind.OK, 3),
    ((LIMITED,), ReplyKind.RATE_LIMITED, 6),
    ((LIMITED, OK), ReplyKind.OK, 2),
    ((Reply(fault=TransportFault.BROKEN), OK), ReplyKind.OK, 2),
    ((PORTAL,), ReplyKind.NOT_OPENROUTER, 1),
    ((Reply(status=302, fault=TransportFault.REDIRECT),), ReplyKind.REDIRECTED, 1),
]


@pytest.mark.parametrize(("replies", "kind", "attempts"), SCRIPTS)
def test_a_request_is_sent_until_it_is_answered(replies: tuple[Reply, ...], kind: ReplyKind, attempts: int) -> None:
    answer, transport, _ = ask(*replies)
    assert (answer.kind, answer.attempts, len(transport.asked)) == (kind, attempts, attempts)


@pytest.mark.parametrize("reply", [OUTAGE, LIMITED, REJECTED, SILENCE, Reply(fault=TransportFault.REFUSED)])
@pytest.mark.parametrize("deadline", [0.1, 0.5, 2.0, 30.0])
def test_no_answer_takes_longer_than_the_deadline(reply: Reply, deadline: float) -> None:
    _, _, clock = ask(reply, deadline=deadline)
    assert clock.elapsed <= deadline


def test_a_request_may_not_take_longer_than_the_deadline_leaves() -> None:
    _, transport, _ = ask(SILENCE, deadline=15.0)
    assert [round(asked["timeout"], 1) for asked in transport.asked] == [10.0, 4.5]


def test_a_401_that_time_does_not_let_us_confirm_is_not_believed() -> None:
    answer, _, _ = ask(REJECTED, SILENCE, deadline=2.0)
    assert answer.kind is ReplyKind.REJECTION_UNCONFIRMED


def test_what_was_answered_before_the_deadline_says_more_than_the_deadline() -> None:
    answer, _, _ = ask(LIMITED, SILENCE, deadline=2.0)
    assert (answer.kind, answer.status) == (ReplyKind.RATE_LIMITED, 429)


@pytest.mark.parametrize("reply", [OUTAGE, REJECTED, LIMITED, SILENCE])
def test_a_best_effort_question_is_asked_once_and_never_waits(reply: Reply) -> None:
    answer, transport, clock = ask(reply, best_effort=True)
    assert (len(transport.asked), clock.pauses) == (1, [])
    assert answer.data is None


@pytest.mark.parametrize("body", [{}, {"data": {}}, {"data": {"total_credits": 5}}])
def test_a_200_that_is_not_what_was_asked_for_is_no_answer(body: dict[str, Any]) -> None:
    answer, _, _ = ask(Reply(status=200, body=body))
    assert (answer.kind, answer.fault, answer.data) == (ReplyKind.NOT_OPENROUTER, TransportFault.NOT_OPENROUTER, None)


@pytest.mark.parametrize(
    ("question", "path", "limit"),
    [
        (key_info(KEY), "/key", SMALL_BODY),
        (credits_of(KEY, is_best_effort=False), "/credits", SMALL_BODY),
        (models_for(KEY), "/models/user", LARGE_BODY),
        (key_record("ab" * 32, KEY), "/keys/" + "ab" * 32, SMALL_BODY),
    ],
)
def test_each_question_has_its_path_and_the_size_of_its_answer(question: Any, path: str, limit: int) -> None:
    assert (question.path, question.body_limit, question.key) == (path, limit, KEY)
