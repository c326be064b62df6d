"""One key as an audit sees it, and a gap: something that could not be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from openrouter_preflight.openrouter.reply_kind import ReplyKind

if TYPE_CHECKING:
    from datetime import datetime

    from openrouter_preflight.openrouter.answers import KeyRecord
    from openrouter_preflight.openrouter.request import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditedKey:
    """One key, and the workspace that it was listed in."""

    record: KeyRecord
    workspace: str
    """The workspace's name."""
    workspace_id: str

    def is_expired(self, now: datetime) -> bool:
        """True once its expiry date has come."""
        return self.record.expires_at is not None and self.record.expires_at <= now

    def is_live(self, now: datetime) -> bool:
        """True where requests with it are served."""
        return not (self.record.disabled or self.is_expired(now))


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something that could not be read."""

    what: str
    """`the keys of the workspace Research`."""
    why: str
    answer: Answer[Any] | None = None

    @property
    def is_refusal(self) -> bool:
        """True where the management key is the reason."""
        refusals = (ReplyKind.KEY_REJECTED, ReplyKind.REJECTION_UNCONFIRMED, ReplyKind.MANAGEMENT_KEY_NEEDED)
        return self.answer is not None and self.answer.kind in refusals
