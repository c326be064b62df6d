"""Creation and deletion of keys: never repeated blindly, always confirmed.

OpenRouter has no idempotency keys (API.md §6): two creations make two keys, and only their names tell them apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from openrouter_preflight.manage.records import read_created_key
from openrouter_preflight.manage.writes import FINAL, Write, WriteState
from openrouter_preflight.openrouter.reply_kind import ReplyKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from openrouter_preflight.manage.client import Management
    from openrouter_preflight.manage.records import CreatedKey
    from openrouter_preflight.manage.writes import Writer, WriteResult

_PAUSES: Final = (2.0, 4.0, 8.0)
"""Seconds before the account is looked at after a creation without an answer: it may be carried out late."""


class NotCreated(Exception):  # noqa: N818 - it is an answer, not an error of the program
    """No key was made; or if one was, it was deleted again."""

    def __init__(self, status: int | None = None) -> None:
        """Hold the status of a refusal that stays; None where nobody knows why."""
        super().__init__(f"status {status}" if status is not None else "no usable answer")
        self.status = status


def create_key(
    writer: Writer,
    what: str,
    payload: Callable[[], Mapping[str, Any]],
    remove_orphan: Callable[[str], None],
) -> CreatedKey:
    """A new key, which the account has under the name of the last payload.

    Args:
        writer: Makes and notes the writes.
        what: For people, in the imperative.
        payload: The body of each attempt, with a name that no other key has.
        remove_orphan: Deletes the key of that name, should there be one: nobody knows it.

    Raises:
        NotCreated: OpenRouter made none.
    """
    for pause in (*_PAUSES, None):
        body = payload()
        result = writer.once(
            Write(method="POST", path="/keys", payload=body, fingerprint=None, what=what), read_created_key
        )
        answer = result.answer
        if answer is not None and answer.data is not None:
            writer.name_last(answer.data.record.hash)
            return answer.data
        if answer is not None and answer.status in FINAL:
            raise NotCreated(answer.status)
        is_late = pause is None or not writer.wait(pause, answer)
        if result.state is WriteState.UNKNOWN:
            remove_orphan(str(body["name"]))
        if is_late:
            break
    raise NotCreated


def delete_key(management: Management, writer: Writer, fingerprint: str, what: str) -> WriteResult[Any]:
    """Delete a key, and see it gone: that is believed when it is said twice."""

    def is_gone() -> bool | None:
        kinds = [management.key_record(fingerprint).kind]
        if kinds[0] is ReplyKind.NOT_FOUND:
            kinds.append(management.key_record(fingerprint).kind)
        if ReplyKind.OK in kinds:
            return False
        return True if kinds == [ReplyKind.NOT_FOUND] * 2 else None

    write = Write(method="DELETE", path=f"/keys/{fingerprint}", fingerprint=fingerprint, what=what)
    return writer.settle(write, is_gone)
