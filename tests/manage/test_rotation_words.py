"""Why a rotation stops, in the words that people read, and what it leaves behind."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from openrouter_preflight.manage.marks import Stage, new_mark
from openrouter_preflight.manage.rotation import stop
from support.account_transport import KilledError
from support.fake_account import fingerprint
from support.rotations import DIGEST, Shelf
from support.rotations import Stage as Scene

if TYPE_CHECKING:
    from collections.abc import Callable

AGAIN = "Run the same command again: it goes on from here."


def ended(scene: Scene, **how: Any) -> stop.RotationStop:
    """Why it stopped; a run must."""
    with pytest.raises(stop.RotationStop) as caught:
        scene.rotate(**how)
    return caught.value


def left(scene: Scene) -> int:
    """Keys that are neither the others nor the old one."""
    return len(scene.account.ordinary()) - 3


def mark(scene: Scene, stage: Stage, age: timedelta, digest: str = DIGEST) -> str:
    """Add a successor of another process."""
    now = scene.clock.now() - age
    made = new_mark("ci-bot", scene.old, now=now, nonce="01234567", destinations=digest).at(stage, now)
    return fingerprint(scene.account.add_key(made.name, limit=0))


def test_a_destination_that_is_not_ready_stops_it_before_anything_is_written() -> None:
    scene = Scene(shelves=(Shelf("one", trouble="not-ready"), Shelf("two", trouble="not-ready")))
    why = ended(scene)
    assert (why.rule, why.message, why.advice) == ("rotation-not-ready", "one: it is locked; two: it is locked", "")
    assert {method for method, _ in scene.account.requests} == {"GET"}


def test_a_person_who_says_no_stops_it_before_anything_is_written() -> None:
    scene = Scene()
    assert ended(scene, agreed=False).message == "it was not agreed to"
    assert {method for method, _ in scene.account.requests} == {"GET"}


@pytest.mark.parametrize(("trouble", "kept"), [("refuse", 0), ("refuse-after", 1)])
def test_a_destination_that_refuses_is_named(trouble: str, kept: int) -> None:
    """A successor that was certainly given to nobody is taken back; one that may be somewhere stays."""
    scene = Scene(shelves=(Shelf("one", trouble=trouble), Shelf("two")))
    why = ended(scene)
    told = "it is full" if trouble == "refuse" else "it failed"
    assert (why.rule, why.message) == ("hand-over-failed", f"one did not take the new key: {told}")
    assert left(scene) == kept
    assert not scene.account.keys[scene.old]["disabled"]


def test_other_destinations_are_refused_once_a_key_is_handed_over() -> None:
    scene = Scene()
    mark(scene, Stage.HANDED, timedelta(hours=1), digest="ffffffff")
    why = ended(scene)
    assert why.message == "a successor was handed over to other destinations than these"
    assert why.advice == "Finish that rotation first, with --finish; then rotate the new key."
    assert {method for method, _ in scene.account.requests} == {"GET"}


def test_nothing_to_finish() -> None:
    why = ended(Scene(), finish=True)
    assert (why.rule, why.message) == ("rotation-not-ready", "there is no successor that was handed over")
    assert why.advice == "Start with `rotate FINGERPRINT --to DESTINATION`."


def test_an_older_rotation_goes_on() -> None:
    scene = Scene()

    def other_starts(_count: int, method: str, path: str) -> None:
        if (method, path) == ("POST", "/keys"):
            mark(scene, Stage.MADE, timedelta(0))
            scene.clock.elapsed += 1

    why = ended(scene, on_request=other_starts)
    assert (why.rule, why.advice) == ("rotation-elsewhere", AGAIN)
    assert why.message == "another rotation of the same key was started first; this one withdrew"
    assert left(scene) == 1
    assert [row.what for row in scene.rows][-2:] == ["disable this run's successor", "delete this run's successor"]


def test_a_successor_that_another_run_removed_is_lost() -> None:
    scene = Scene()

    def remove(_count: int, method: str, path: str) -> None:
        if method == "PATCH" and path.startswith("/keys/"):
            for key in scene.account.ordinary():
                if "[rotation of" in key["name"]:
                    del scene.account.keys[key["hash"]]

    why = ended(scene, on_request=remove)
    assert (why.rule, why.message) == ("rotation-elsewhere", "another rotation of the same key took over")
    assert why.advice == AGAIN


def test_a_fresh_mark_of_another_is_waited_for_as_long_as_there_is_time() -> None:
    scene = Scene()
    mark(scene, Stage.MADE, timedelta(seconds=20))
    why = ended(scene, deadline=60)
    assert (why.rule, why.advice) == ("rotation-elsewhere", "Run it again in a few minutes.")
    assert why.message == "another rotation of the same key began a moment ago"
    scene.rotate(deadline=7200)
    assert scene.notes[0] == "another rotation of this key began a moment ago; waiting 100 s at most"
    assert sum(note.startswith("another rotation") for note in scene.notes) == 1
    scene.expect_rotated()


@pytest.mark.parametrize(
    ("used", "silence", "rule", "message"),
    [
        (False, timedelta(hours=3), "rotation-waiting", "the old key stays on until it was unused for 3 hours"),
        (
            True,
            timedelta(hours=3),
            "rotation-old-key-in-use",
            "the old key was used after its successor was handed over",
        ),
    ],
)
def test_silence_that_takes_longer_than_the_deadline(used: bool, silence: timedelta, rule: str, message: str) -> None:
    scene = Scene()
    assert ended(scene, silence=silence).rule == "rotation-waiting"
    if used:
        scene.clock.elapsed += 60
        scene.account.use(scene.old)
    why = ended(scene, silence=silence, finish=True)
    assert (why.rule, why.message) == (rule, message)
    assert not scene.account.keys[scene.old]["disabled"]
    scene.clock.elapsed += 4 * 3600
    scene.rotate(silence=silence, finish=True)
    scene.expect_rotated()


def test_analytics_that_warn_leave_the_old_key_on() -> None:
    scene = Scene()
    scene.account.warnings = ["could not resolve the key"]
    why = ended(scene)
    assert (why.rule, why.message) == (
        "rotation-incomplete",
        "whether the old key is still in use could not be found out",
    )
    assert not scene.account.keys[scene.old]["disabled"]
    scene.rotate(silence=timedelta(0))
    scene.expect_rotated()


def test_a_use_that_only_analytics_know_begins_the_silence_anew() -> None:
    scene = Scene()

    def use(_count: int, method: str, path: str) -> None:
        if path == "/analytics/query" and scene.old not in scene.account.uses:
            scene.account.uses[scene.old] = [scene.clock.now() - timedelta(seconds=30)]

    before = scene.clock.elapsed
    scene.rotate(on_request=use)
    assert scene.clock.elapsed - before >= 240
    scene.expect_rotated()


def test_a_key_that_nobody_has_is_not_rotated() -> None:
    scene = Scene()
    del scene.account.keys[scene.old]
    why = ended(scene)
    assert (why.rule, why.message) == ("rotation-not-ready", "the account has no such key")
    assert "https://openrouter.ai/settings/security" in why.advice


def test_a_key_that_was_deleted_after_the_hand_over_is_finished() -> None:
    scene = Scene()
    assert ended(scene, silence=timedelta(days=1)).rule == "rotation-waiting"
    del scene.account.keys[scene.old]
    scene.account.byok["openai"] = [key for key in scene.account.byok["openai"] or () if key != scene.old]
    scene.account.broadcasts["otel"] = [key for key in scene.account.broadcasts["otel"] or () if key != scene.old]
    scene.rotate(finish=True)
    scene.expect_rotated()


def test_a_key_that_was_switched_off_before_is_replaced_without_a_wait() -> None:
    scene = Scene()
    scene.account.keys[scene.old]["disabled"] = True
    before = scene.clock.elapsed
    scene.rotate()
    assert scene.clock.elapsed == before
    scene.expect_rotated()


@pytest.mark.parametrize(
    ("status", "said", "rule", "message"),
    [
        (
            403,
            "the key's lifetime is longer than the account permits",
            "rotation-not-ready",
            "OpenRouter does not accept the new key (key-lifetime); the old one is as it was",
        ),
        (
            401,
            "User not found.",
            "rotation-incomplete",
            "whether the new key is accepted could not be found out: the key was rejected (HTTP 401)",
        ),
        (
            500,
            "Internal error",
            "rotation-incomplete",
            "whether the new key is accepted could not be found out: OpenRouter is in trouble (HTTP 500)",
        ),
    ],
)
def test_a_new_key_that_is_not_accepted_is_taken_back(
    monkeypatch: pytest.MonkeyPatch, status: int, said: str, rule: str, message: str
) -> None:
    scene = Scene()
    _answer_new_keys(monkeypatch, scene, status, said)
    why = ended(scene)
    assert (why.rule, why.message) == (rule, message)
    assert left(scene) == 0
    assert {shelf.content for shelf in scene.shelves} == {scene.old_text}


def test_a_new_key_that_is_called_spent_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene()
    _answer_new_keys(monkeypatch, scene, 403, "Key limit exceeded (total limit).")
    scene.rotate()
    scene.expect_rotated()


def _answer_new_keys(monkeypatch: pytest.MonkeyPatch, scene: Scene, status: int, said: str) -> None:
    made: Callable[..., Any] = scene.account.handle

    def answer(method: str, path: str, query: Any, body: Any, bearer: str) -> Any:
        if path == "/key" and fingerprint(bearer) not in scene.account.management:
            return status, {"error": {"code": status, "message": said}}
        return made(method, path, query, body, bearer)

    monkeypatch.setattr(scene.account, "handle", answer)


def test_an_interrupt_before_the_hand_over_leaves_no_successor() -> None:
    scene = Scene()

    def interrupt(_count: int, method: str, path: str) -> None:
        if method == "POST" and path.startswith("/guardrails") and not scene.notes:
            scene.notes.append("interrupted")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scene.rotate(on_request=interrupt)
    assert left(scene) == 0


def test_a_kill_leaves_what_the_next_run_takes_away() -> None:
    scene = Scene()
    with pytest.raises(KilledError):
        scene.rotate({16: "die-after"})
    assert left(scene) == 1
    scene.rotate()
    assert "delete a successor of an earlier run" in [row.what for row in scene.rows]
    scene.expect_rotated()


def _refuse_creations(monkeypatch: pytest.MonkeyPatch, scene: Scene, status: int) -> None:
    made: Callable[..., Any] = scene.account.handle

    def answer(method: str, path: str, query: Any, body: Any, bearer: str) -> Any:
        if (method, path) == ("POST", "/keys"):
            return status, {"error": {"code": status, "message": "no"}}
        return made(method, path, query, body, bearer)

    monkeypatch.setattr(scene.account, "handle", answer)


@pytest.mark.parametrize(
    ("status", "rule", "message", "attempts"),
    [
        (400, "rotation-not-ready", "OpenRouter refused to create the successor (status 400)", 1),
        (429, "rotation-incomplete", "OpenRouter did not create the successor", 4),
        (502, "rotation-incomplete", "OpenRouter did not create the successor", 4),
    ],
)
def test_a_creation_that_is_refused_is_tried_again_only_where_that_can_help(
    monkeypatch: pytest.MonkeyPatch, status: int, rule: str, message: str, attempts: int
) -> None:
    scene = Scene()
    _refuse_creations(monkeypatch, scene, status)
    why = ended(scene)
    assert (why.rule, why.message) == (rule, message)
    assert [(row.method, row.status) for row in scene.rows] == [("POST", status)] * attempts
    assert left(scene) == 0


def test_workspaces_that_cannot_be_read_are_said() -> None:
    scene = Scene()
    del scene.account.keys[scene.old]
    why = ended(scene, trouble_at=dict.fromkeys(range(3, 30), "500"))
    assert (why.rule, why.message) == (
        "rotation-incomplete",
        "the account's workspaces could not be read to the end",
    )


EVERY_WRITE = [
    ("POST", "create a successor of the key ci-bot that cannot spend yet", 201),
    ("POST", "assign the old key's guardrail to the successor", 200),
    ("PATCH", "add the successor to the BYOK credential openai", 200),
    ("PATCH", "add the successor to the broadcast destination otel", 200),
    ("PATCH", "give the successor its limit", 200),
    ("HAND OVER", "hand the new key over to one", None),
    ("PATCH", "renew the successor's mark", 200),
    ("HAND OVER", "hand the new key over to two", None),
    ("PATCH", "mark the successor as handed over", 200),
    ("PATCH", "disable the old key", 200),
    ("PATCH", "take the old key off the BYOK credential openai", 200),
    ("PATCH", "take the old key off the broadcast destination otel", 200),
    ("PATCH", "rename the old key after its successor", 200),
    ("PATCH", "give the successor the old key's name", 200),
]


def test_every_write_is_a_row_in_order() -> None:
    scene = Scene()
    scene.rotate()
    assert [(row.method, row.what, row.status) for row in scene.rows] == EVERY_WRITE
    assert scene.notes == ["the new key is in place; waiting until the old one was unused for 2 minutes"]


def test_a_successor_that_goes_is_unlisted_disabled_and_deleted_in_this_order() -> None:
    scene = Scene()
    with pytest.raises(KilledError):
        scene.rotate({22: "die-after"})
    scene.rotate()
    why = "a successor of an earlier run"
    assert [(row.method, row.what, row.status) for row in scene.rows][:4] == [
        ("PATCH", f"take {why} off the BYOK credential openai", 200),
        ("PATCH", f"take {why} off the broadcast destination otel", 200),
        ("PATCH", f"disable {why}", 200),
        ("DELETE", f"delete {why}", 200),
    ]
    scene.expect_rotated()


@pytest.mark.parametrize(("status", "rule"), [(403, "rotation-not-ready"), (502, "rotation-incomplete")])
def test_a_deletion_that_is_not_carried_out_is_said(monkeypatch: pytest.MonkeyPatch, status: int, rule: str) -> None:
    scene = Scene()
    scene.rotate()
    made: Callable[..., Any] = scene.account.handle

    def answer(method: str, path: str, query: Any, body: Any, bearer: str) -> Any:
        if method == "DELETE":
            return status, {"error": {"code": status, "message": "no"}}
        return made(method, path, query, body, bearer)

    monkeypatch.setattr(scene.account, "handle", answer)
    why = ended(scene, finish=True, delete=True)
    assert (why.rule, why.message) == (rule, "it could not be confirmed that OpenRouter did delete the old key")
    monkeypatch.setattr(scene.account, "handle", made)
    scene.rotate(finish=True, delete=True)
    assert scene.old not in scene.account.keys
