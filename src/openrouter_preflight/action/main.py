"""The whole step: inputs and event, scan, packages, check, one outcome."""

from __future__ import annotations

import io
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from openrouter_preflight.action.checking import (
    check_keys,
    is_check_asked,
    is_check_expected,
    needs_network,
    not_started,
    refused,
)
from openrouter_preflight.action.inputs import PREFIX, naming, read_inputs, secrets_of
from openrouter_preflight.action.packages import Packages, PackagesError
from openrouter_preflight.action.requests import Requests, read_requests
from openrouter_preflight.action.results import give_up, publish
from openrouter_preflight.action.scanning import needs_config, scan_event
from openrouter_preflight.ci import Ci, why_no_secrets
from openrouter_preflight.ci.github_event import EventError, plan_event
from openrouter_preflight.ci.proposal import load_event
from openrouter_preflight.clock import SystemClock
from openrouter_preflight.commands.config import MissingBaseError, config_of_proposal
from openrouter_preflight.commands.scan import undecided
from openrouter_preflight.errors import PreflightError, UsageError, apology
from openrouter_preflight.findings import ExitCode, Outcome
from openrouter_preflight.reports.advice import at_place
from openrouter_preflight.settings.config.config_file import find_config, load_config
from openrouter_preflight.settings.model import ScanMode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from openrouter_preflight.action.inputs import Inputs
    from openrouter_preflight.ci import NoSecrets
    from openrouter_preflight.ci.github_event import EventPlan
    from openrouter_preflight.clock import Clock
    from openrouter_preflight.settings.model import Config


def main() -> int:
    """Run the step in this process. Returns its exit code."""
    try:
        return _run_or_give_up()
    except KeyboardInterrupt:  # while something else was said: a traceback could show data
        return ExitCode.INTERRUPTED.value
    except Exception:  # noqa: BLE001 - likewise, where nothing can be said any more
        return ExitCode.INCOMPLETE.value


def _run_or_give_up() -> int:
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    environ = dict(os.environ)
    try:
        return run(environ, Path.cwd())
    except PreflightError as error:
        code = ExitCode.USAGE if isinstance(error, UsageError) else ExitCode.INCOMPLETE
        return give_up(error.whole, code, environ, sys.stdout)
    except KeyboardInterrupt:
        return give_up("interrupted: nothing was decided", ExitCode.INTERRUPTED, environ, sys.stdout)
    except OSError as error:  # a full disk, or a variable of the runner that names no file
        said = f"{_file_of(error, environ)} cannot be used: {error.strerror or type(error).__name__}"
        return give_up(said, ExitCode.INCOMPLETE, environ, sys.stdout)
    except Exception as error:  # noqa: BLE001 - the last resort: a traceback could show data
        return give_up(apology(error), ExitCode.INCOMPLETE, environ, sys.stdout)


def _file_of(error: OSError, environ: Mapping[str, str]) -> str:
    """Name a file by its runner variable: its own name could be anything, a key too."""
    name = str(error.filename)
    places = {each: value for each, value in environ.items() if each.startswith(("GITHUB_", "RUNNER_")) and value}
    above = [each for each, value in places.items() if name == value or name.startswith(value.rstrip("/") + "/")]
    nearest = max(above, key=lambda each: len(places[each]), default=None)
    return "a file of the runner" if nearest is None else f"the runner's file at {nearest}"


def run(environ: Mapping[str, str], workspace: Path) -> int:
    """Run the step for the checkout in `workspace`. Raises PreflightError."""
    step = _read_step(environ, workspace)
    sarif_file = step.inputs.sarif_file
    if step.folder != workspace:
        os.chdir(step.folder)  # the config file is looked for there; SARIF stays where the workflow takes it up
        sarif_file = workspace / sarif_file if sarif_file is not None else None
    temporary = Path(tempfile.mkdtemp(prefix="openrouter-preflight-", dir=environ.get("RUNNER_TEMP") or None))
    with Packages(temporary, environ) as packages:
        outcome = at_place(_join(_check_and_scan(step, packages)), Ci.GITHUB)
    publish(
        outcome,
        report=temporary / "report.json",
        sarif_file=sarif_file,
        reports=tuple((name, workspace / path) for name, path in step.requests.reports),
        environ=environ,
        log=sys.stdout,
        now=step.clock.now(),
    )
    return outcome.exit_code.value


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """The inputs and surroundings of one run."""

    inputs: Inputs
    requests: Requests
    plan: EventPlan
    no_secrets: NoSecrets | None
    environ: Mapping[str, str]
    """The step's variables, with the two secrets where `check` looks for them."""
    folder: Path
    clock: Clock


