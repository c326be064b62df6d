"""The one table of options: every flag of every command.

Click's options, the environment's names, the config file's words, its JSON Schema and the reference page are all made
from it. A new option is one row here and one field in `model`. Nothing is parsed or joined here.
"""

from __future__ import annotations

from typing import Final

from openrouter_preflight.settings.gate_options import GATES
from openrouter_preflight.settings.manage.options import AUDIT, REVOKE, ROTATE, RUN_JOB
from openrouter_preflight.settings.model import (
    DEFAULT_KEY_ENV,
    CheckSettings,
    OnMissing,
    OnUnknownBalance,
    OnUnreachable,
    Policies,
    VerifySettings,
)
from openrouter_preflight.settings.models_options import MODELS
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

_POLICIES: Final = Policies()

POLICIES: Final = (
    Option(
        name="on-missing",
        value=values.member(OnMissing),
        default=_POLICIES.on_missing,
        help="What a secret that is unset or empty means; skip is for pull requests from forks.",
    ),
    Option(
        name="on-unreachable",
        value=values.member(OnUnreachable),
        default=_POLICIES.on_unreachable,
        help="What no answer means, after asking again; fail exits 3.",
    ),
    Option(
        name="on-unknown-balance",
        value=values.member(OnUnknownBalance),
        default=_POLICIES.on_unknown_balance,
        help="What a balance gate means that cannot be evaluated; fail exits 3.",
    ),
)

KEYS: Final = (
    Option(
        name="key-env",
        value=values.VARIABLE,
        default=DEFAULT_KEY_ENV,
        repeatable=True,
        help="Check the key in this environment variable.",
    ),
    Option(
        name="key-file",
        value=values.FILE,
        repeatable=True,
        holds_paths=True,
        help="Check the key in this file, or on standard input with -.",
    ),
)

_OTHER_KEYS: Final = (
    Option(
        name="env-file",
        value=values.FILE,
        field="env_files",
        repeatable=True,
        holds_paths=True,
        help="Read keys from this .env file too, by their variables' names; its values come before the environment's.",
    ),
    Option(
        name="discover",
        value=values.BOOLEAN,
        help="Check every environment variable whose value is an OpenRouter key, too.",
    ),
    management_key_option(", for gates that need one"),
)

_SERVICE: Final = (
    *service_options(CheckSettings(targets=()).deadline),
    Option(
        name="allow-any-shape",
        value=values.BOOLEAN,
        help="Ask about a value that does not look like an OpenRouter key: partners bring their own.",
    ),
    Option(
        name="compare",
        value=values.FILE,
        help="Say what changed since the run that wrote this JSON report.",
    ),
    SIMULATE,
)

RUN: Final = (*_OTHER_KEYS, *_SERVICE)
"""Options of a whole `check`, each a field of CheckSettings."""

POLICY_FROM: Final = Option(
    name="policy-from",
    value=values.REVISION,
    help="Read the config file from this revision, so that a pull request cannot soften its own check; in a pull "
    "request's run, the base's unless this says otherwise.",
)

CHECK: Final = (*KEYS, *_OTHER_KEYS, *GATES, *POLICIES, *_SERVICE, CONFIG, POLICY_FROM, *OUTPUT)

SCAN_MODES: Final = (
    Option(name="staged", value=values.BOOLEAN, help="Scan what the index would commit."),
    Option(
        name="range",
        value=values.RANGE,
        help="Scan all that a push or pull request adds: contents, messages and names.",
    ),
    Option(name="history", value=values.BOOLEAN, help="Scan every object, reachable or not, and every ref's name."),
    Option(name="stdin", value=values.BOOLEAN, help="Scan standard input."),
    Option(
        name="push",
        value=values.BOOLEAN,
        help="As the pre-push hook: ranges from standard input or the PRE_COMMIT_* variables.",
    ),
    Option(name="message", value=values.FILE, help="As the commit-msg hook: scan this file."),
)

SCAN: Final = (
    *SCAN_MODES,
    Option(
        name="strict", value=values.BOOLEAN, help="Make suspicious keys and keys that HEAD has already errors, too."
    ),
    Option(
        name="policy-from",
        value=values.REVISION,
        help="Read the config file from this revision, so that a pull request cannot allow its own keys.",
    ),
    Option(name="max-file-size", value=amounts.SIZE, help="Leave larger files unread, and say so (exit 3)."),
    Option(name="shard", value=amounts.SHARD, help="With --history: read only this share of it; all shares read all."),
    Option(
        name="verify",
        value=values.BOOLEAN,
        help="Ask OpenRouter whether each key found is alive, which must be your own; a dead one is a warning.",
    ),
    *service_options(VerifySettings().deadline, always=False),
    CONFIG,
    *OUTPUT,
)

MERGE: Final = (
    Option(name="strict", value=values.BOOLEAN, help="Make leaks that are warnings in the reports errors."),
    *OUTPUT,
)

COMMANDS: Final = {
    "check": CHECK,
    "scan": SCAN,
    "merge": MERGE,
    "models": MODELS,
    "audit": AUDIT,
    "revoke": REVOKE,
    "rotate": ROTATE,
    "run": RUN_JOB,
}
