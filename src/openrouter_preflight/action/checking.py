"""The check of one Action run: requested or not, permitted or not."""

from __future__ import annotations

import sys
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Final

from openrouter_preflight.action.missing import excuse, tell_reason
from openrouter_preflight.ci.commands import defuse
from openrouter_preflight.errors import UsageError
from openrouter_preflight.findings import Finding, KeyState, KeyStatus, Outcome, Severity, rule
from openrouter_preflight.reports.escape import clean
from openrouter_preflight.settings.model import DEFAULT_KEY_ENV, OnMissing
from openrouter_preflight.settings.resolve import resolve_check

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openrouter_preflight.action.inputs import Inputs
    from openrouter_preflight.action.requests import Requests
    from openrouter_preflight.ci import NoSecrets
    from openrouter_preflight.clock import Clock
    from openrouter_preflight.errors import PreflightError
    from openrouter_preflight.settings.model import Config

_ON_PUSH: Final = (
    "Check the key in a workflow for `push`; a pull request can be scanned without it. With on-missing: skip, the "
    "check is skipped here, and said to be."
)


def is_check_expected(inputs: Inputs, requests: Requests) -> bool:
    """Return True where the inputs ask for a check by a key, a gate or nothing else."""
    return inputs.key_given or inputs.gates_given or inputs.scan == "off" or requests.asks_for_check


def is_check_asked(inputs: Inputs, requests: Requests, config: Config) -> bool:
    """Return True where inputs, or a config file that they name, ask for a check."""
    is_named = requests.check_config is not None
    return is_check_expected(inputs, requests) or (is_named and bool(config.keys or config.asked))


def needs_network(inputs: Inputs, environ: Mapping[str, str]) -> bool:
    """Return False for an empty `api-key`: there is no key to ask about."""
    return not inputs.key_given or bool(environ.get(DEFAULT_KEY_ENV, "").strip())


def check_keys(
    inputs: Inputs,
    requests: Requests,
    config: Config,
    reason: NoSecrets | None,
    *,
    environ: Mapping[str, str],
    clock: Clock,
) -> Outcome:
    """Run the check; `reason` says why this run may see no secrets."""
    from openrouter_preflight.commands.check import check  # not for a scan alone: it is half of the start-up

    settings = resolve_check(requests.check, environ, config, config_is_named=requests.check_config is not None)
    if "base_url" in inputs.check:
        settings = replace(settings, base_url_set_by="the input base-url")
    scenario = settings.simulate
    if not needs_network(inputs, environ):
        settings = replace(settings, simulate=None)  # the simulator's keys must not stand in for one that is missing
    if scenario is not None:
        _refuse_unknown(scenario)
    outcome = check(excuse(settings, reason), environ=environ, stdin=BytesIO(), clock=clock, notify=_notify)
    skip_asked = any(target.policies.on_missing is OnMissing.SKIP for target in settings.targets)
    return tell_reason(replace(outcome, simulated=scenario), reason, skip_asked=skip_asked)


def refused(event: str, why: str, requests: Requests) -> Outcome:
    """Return the outcome of a check that this event may not have."""
    found = rule("check-not-run")
    message = f"{DEFAULT_KEY_ENV} was not checked: {why}."
    is_excused = requests.check.get("on_missing") is OnMissing.SKIP
    finding = Finding(
        rule=found,
        severity=Severity.WARNING if is_excused else Severity.ERROR,
        what=message,
        help=_ON_PUSH,
        key=DEFAULT_KEY_ENV,
    )
    key = KeyStatus(
        name=DEFAULT_KEY_ENV, source="env", state=KeyState.SKIPPED, skipped_because=f"it is not used on {event}"
    )
    return Outcome(command="check", findings=(finding,), keys=(key,))


def not_started(error: PreflightError) -> Outcome:
    """The outcome of a check that could not be started."""
    found = rule("check-not-run")
    message = f"{DEFAULT_KEY_ENV} was not checked: {error}."
    finding = Finding(
        rule=found, severity=Severity.ERROR, what=message, help=error.hint or found.fix, key=DEFAULT_KEY_ENV
    )
    key = KeyStatus(name=DEFAULT_KEY_ENV, source="env", state=KeyState.UNREACHABLE)
    return Outcome(command="check", findings=(finding,), keys=(key,))


def _notify(message: str) -> None:
    sys.stderr.write(f"{defuse(clean(message))}\n")


def _refuse_unknown(scenario: str) -> None:
    from openrouter_preflight.simulator import SCENARIOS

    if scenario not in SCENARIOS:
        raise UsageError(
            f"input simulate: there is no scenario `{scenario}`.", "docs/reference/scenarios.md lists them."
        )