def _read_step(environ: Mapping[str, str], workspace: Path) -> _Step:
    inputs = read_inputs(environ)
    folder = _folder_of(inputs, workspace)
    event = load_event(environ)
    try:
        plan = plan_event(environ.get("GITHUB_EVENT_NAME", ""), event, environ.get("GITHUB_SHA", ""))
    except EventError as error:
        raise PreflightError(
            f"{error}", "The file that GITHUB_EVENT_PATH names must hold it, as GitHub wrote it."
        ) from None
    others = {name: value for name, value in environ.items() if not name.upper().startswith((PREFIX, "INPUT_"))}
    return _Step(
        inputs=inputs,
        requests=read_requests(inputs, others),
        plan=plan,
        no_secrets=why_no_secrets({**environ, "GITHUB_EVENT_NAME": plan.event}, event),
        environ={**others, **secrets_of(environ)},
        folder=folder,
        clock=SystemClock(),
    )


def _folder_of(inputs: Inputs, workspace: Path) -> Path:
    """Return the folder of the checkout; no link leads out of the workspace."""
    if inputs.working_directory is None:
        return workspace
    folder = workspace / inputs.working_directory
    if not (folder.is_dir() and folder.resolve().is_relative_to(workspace.resolve())):
        raise UsageError(
            f"input working-directory: there is no folder {inputs.working_directory} in the workspace",
            "It is the `path` that was given to the checkout step.",
        )
    return folder


def _check_and_scan(step: _Step, packages: Packages) -> Iterator[Outcome]:
    """Return the outcomes of scan and check, the scan first while packages arrive."""
    if (
        is_check_expected(step.inputs, step.requests)
        and not step.plan.why_no_check
        and needs_network(step.inputs, step.environ)
    ):
        packages.expect("check")
    scanned = _scan(step, packages)
    checked = _check(step, packages)
    yield from filter(None, (checked, scanned))


def _scan(step: _Step, packages: Packages) -> Outcome | None:
    try:
        if needs_config(step.inputs, step.requests, step.plan, folder=step.folder, environ=step.environ):
            packages.need("config")
    except PackagesError as error:
        return undecided(ScanMode.TREE, f"nothing was scanned: {error}", error.hint)
    return scan_event(step.inputs, step.requests, step.plan, folder=step.folder, environ=step.environ, clock=step.clock)


def _check(step: _Step, packages: Packages) -> Outcome | None:
    inputs, requests = step.inputs, step.requests
    if requests.check_config is None and not is_check_expected(inputs, requests):
        return None
    try:
        if is_check_expected(inputs, requests) and step.plan.why_no_check:
            return refused(step.plan.event, step.plan.why_no_check, requests)
        with naming("config", inputs.config):
            config = _config(step, packages)
        if not is_check_asked(inputs, requests, config):
            return None
        if step.plan.why_no_check:
            return refused(step.plan.event, step.plan.why_no_check, requests)
        if needs_network(inputs, step.environ):
            packages.need("check")
    except (PackagesError, MissingBaseError) as error:
        return not_started(error)
    return check_keys(inputs, requests, config, step.no_secrets, environ=step.environ, clock=step.clock)


def _config(step: _Step, packages: Packages) -> Config:
    """The config file of the check: of a proposal, that of its base."""
    named = step.requests.check_config
    if not step.plan.is_proposal:
        if (named or find_config(step.folder)) is not None:
            packages.need("config")
        return load_config(named, step.folder)
    if needs_config(step.inputs, step.requests, step.plan, folder=step.folder, environ=step.environ, is_for_check=True):
        packages.need("config")
    return config_of_proposal(step.plan.policy_base, named, step.folder, step.environ)


def _join(outcomes: Iterable[Outcome]) -> Outcome:
    """One story and one verdict: fail beats incomplete, whichever part says it."""
    parts = tuple(outcomes)
    if len(parts) == 1:
        return parts[0]
    return Outcome(
        command="action",
        findings=tuple(finding for part in parts for finding in part.findings),
        keys=tuple(key for part in parts for key in part.keys),
        scan=next((part.scan for part in parts if part.scan is not None), None),
        simulated=next((part.simulated for part in parts if part.simulated is not None), None),
    )
