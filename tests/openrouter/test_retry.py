"""When to ask again and how long to wait: Retry-After in every spelling, and pauses under one deadline."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openrouter_preflight.openrouter.reply import TRANSIENT, Reply, TransportFault
from openrouter_preflight.openrouter.reply_kind import ReplyKind
from openrouter_preflight.openrouter.retry import Retries, seconds_to_wait
from support.fake_clock import START

LONG = 1000.0
REJECTION = Reply(status=401, body={})


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("0", 0.0),
        ("1", 1.0),
        (" 30 ", 30.0),
        ("1.5", 1.5),
        ("3600", 3600.0),
        ("9" * 400, inf),
        ("Mon, 23 Nov 2026 12:00:30 GMT", 30.0),
        ("Mon, 23 Nov 2026 13:00:30 +0100", 30.0),
        ("Monday, 23-Nov-26 12:00:30 GMT", 30.0),
        ("Mon Nov 23 12:00:30 2026", 30.0),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 0.0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("Wed, 21 Oct 2015 07:28:00 +99999999999999", None),
        ("Wed, 99 Foo 2015 07:28:00 GMT", None),
        ("Mon, 1 Jan 99999 00:00:00 GMT", None),
        ("-5", None),
        ("1e9", None),
        ("NaN", None),
        ("1, 2", None),
        ("soon", None),
        ("٣", None),
        (".", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert seconds_to_wait(header, START) == seconds


_DATES = st.from_regex(r"Mon, \d{1,3} (Nov|Foo) \d{1,5} \d{2}:\d{2}:\d{2} [+-]\d{1,20}", fullmatch=True)


@given(st.text(max_size=30) | _DATES)
def test_no_retry_after_makes_it_raise(header: str) -> None:
    wait = seconds_to_wait(header, START)
    assert wait is None or wait >= 0


def pauses(reply: Reply, kind: ReplyKind, *, remaining: float = LONG, jitter: float = 0.5) -> list[float]:
    """Every pause until this answer, given each time, stands."""
    retries = Retries(lambda: jitter)
    found: list[float] = []
    while (pause := retries.pause_after(reply, kind, remaining - sum(found))) is not None:
        found.append(pause)
    return found


def test_an_outage_is_asked_about_six_times_with_growing_pauses() -> None:
    assert pauses(Reply(status=503), ReplyKind.OUTAGE) == [0.5, 1.0, 2.0, 4.0, 8.0]


def test_pauses_are_spread_by_a_quarter_to_either_side() -> None:
    assert pauses(Reply(status=503), ReplyKind.OUTAGE, jitter=0.0)[:2] == [0.375, 0.75]
    assert pauses(Reply(status=503), ReplyKind.OUTAGE, jitter=1.0)[:2] == [0.625, 1.25]


def test_a_401_is_asked_again_twice() -> None:
    assert pauses(REJECTION, ReplyKind.KEY_REJECTED) == [1.5, 1.5]


@pytest.mark.parametrize("jitter", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("deadline", [0.5, 1.0, 2.0, 5.0])
def test_an_impatient_deadline_still_leaves_time_for_three_questions(deadline: float, jitter: float) -> None:
    found = pauses(REJECTION, ReplyKind.KEY_REJECTED, remaining=deadline, jitter=jitter)
    assert len(found) == 2
    assert sum(found) < deadline * 0.6


@pytest.mark.parametrize("fault", TransportFault)
def test_only_faults_of_the_connection_are_asked_about_again(fault: TransportFault) -> None:
    assert bool(pauses(Reply(fault=fault), ReplyKind.UNREACHABLE)) is (fault in TRANSIENT)


@pytest.mark.parametrize("kind", [each for each in ReplyKind if each not in {ReplyKind.RATE_LIMITED, ReplyKind.OUTAGE}])
def test_an_answer_that_decides_is_not_asked_for_again(kind: ReplyKind) -> None:
    found = pauses(Reply(status=200, body={}), kind)
    assert (found == []) is (kind is not ReplyKind.KEY_REJECTED)


@pytest.mark.parametrize(("retry_after", "first"), [(None, 0.5), (0.0, 0.5), (0.1, 0.5), (3.0, 3.0), (999.0, 999.0)])
def test_retry_after_lengthens_a_pause_and_never_shortens_it(retry_after: float | None, first: float) -> None:
    assert pauses(Reply(status=429, retry_after=retry_after), ReplyKind.RATE_LIMITED)[0] == first


@pytest.mark.parametrize("retry_after", [LONG, 3600.0, inf])
def test_a_wait_beyond_the_deadline_is_not_begun(retry_after: float) -> None:
    assert pauses(Reply(status=429, retry_after=retry_after), ReplyKind.RATE_LIMITED) == []


@given(remaining=st.floats(-10, 60), jitter=st.floats(0, 1, exclude_max=True), wait=st.none() | st.floats(0, 100))
def test_pauses_never_outlast_the_deadline(remaining: float, jitter: float, wait: float | None) -> None:
    for kind in (ReplyKind.OUTAGE, ReplyKind.RATE_LIMITED, ReplyKind.KEY_REJECTED):
        found = pauses(Reply(status=1, retry_after=wait), kind, remaining=remaining, jitter=jitter)
        assert sum(found) <= max(remaining, 0)


def test_rejections_are_believed_in_a_row_only() -> None:
    retries = Retries(lambda: 0.5)
    for kind in (ReplyKind.KEY_REJECTED, ReplyKind.KEY_REJECTED, ReplyKind.OUTAGE, *[ReplyKind.KEY_REJECTED] * 2):
        assert retries.pause_after(REJECTION, kind, LONG) is not None
        assert not retries.is_believed
    assert retries.pause_after(REJECTION, ReplyKind.KEY_REJECTED, LONG) is None
    assert retries.is_believed


def test_rejections_among_other_troubles_end_as_those_do() -> None:
    retries = Retries(lambda: 0.5)
    while retries.pause_after(REJECTION, ReplyKind.KEY_REJECTED, LONG) is not None:
        if retries.pause_after(REJECTION, ReplyKind.OUTAGE, LONG) is None:
            break
    assert (retries.attempts, retries.is_believed) == (6, False)
