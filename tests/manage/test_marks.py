"""Marks survive the way through a name, and nothing that is no mark is taken for one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openrouter_preflight.manage import marks
from openrouter_preflight.manage.marks import Stage

NOW = datetime(2026, 12, 1, 4, 17, 3, 250_000, tzinfo=UTC)
OLD = "0123456789abcdef" * 4
MARK = "ci-bot [rotation of 0123456789abcdef: made 20261201T041703Z 89abcdef 0badcafe]"


def new(name: str | None) -> marks.SuccessorMark:
    return marks.new_mark(name, OLD, now=NOW, nonce="89abcdef", destinations="0badcafe")


def test_a_new_mark_reads_as_it_should() -> None:
    assert new("ci-bot").name == MARK
    assert new("").name == MARK.removeprefix("ci-bot ")
    assert new(None).name == MARK.removeprefix("ci-bot ")


@given(st.none() | st.text(max_size=100), st.sampled_from(Stage))
def test_a_mark_is_read_back_whatever_the_name(name: str | None, stage: Stage) -> None:
    mark = new(name).at(stage, NOW)
    assert marks.read_successor_mark(mark.name) == mark
    assert mark.since == NOW.replace(microsecond=0)
    assert marks.base_name(mark.name) == mark.base
    retired = marks.retired_name(name, OLD)
    assert marks.read_replacement(retired) == OLD[:16]


def test_a_long_name_is_cut_and_keeps_its_beginning() -> None:
    assert new("x" * 59 + " yz").base == "x" * 59
    assert len(new("x" * 300).base) == 60
    assert marks.job_name("x" * 300, "0123abcd") == "x" * 60 + " [job 0123abcd]"


@pytest.mark.parametrize(
    "name",
    [
        None,
        "",
        "ci-bot",
        MARK.replace("made", "done"),
        MARK.replace("0123456789abcdef", "0123456789abcde"),
        MARK.replace("20261201T041703Z", "20261301T041703Z"),
        MARK.replace("89abcdef", "89ABCDEF"),
        f"{MARK} ",
        f"{MARK}x",
        MARK[:-1],
    ],
)
def test_what_is_no_mark_is_not_read(name: str | None) -> None:
    assert marks.read_successor_mark(name) is None


def test_no_mark_is_another_kind_of_mark() -> None:
    successor, retired, job = MARK, marks.retired_name("a", OLD), marks.job_name("a", "0123abcd")
    assert retired == "a [replaced by 0123456789abcdef]"
    assert job == "a [job 0123abcd]"
    assert [marks.read_successor_mark(name) is None for name in (successor, retired, job)] == [False, True, True]
    assert [marks.read_replacement(name) for name in (successor, retired, job)] == [None, OLD[:16], None]
    assert [marks.read_job_nonce(name) for name in (successor, retired, job)] == [None, None, "0123abcd"]
    assert marks.read_replacement(None) is None
    assert marks.read_job_nonce(None) is None


def test_the_mark_of_a_job_keeps_what_is_before_it() -> None:
    assert marks.job_name("  a  ", "0123abcd") == "a [job 0123abcd]"
    assert marks.job_name("", "0123abcd") == "[job 0123abcd]"
    assert marks.read_job_nonce("[job 0123abcd]") == "0123abcd"


def test_names_are_not_marked_twice() -> None:
    assert marks.retired_name(marks.retired_name("a", OLD), "f" * 64) == f"a [replaced by {'f' * 16}]"
    assert new(MARK).name == MARK
    assert marks.job_name("a [job 0123abcd]", "89abcdef") == "a [job 89abcdef]"
    assert marks.retired_name(None, OLD) == "[replaced by 0123456789abcdef]"
    assert marks.base_name(None) == ""
