"""Flags, environment and file, joined for management commands. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from openrouter_preflight.errors import UsageError
from openrouter_preflight.settings.environment import read_request
from openrouter_preflight.settings.manage.defaults import ROTATE_DEADLINE
from openrouter_preflight.settings.manage.model import (
    AuditSettings,
    RevokeSettings,
    RotateMode,
    RotateSettings,
    RunSettings,
    ServiceSettings,
)
from openrouter_preflight.settings.manage.options import AUDIT, LOOKS, REVOKE, ROTATE, RUN_JOB, SERVICE
from openrouter_preflight.settings.redact import holds_key
from openrouter_preflight.settings.resolve import filled_fields
from openrouter_preflight.settings.values.value_type import FINGERPRINT, BadValueError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from openrouter_preflight.settings.model import Config

_NOT_FIELDS = {"config", "format", "report", "verbose", "quiet", *(option.name for option in SERVICE)}


def resolve_audit(given: Mapping[str, object], environ: Mapping[str, str], config: Config) -> AuditSettings:
    """A whole `audit`. Raises UsageError for what cannot be carried out."""
    asked = read_request("audit", given, environ)
    if "simulate" in asked and "base_url" in asked.flags:
        raise UsageError("--simulate and --base-url exclude each other.", "Leave one of them out.")
    looks = filled_fields(LOOKS, asked, config.audit)
    switches = {"require_limit", "require_expiry"}
    others = tuple(option for option in AUDIT if option not in LOOKS and option.name not in _NOT_FIELDS)
    return AuditSettings(
        service=_service(asked),
        required=frozenset(name for name, value in looks.items() if value is not False),
        **{name: value for name, value in looks.items() if name not in switches},
        **filled_fields(others, asked),
    )


def resolve_revoke(
    given: Mapping[str, object], environ: Mapping[str, str], fingerprints: Iterable[str]
) -> RevokeSettings:
    """Resolve a `revoke`. Raises UsageError where no key is named."""
    asked = read_request("revoke", given, environ)
    others = tuple(option for option in REVOKE if option.name not in _NOT_FIELDS)
    named = read_fingerprints(fingerprints, "revoke", beginnings=True)
    settings = RevokeSettings(service=_service(asked), fingerprints=named, **filled_fields(others, asked))
    if not (settings.fingerprints or settings.key_envs or settings.from_report):
        raise UsageError(
            "revoke needs to know which keys.",
            "Give fingerprints, the variable that holds a key (--key-env NAME), or a scan's JSON report "
            "(--from-report FILE).",
        )
    return settings


def resolve_rotate(given: Mapping[str, object], environ: Mapping[str, str]) -> RotateSettings:
    """A whole `rotate`, whose `given` also holds `fingerprints`. Raises UsageError."""
    asked = read_request("rotate", given, environ)
    words: Any = given.get("fingerprints") or ()
    fingerprints = read_fingerprints(words, "rotate")
    if len(fingerprints) + ("key_env" in asked) != 1:
        raise UsageError(
            "rotate replaces one key at a time.",
            "Give its fingerprint, or the variable that holds it (--key-env NAME).",
        )
    switches = [mode for mode in (RotateMode.STATUS, RotateMode.FINISH) if asked.get(mode.value)]
    mode = switches[0] if switches else RotateMode.ROTATE
    if len(switches) + bool(asked.get("to")) != 1:
        raise UsageError(
            "rotate needs to know where the new key goes (--to), or one of --status and --finish.",
            "A destination is exec:COMMAND, gh:NAME[@ENVIRONMENT] or file:PATH#NAME.",
        )
    if asked.get("delete") and mode is not RotateMode.FINISH:
        raise UsageError("--delete goes with --finish.", "Rotate first; delete the old key once nobody misses it.")
    others = tuple(option for option in ROTATE if option.name not in {*_NOT_FIELDS, "status", "finish"})
    return RotateSettings(
        service=ServiceSettings(**{"deadline": ROTATE_DEADLINE, **filled_fields(SERVICE, asked)}),
        fingerprint=fingerprints[0] if fingerprints else None,
        mode=mode,
        **filled_fields(others, asked),
    )


def resolve_run(given: Mapping[str, object], environ: Mapping[str, str]) -> RunSettings:
    """A whole `run`, whose `given` also holds `command`. Raises UsageError."""
    asked = read_request("run", given, environ)
    command: Any = given.get("command") or ()
    others = tuple(option for option in RUN_JOB if option.name not in _NOT_FIELDS)
    settings = RunSettings(service=_service(asked), command=tuple(command), **filled_fields(others, asked))
    if settings.sweep == bool(settings.command):
        raise UsageError(
            "run needs a command, or --sweep and none.",
            "Write it behind --, as in: run --limit 2 --ttl 2h -- python evaluate.py",
        )
    if not settings.sweep and (settings.limit is None or settings.ttl is None):
        raise UsageError(
            "run needs a limit and a lifetime for the job's key.",
            "Give --limit USD and --ttl DURATION: what the job may spend, and how long it may take.",
        )
    if any(holds_key(word) for word in settings.command):
        raise UsageError(
            "The command holds a key.", "A key on a command line is seen by every process: pass it otherwise."
        )
    return settings


_KEY_PAGE: Final = "https://openrouter.ai/keys/"
_BEGINNING: Final = re.compile(r"[0-9a-f]{12,63}")


def read_fingerprints(words: Iterable[str], command: str, *, beginnings: bool = False) -> tuple[str, ...]:
    """Return each fingerprint once. Raises UsageError without showing a key.

    Raises UsageError for anything else; a key in its place is not shown.
    """
    found = [word.strip().lower().removeprefix(_KEY_PAGE).rstrip("…") for word in words]
    for word in found:
        if holds_key(word):
            raise UsageError(
                f"That is a key; `{command}` takes its fingerprint, or the variable that holds it (--key-env NAME).",
                "The key is in the history of this shell now: clear it there, and revoke the key.",
            )
        if beginnings and _BEGINNING.fullmatch(word):
            continue
        try:
            FINGERPRINT.parse(word)
        except BadValueError:
            raise UsageError(
                f"The fingerprint is not {FINGERPRINT.expected}: {len(word)} characters were given.",
                "Give it whole, as reports show it in JSON, or as it ends the address https://openrouter.ai/keys/….",
            ) from None
    return tuple(dict.fromkeys(found))


def _service(asked: Mapping[str, Any]) -> ServiceSettings:
    return ServiceSettings(**filled_fields(SERVICE, asked))
