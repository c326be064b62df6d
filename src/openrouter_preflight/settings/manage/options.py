"""The table of options of `audit` and `revoke`, in the same form as `settings.options`."""

from __future__ import annotations

from typing import Final

from openrouter_preflight.settings.manage.model import ServiceSettings
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

SERVICE: Final = (management_key_option(", which this command needs"), *service_options(ServiceSettings().deadline))
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
"""What an audit looks for; the config file's `audit:` takes the same words."""

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
