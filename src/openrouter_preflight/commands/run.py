"""The `run` command: a key for one command; and `run --sweep`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from openrouter_preflight.commands.account import open_account
from openrouter_preflight.findings import Outcome
from openrouter_preflight.findings.amounts import usd
from openrouter_preflight.manage.destinations.programs import find_program, without_secrets_of
from openrouter_preflight.manage.found import SHOWN, found
from openrouter_preflight.manage.job.child import NOT_STARTED, Child
from openrouter_preflight.manage.job.job_key import JobEnd, JobRequest, create_job_key, end_job_key, leftovers
from openrouter_preflight.manage.key_writes import NotCreated, delete_key
from openrouter_preflight.manage.writes import Write, Writer
from openrouter_preflight.settings.model import DEFAULT_MANAGEMENT_KEY_ENV

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta
    from decimal import Decimal

    from openrouter_preflight.clock import Clock
    from openrouter_preflight.findings import Finding, WriteRow
    from openrouter_preflight.keys import ApiKey
    from openrouter_preflight.manage.records import CreatedKey
    from openrouter_preflight.settings.manage.model import RunSettings

_INTERRUPTED: Final = 130


@dataclass(frozen=True, slots=True, kw_only=True)
class JobResult:
    """The outcome of a job, and the command's own exit code."""

    outcome: Outcome
    code: int


def run_job(settings: RunSettings, *, environ: Mapping[str, str], clock: Clock) -> JobResult:
    """Run the command with a key of its own. Raises UsageError."""
    limit, ttl = _required(settings)
    command = settings.command
    request = JobRequest(
        limit=limit,
        expires_at=(clock.now() + ttl).replace(microsecond=0),
        name=settings.name,
        workspace=settings.workspace,
    )
    rows: list[WriteRow] = []
    with Child() as child:
        with open_account(settings.service, environ=environ, clock=clock, most_per_second=None) as access:
            writer = Writer(access.management, clock, dry=settings.dry_run)
            if settings.dry_run:
                return _planned(writer, request)
            if find_program(command[0], environ) is None:
                return _not_started(f"the program {command[0]} was not found", rows)
            try:
                created = create_job_key(access.management, writer, request)
            except NotCreated as error:
                return _not_started(f"OpenRouter made no key for it ({error})", writer.rows)
            management_key = access.management.key
            rows += writer.rows
        code = child.run(command, child_environment(environ, settings, management_key, created.key))
        # Over connections and a deadline of its own: the command may have taken hours.
        with open_account(settings.service, environ=environ, clock=clock, most_per_second=None) as access:
            writer = Writer(access.management, clock)
            job_end = end_job_key(access.management, writer, created.record, settings.name)
            rows += writer.rows
        ended = _ended(request, created, job_end)
        if code is None:
            why = "it was interrupted before" if child.stopped_by is not None else "the system refused to start it"
            failed = _not_started(why, rows, *ended)
            return JobResult(outcome=failed.outcome, code=_INTERRUPTED if child.stopped_by else NOT_STARTED)
        return JobResult(outcome=Outcome(command="run", findings=ended, writes=tuple(rows)), code=code)


def child_environment(
    environ: Mapping[str, str], settings: RunSettings, management_key: ApiKey, key: ApiKey
) -> dict[str, str]:
    """Return the environment with the job's key and no management key."""
    hidden = {settings.service.management_key_env, DEFAULT_MANAGEMENT_KEY_ENV}
    kept = {name: value for name, value in without_secrets_of(environ, management_key).items() if name not in hidden}
    return {**kept, settings.variable: key.reveal()}


def sweep(settings: RunSettings, *, environ: Mapping[str, str], clock: Clock) -> Outcome:
    """Delete leftovers of dead jobs in every workspace. Raises UsageError."""
    with open_account(settings.service, environ=environ, clock=clock, most_per_second=None) as access:
        management = access.management
        writer = Writer(management, clock, dry=settings.dry_run)
        listing = management.workspaces()
        names = [each.id for each in listing.rows if settings.workspace in (None, each.id, each.slug)]
        listed = [management.keys(each) for each in names]
        keys = tuple(key for each in listed for key in each.rows)
        old = leftovers(keys, clock.now(), settings.ttl)
        left = [
            key
            for key in old
            if not delete_key(management, writer, key.hash, f"delete the leftover key {key.name}").is_done
        ]
        problems = [f"the leftover key {key.hash[:SHOWN]}… could not be deleted." for key in left]
        if not (listing.is_complete and names and all(each.is_complete for each in listed)):
            problems.append("the keys of the account could not be read to the end.")
        fate = "would be deleted" if settings.dry_run else "deleted"
        done = f"keys that dead jobs left, {fate}: {len(old) - len(left)}."
        findings = [found("jobs-swept", done), *(found("sweep-incomplete", each) for each in problems)]
        return Outcome(command="run", findings=tuple(findings), writes=tuple(writer.rows), is_dry_run=settings.dry_run)


def _required(settings: RunSettings) -> tuple[Decimal, timedelta]:
    if settings.limit is None or settings.ttl is None:
        raise AssertionError("settings.resolve sees to these")
    return settings.limit, settings.ttl


def _ended(request: JobRequest, created: CreatedKey, ended: JobEnd) -> tuple[Finding, ...]:
    """Return findings about the key's end and the job's cost."""
    cost = "what it spent could not be read" if ended.spent is None else f"it spent {usd(ended.spent)}"
    said = f"the key of the job {request.name}: {cost} of {usd(request.limit)}"
    if ended.is_deleted:
        return (found("job-done", f"{said}, and is deleted.", fingerprint=created.record.hash),)
    left = f"{said}; it could not be deleted, and works until {request.expires_at:%Y-%m-%d %H:%M} UTC."
    return (found("job-key-left", left, fingerprint=created.record.hash),)


def _planned(writer: Writer, request: JobRequest) -> JobResult:
    for method, path, what in (
        ("POST", "/keys", f"create a key for the job {request.name}"),
        ("DELETE", "/keys/{hash}", f"delete the key of the job {request.name}"),
    ):
        writer.note(Write(method=method, path=path, fingerprint=None, what=what), None)
    said = f"the command would be run with a key of its own, limit {usd(request.limit)}; nothing was written."
    outcome = Outcome(command="run", findings=(found("job-planned", said),), writes=tuple(writer.rows), is_dry_run=True)
    return JobResult(outcome=outcome, code=outcome.exit_code)


def _not_started(why: str, rows: list[WriteRow], *more: Finding) -> JobResult:
    findings = (found("job-not-started", f"the command was not started: {why}."), *more)
    return JobResult(outcome=Outcome(command="run", findings=findings, writes=tuple(rows)), code=NOT_STARTED)
