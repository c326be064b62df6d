"""The table of options of `audit`, `revoke`, `rotate` and `run`."""

from __future__ import annotations

from typing import Final

from openrouter_preflight.settings.manage.defaults import JOB_NAME, ROTATE_DEADLINE, SERVICE_DEADLINE, SuccessorLimit
from openrouter_preflight.settings.model import DEFAULT_KEY_ENV
from openrouter_preflight.settings.option import Option
from openrouter_preflight.settings.shared_options import (
    CONFIG,
    OUTPUT,
    SIMULATE,
    management_key_option,
    service_options,
)
from openrouter_preflight.settings.values import amounts
from openrouter_preflight.settings.values import value_type as values

SERVICE: Final = (management_key_option(", which this command needs"), *service_options(SERVICE_DEADLINE))
"""Each fills the field of ServiceSettings that has its name."""

LOOKS: Final = (
    Option(
        name="max-key-age",
        value=amounts.DURATION,
        help="Fail if a key was created longer ago; unasked, 90 days are worth a warning.",
    ),
    Option(
        name="idle",
        value=amounts.DURATION,
        help="Fail if a key was not used for so long; unasked, 90 days are worth a warning.",
    ),
    Option(
        name="expires-within",
        value=amounts.DURATION,
        help="Fail if a key expires within this time; unasked, 7 days are worth a warning.",
    ),
    Option(
        name="require-limit",
        value=values.BOOLEAN,
        negatable=True,
        help="Fail if neither a limit nor a guardrail nor a budget bounds a key's spending; unasked, a warning.",
    ),
    Option(
        name="require-expiry",
        value=values.BOOLEAN,
        negatable=True,
        help="Fail if a key never expires; unasked, a warning.",
    ),
    Option(
        name="loose-limit",
        value=amounts.TIMES,
        help="Fail if a key's limit is more than so many times what it spends; unasked, 10 are worth a warning.",
    ),
)
"""Looks of an audit; the config file's `audit:` takes the same words."""

AUDIT: Final = (
    Option(
        name="workspace",
        value=values.WORKSPACE,
        field="workspaces",
        repeatable=True,
        help="Look at this workspace only, by its id or slug.",
    ),
    *LOOKS,
    Option(
        name="strict",
        value=values.BOOLEAN,
        help="Make what is worth a warning an error, too.",
    ),
    Option(
        name="compare",
        value=values.FILE,
        help="Say what changed since the audit that wrote this JSON report.",
    ),
    *SERVICE,
    SIMULATE,
    CONFIG,
    *OUTPUT,
)

REVOKE: Final = (
    Option(
        name="key-env",
        value=values.VARIABLE,
        field="key_envs",
        repeatable=True,
        help="Revoke the key in this environment variable, and see it refused.",
    ),
    Option(
        name="from-report",
        value=values.FILE,
        help="Revoke the leaked keys of this JSON report, which a scan wrote.",
    ),
    Option(
        name="delete",
        value=values.BOOLEAN,
        help="Delete the keys, which is final; first take them off the lists of BYOK credentials.",
    ),
    Option(name="dry-run", value=values.BOOLEAN, help="Show every write, and make none."),
    Option(name="yes", value=values.BOOLEAN, help="Do not ask; required where there is no terminal to ask on."),
    *SERVICE,
    CONFIG,
    *OUTPUT,
)

_DRY_RUN: Final = Option(name="dry-run", value=values.BOOLEAN, help="Show every write, and make none.")
_YES: Final = Option(
    name="yes", value=values.BOOLEAN, help="Do not ask; required where there is no terminal to ask on."
)

ROTATE: Final = (
    Option(
        name="key-env",
        value=values.VARIABLE,
        help="Replace the key in this environment variable, in place of a fingerprint.",
    ),
    Option(
        name="to",
        value=values.DESTINATION,
        repeatable=True,
        holds_paths=True,
        help="Hand the new key over to exec:COMMAND, gh:NAME[@ENVIRONMENT] or file:PATH#NAME.",
    ),
    Option(
        name="ttl",
        value=amounts.DURATION,
        help="How long the new key lives; else as long as the old one was made to live.",
    ),
    Option(
        name="limit",
        value=values.member(SuccessorLimit),
        default=SuccessorLimit.SAME,
        help="The new key's limit: the old one's, or what remains of one that never resets.",
    ),
    Option(
        name="silence",
        value=amounts.SILENCE,
        default="10m",
        help="How long the old key must be unused before it is switched off; 0 does not wait.",
    ),
    Option(name="status", value=values.BOOLEAN, help="Say how far the rotation is, and write nothing."),
    Option(name="finish", value=values.BOOLEAN, help="Go on with a rotation whose new key is handed over."),
    Option(name="delete", value=values.BOOLEAN, help="With --finish: delete the old key in the end."),
    _DRY_RUN,
    _YES,
    management_key_option(", which this command needs"),
    *service_options(ROTATE_DEADLINE),
    CONFIG,
    *OUTPUT,
)

RUN_JOB: Final = (
    Option(name="limit", value=amounts.USD, help="What the key may spend in all."),
    Option(name="ttl", value=amounts.DURATION, help="When the key expires by itself, should it not be deleted before."),
    Option(name="name", value=values.KEY_NAME, default=JOB_NAME, help="What the key is called."),
    Option(name="workspace", value=values.WORKSPACE, help="Make the key in this workspace; else in the default one."),
    Option(
        name="as",
        value=values.VARIABLE,
        field="variable",
        default=DEFAULT_KEY_ENV,
        help="The variable in which the command finds the key.",
    ),
    Option(
        name="sweep",
        value=values.BOOLEAN,
        help="Delete keys that dead jobs left: those that expired, or with --ttl those that are older.",
    ),
    _DRY_RUN,
    *SERVICE,
    CONFIG,
    *OUTPUT,
)
