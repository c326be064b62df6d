"""A change is made again only after it was read back and found not to hold, and no pause goes beyond the deadline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from openrouter_preflight.errors import UsageError
from openrouter_preflight.keys import ApiKey
from openrouter_preflight.manage.client import Management
from openrouter_preflight.manage.destinations import destinations_digest, read_destination
from openrouter_preflight.manage.key_writes import NotCreated
from openrouter_preflight.manage.writes import Write, Writer, WriteState
from openrouter_preflight.openrouter.reply_kind import ReplyKind
from openrouter_preflight.openrouter.request import Answer
from support.fake_clock import FakeClock

if TYPE_CHECKING:
    from openrouter_preflight.openrouter.request import ApiRequest

WRITE = Write(method="PATCH", path="/keys/a", payload={"disabled": True}, fingerprint="a", what="disable the key")
OK: Answer[Any] = Answer(kind=ReplyKind.OK, data={}, status=200)
UNCERTAIN: Answer[Any] = Answer(kind=ReplyKind.WRITE_UNCERTAIN, status=502)
BUSY: Answer[Any] = Answer(kind=ReplyKind.RATE_LIMITED, status=429, retry_after=20.0)
PATIENT: Answer[Any] = Answer(kind=ReplyKind.RATE_LIMITED, status=429, retry_after=3600.0)
GONE: Answer[Any] = Answer(kind=ReplyKind.NOT_FOUND, status=404)


class Script:
    """Answers in order; the last one holds for all that follow."""

    def __init__(self, *answers: Answer[Any], remaining: float = 1000) -> None:
        self.answers = list(answers)
        self.remaining = remaining
        self.requests: list[ApiRequest[Any]] = []

    def ask(self, request: ApiRequest[Any]) -> Answer[Any]:
        self.requests.append(request)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def settle(script: Script, *holds: bool | None) -> tuple[WriteState, list[float], list[int | None]]:
    clock, seen = FakeClock(), list(holds)
    writer = Writer(Management(script, ApiKey("x")), clock)
    result = writer.settle(WRITE, lambda: seen.pop(0) if len(seen) > 1 else seen[0])
    return result.state, clock.pauses, [row.status for row in writer.rows]


@pytest.mark.parametrize(
    ("answers", "holds", "expected"),
    [
        ([OK], [True], (WriteState.DONE, [], [200])),
        ([UNCERTAIN], [True], (WriteState.DONE, [], [502])),
        ([UNCERTAIN, OK], [False, True], (WriteState.DONE, [1.0], [502, 200])),
        ([UNCERTAIN], [None], (WriteState.UNKNOWN, [], [502])),
        ([UNCERTAIN], [False], (WriteState.UNKNOWN, [1.0, 2.0, 4.0, 8.0], [502] * 5)),
        ([BUSY], [False], (WriteState.REFUSED, [20.0] * 4, [429] * 5)),
        ([BUSY, OK], [None, True], (WriteState.DONE, [20.0], [429, 200])),
        ([PATIENT, OK], [False, True], (WriteState.DONE, [60.0], [429, 200])),
        ([GONE], [False], (WriteState.REFUSED, [], [404])),
        ([GONE], [None], (WriteState.REFUSED, [], [404])),
    ],
)
def test_a_change_is_made_again_where_that_can_help(
    answers: list[Answer[Any]], holds: list[bool | None], expected: tuple[WriteState, list[float], list[int]]
) -> None:
    assert settle(Script(*answers), *holds) == expected


@pytest.mark.parametrize(("remaining", "pauses"), [(1.0, []), (1.001, [1.0]), (0.0, [])])
def test_no_pause_goes_beyond_the_deadline(remaining: float, pauses: list[float]) -> None:
    assert settle(Script(UNCERTAIN, OK, remaining=remaining), False, True)[1] == pauses


def test_a_dry_run_notes_and_makes_nothing() -> None:
    script = Script(OK)
    writer = Writer(Management(script, ApiKey("x")), FakeClock(), dry=True)
    assert writer.settle(WRITE, lambda: False).is_done
    assert [(row.method, row.path, row.status, row.what) for row in writer.rows] == [
        ("PATCH", "/keys/a", None, "disable the key")
    ]
    assert script.requests == []
    with pytest.raises(RuntimeError):
        writer.once(WRITE, lambda body: body)


def test_a_creation_that_was_not_made_says_why() -> None:
    assert (str(NotCreated(400)), NotCreated(400).status) == ("status 400", 400)
    assert (str(NotCreated()), NotCreated().status) == ("no usable answer", None)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("s3:x", "it begins with none of exec:, gh: and file:"),
        ("", "it begins with none of exec:, gh: and file:"),
        ("gh:A@", "the environment's name is missing behind the @"),
        ("file:.env", "a file's path and a variable's name are joined by #, as in file:.env#OPENROUTER_API_KEY"),
        ("file:.env#A-B", "a file's path and a variable's name are joined by #, as in file:.env#OPENROUTER_API_KEY"),
        ("file:#A", "a file's path and a variable's name are joined by #, as in file:.env#OPENROUTER_API_KEY"),
        ("gh:A-B", "a secret's name has letters, digits and _, and does not begin with GITHUB_ or a digit"),
        ("gh:GITHUB_A", "a secret's name has letters, digits and _, and does not begin with GITHUB_ or a digit"),
    ],
)
def test_a_destination_that_cannot_be_used_is_said(text: str, why: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_destination(text, {})
    assert str(caught.value) == f"--to cannot be used: {why}."
    assert caught.value.hint == "A destination is exec:COMMAND, gh:NAME[@ENVIRONMENT] or file:PATH#NAME."


def test_destinations_are_made_of_what_is_written() -> None:
    labels = [read_destination(text, {}).label for text in ("exec:a b", "gh:x@y z", "gh:x", "file:a#b#C")]
    assert labels == ["exec:a", "gh:x@y z", "gh:x", "file:a#b#C"]


def test_the_digest_tells_sets_of_destinations_apart_whatever_their_order() -> None:
    assert destinations_digest(["a", "b"]) == destinations_digest(["b", "a"])
    assert destinations_digest(["a", "b"]) != destinations_digest(["ab"])
    assert len(destinations_digest([])) == 8
