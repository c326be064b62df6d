"""The key of one job: creation, spending, end, and leftovers of dead jobs."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from openrouter_preflight.manage.key_writes import create_key, delete_key
from openrouter_preflight.manage.marks import job_name, read_job_nonce

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from decimal import Decimal

    from openrouter_preflight.manage.client import Management
    from openrouter_preflight.manage.records import CreatedKey
    from openrouter_preflight.manage.writes import Writer
    from openrouter_preflight.openrouter.answers import KeyRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRequest:
    """The wanted properties of a job's key."""

    limit: Decimal
    """USD in all."""
    expires_at: datetime
    name: str = "job"
    workspace: str | None = None

    def payload(self) -> dict[str, Any]:
        """Return the body of its creation, with a unique name."""
        whole = self.limit == self.limit.to_integral_value()
        payload: dict[str, Any] = {
            "name": job_name(self.name, secrets.token_hex(4)),
            "limit": int(self.limit) if whole else float(self.limit),
            "include_byok_in_limit": True,
            "expires_at": self.expires_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        return payload if self.workspace is None else {**payload, "workspace_id": self.workspace}


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEnd:
    """The end of a job's key."""

    is_deleted: bool
    spent: Decimal | None
    """USD, as far as it was counted when the job ended; None where it could not be read."""


def create_job_key(management: Management, writer: Writer, request: JobRequest) -> CreatedKey:
    """Make the key. Raises NotCreated; then none is left."""

    def remove_orphan(name: str) -> None:
        for record in management.keys(request.workspace).rows:
            if record.name == name:
                delete_key(management, writer, record.hash, "delete a job's key that nobody knows")

    return create_key(writer, f"create a key for the job {request.name}", request.payload, remove_orphan)


def end_job_key(management: Management, writer: Writer, record: KeyRecord, name: str) -> JobEnd:
    """Read what it spent, and delete it."""
    last = management.key_record(record.hash).data
    result = delete_key(management, writer, record.hash, f"delete the key of the job {name}")
    return JobEnd(is_deleted=result.is_done, spent=_spent(last) if last is not None else None)


def _spent(record: KeyRecord) -> Decimal | None:
    """Return the spend that counts against the limit, BYOK included."""
    parts = [part for part in (record.usage.total, record.byok_usage.total) if part is not None]
    return sum(parts[1:], start=parts[0]) if parts else None


def leftovers(keys: tuple[KeyRecord, ...], now: datetime, older_than: timedelta | None) -> list[KeyRecord]:
    """Return expired job keys, and those older than a given age.

    Without an age a key that has not expired may be one of a job that is still running.
    """

    def is_over(key: KeyRecord) -> bool:
        if key.expires_at is not None and key.expires_at <= now:
            return True
        return older_than is not None and key.created_at is not None and now - key.created_at >= older_than

    return [key for key in keys if read_job_nonce(key.name) is not None and is_over(key)]
