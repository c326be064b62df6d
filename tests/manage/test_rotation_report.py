"""How far a rotation is, and what became of it, in the words that people read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from openrouter_preflight.findings import WriteRow
from openrouter_preflight.manage.marks import Stage, new_mark, retired_name
from openrouter_preflight.manage.rotation import report
from openrouter_preflight.manage.rotation.creation import IMAGINED
from openrouter_preflight.manage.rotation.request import RotationRequest
from openrouter_preflight.manage.rotation.state import read_state
from openrouter_preflight.manage.rotation.stop import Incomplete, NotReady
from openrouter_preflight.openrouter.answers import KeyRecord, Usage

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
NONE = Usage(total=Decimal(0), daily=None, weekly=None, monthly=None)
OLD = KeyRecord(
    hash="0123456789abcdef" * 4,
    name="ci-bot",
    disabled=False,
    limit=None,
    limit_remaining=None,
    limit_reset=None,
    usage=NONE,
    byok_usage=NONE,
    created_at=NOW,
    expires_at=None,
    last_used_at=None,
)
OFF = replace(OLD, disabled=True)
NEW = replace(OLD, hash="f" * 64)
RETIRED = replace(OFF, name=retired_name("ci-bot", NEW.hash))
TITLE = "ci-bot (0123456789ab…)"


def successor(stage: Stage, **age: float) -> KeyRecord:
    since = NOW - timedelta(**age)
    mark = new_mark("ci-bot", OLD.hash, now=since, nonce="0" * 8, destinations="0" * 8).at(stage, since)
    return replace(NEW, name=mark.name)


@pytest.mark.parametrize(
    ("old", "keys", "said", "advice"),
    [
        (OLD, [], "no rotation of it is under way", "Start one with `--to`."),
        (
            OLD,
            [successor(Stage.MADE, minutes=3)],
            "a successor was made 3 min ago, and nobody was given it",
            "Go on with `--to`: it deletes that one, and makes another.",
        ),
        (
            OLD,
            [successor(Stage.HANDING, minutes=119)],
            "a successor was being handed over 119 min ago, and some destinations may hold it",
            "Go on with the same `--to` as before: it makes another successor where it must.",
        ),
        (
            OLD,
            [successor(Stage.HANDED, minutes=120)],
            "its successor was handed over 2 h ago; it is still on",
            "Go on with --finish.",
        ),
        (
            replace(OLD, last_used_at=NOW - timedelta(minutes=5)),
            [successor(Stage.HANDED, hours=48)],
            "its successor was handed over 2 days ago; it is still on, last used 5 min ago",
            "Go on with --finish.",
        ),
        (
            OFF,
            [successor(Stage.HANDED, hours=47, minutes=59)],
            "its successor was handed over 47 h ago; it is switched off",
            "Go on with --finish: it renames both.",
        ),
        (
            RETIRED,
            [NEW],
            "it was replaced by ffffffffffff…, and is switched off",
            "Delete it once nobody misses it: rotate FINGERPRINT --finish --delete.",
        ),
    ],
)
def test_the_status_of_a_rotation(old: KeyRecord, keys: list[KeyRecord], said: str, advice: str) -> None:
    finding = report.status(read_state(OLD.hash, old, [old, *keys]), NOW)
    assert (finding.rule.name, finding.message) == ("rotation-status", f"{TITLE}: {said}.")
    assert (finding.help, finding.fingerprint) == (advice, OLD.hash)


def test_a_title_is_the_name_and_the_first_digits() -> None:
    assert report.title_of(read_state(OLD.hash, OLD, [])) == TITLE
    assert report.title_of(read_state(OLD.hash, None, [successor(Stage.HANDED)])) == TITLE
    assert report.title_of(read_state(OLD.hash, None, [])) == "0123456789ab…"
    assert report.title_of(read_state(OLD.hash, RETIRED, [])) == TITLE


def test_the_end_of_a_rotation() -> None:
    state = read_state(OLD.hash, RETIRED, [RETIRED, NEW])
    request = RotationRequest(fingerprint=OLD.hash)
    end = report.done(state, request, TITLE, dry=False)
    assert (end.rule.name, end.message) == (
        "rotation-done",
        f"{TITLE} was replaced by ffffffffffff…, and is switched off.",
    )
    gone = report.done(read_state(OLD.hash, None, []), replace(request, delete=True), TITLE, dry=False)
    assert (gone.message, gone.help) == (f"{TITLE} was replaced, and is deleted.", "Nothing to do.")
    dry = report.done(state, request, TITLE, dry=True)
    assert (dry.rule.name, dry.message) == ("rotation-planned", f"{TITLE} would be replaced; nothing was written.")
    assert {end.fingerprint, gone.fingerprint, dry.fingerprint} == {OLD.hash}


def test_a_stop_names_the_key_the_reason_and_the_next_step() -> None:
    state = read_state(OLD.hash, OLD, [])
    finding = report.stopped(state, NotReady("it is locked", "Unlock it."), "", key="MY_KEY")
    assert (finding.rule.name, finding.message) == ("rotation-not-ready", f"{TITLE}: it is locked.")
    assert (finding.help, finding.key, finding.fingerprint) == ("Unlock it.", "MY_KEY", OLD.hash)
    other = report.stopped(state, Incomplete("no answer"), "another title", key=None)
    assert (other.message, other.help) == ("another title: no answer.", other.rule.fix)


def test_notes_are_one_finding_each_said_once() -> None:
    (finding,) = report.remarks(["one", "two", "one"], TITLE, OLD.hash)
    assert (finding.rule.name, finding.message) == ("rotation-remark", f"{TITLE}: one; two")
    assert report.remarks([], TITLE, OLD.hash) == []


def test_advice_names_the_key_and_a_dry_run_no_key_that_is_not_made() -> None:
    rows = [
        WriteRow(method="PATCH", path=f"/keys/{IMAGINED}", fingerprint=IMAGINED, status=None, what="x"),
        WriteRow(method="PATCH", path=f"/keys/{OLD.hash}", fingerprint=OLD.hash, status=None, what="y"),
    ]
    status = report.status(read_state(OLD.hash, RETIRED, [RETIRED, NEW]), NOW)
    dry = report.outcome([status], rows, dry=True)
    assert dry.findings[0].help == f"Delete it once nobody misses it: rotate {OLD.hash} --finish --delete."
    assert [(row.path, row.fingerprint) for row in dry.writes] == [
        ("/keys/{successor}", None),
        (f"/keys/{OLD.hash}", OLD.hash),
    ]
    assert (dry.command, dry.is_dry_run) == ("rotate", True)
    assert report.outcome([status], rows).writes == tuple(rows)
