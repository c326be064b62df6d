"""The whole of `check`, from settings to outcome."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO, Final

from openrouter_preflight.findings import Outcome
from openrouter_preflight.health.address import ServiceAddress
from openrouter_preflight.health.facts import Facts
from openrouter_preflight.health.targets import read_management_key, read_targets
from openrouter_preflight.keys.diagnosis import SecretProblem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from openrouter_preflight.clock import Clock
    from openrouter_preflight.health.compare import EarlierRun
    from openrouter_preflight.health.facts import Target
    from openrouter_preflight.settings.model import CheckSettings


_MOST_KEPT_BACK: Final = 0.5


def _say_nothing(_message: str) -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The outside world of a check: clock, environment, notices."""

    environ: Mapping[str, str]
    stdin: BinaryIO
    clock: Clock
    jitter: Callable[[], float]
    """A random number from 0 up to 1."""
    notify: Callable[[str], None] = _say_nothing
    """Hears what a person should know while the check runs, such as what a probe can cost."""
    on_wait: Callable[[str], None] = _say_nothing
    """Told, from any thread, each time that a request is to be sent again."""
    while_waiting: Callable[[], None] = lambda: None
    """Called while the first answers are on their way: time to load what will be needed after them."""


def check(settings: CheckSettings, around: Context) -> Outcome:
    """Check every key that the settings name. No key, no network.

    Raises:
        UsageError: a key file, a file of models, an earlier report, a proxy or a CA variable cannot be used.
    """
    earlier = None if settings.compare is None else _earlier_run(settings.compare)
    now, started = around.clock.now(), around.clock.monotonic()
    read = read_targets(settings, around.environ, around.stdin)
    targets = tuple(replace(each, has_expired=_has_expired(each, now)) for each in read)
    management = read_management_key(settings, around.environ)
    # The deadline is the command's: files that name models can take a part of it.
    left = replace(settings, deadline=max(settings.deadline - (around.clock.monotonic() - started), 0.0))
    outcome = _evaluated(_facts(left, targets, management, around), management, settings, around.clock.now())
    return outcome if earlier is None else _with_changes(earlier, outcome)


def _has_expired(target: Target, now: datetime) -> bool:
    token = target.diagnosis.token
    return token is not None and token.expires_at is not None and token.expires_at <= now


def _evaluated(gathered: tuple[Facts, ...], management: Target, settings: CheckSettings, now: datetime) -> Outcome:
    from openrouter_preflight.health.collect.evidence import weigh
    from openrouter_preflight.health.money.forecast import spending_of
    from openrouter_preflight.health.rules.evaluate import account_status, evaluate_management_key, judge

    address = ServiceAddress(
        url=settings.base_url, set_by=settings.base_url_set_by, is_simulated=settings.simulate is not None
    )
    spending, evidence = spending_of(gathered, now), weigh(gathered, now)
    facts = tuple(
        replace(each, spending=its, evidence=seen, address=address)
        for each, its, seen in zip(gathered, spending, evidence, strict=True)
    )
    judged = [judge(each, now) for each in facts]
    findings = [finding for _, found in judged for finding in found]
    if management.diagnosis.fault is not SecretProblem.MISSING and facts:
        findings += evaluate_management_key(management, _best_informed(facts), now)
    return Outcome(
        command="check",
        keys=tuple(status for status, _ in judged),
        findings=tuple(findings),
        account=account_status(facts),
        simulated=settings.simulate,
        base_url=address.shown if address.is_set else None,
        base_url_set_by=address.set_by if address.is_set else None,
    )


def _best_informed(facts: tuple[Facts, ...]) -> Facts:
    """The facts that hold what the management key was answered, where any do."""
    return next((each for each in facts if each.management is not None), facts[0])


def _earlier_run(path: Path) -> EarlierRun:
    from openrouter_preflight.health.compare import read_earlier_run

    return read_earlier_run(path)


def _with_changes(earlier: EarlierRun, outcome: Outcome) -> Outcome:
    from openrouter_preflight.health.compare import changes

    return replace(outcome, findings=(*outcome.findings, *changes(earlier, outcome)))


def _facts(
    settings: CheckSettings, targets: tuple[Target, ...], management: Target, around: Context
) -> tuple[Facts, ...]:
    """Return the facts; without a key to ask about, no network is loaded."""
    if not any(target.key_to_ask for target in targets):
        return tuple(Facts(target=target) for target in targets)
    from openrouter_preflight.health.collect.collect import collect_facts
    from openrouter_preflight.openrouter.session import open_session

    def while_waiting() -> None:
        import openrouter_preflight.health.money.forecast
        import openrouter_preflight.health.rules.evaluate  # noqa: F401 - loaded while the answers are on their way

        around.while_waiting()

    clock = around.clock
    with open_session(
        settings.base_url,
        environ=around.environ,
        clock=clock,
        jitter=around.jitter,
        timeout=settings.timeout,
        deadline=_seconds_to_ask(settings.deadline),
        on_wait=around.on_wait,
    ) as client:
        facts = collect_facts(
            targets, management_key=management.key_to_ask, client=client, now=clock.now(), while_waiting=while_waiting
        )
        from openrouter_preflight.health.probe import send_probes, wants_probe

        if not any(wants_probe(each) for each in facts):
            return facts
        return send_probes(facts, client, around.notify, clock.now())


def _seconds_to_ask(deadline: float) -> float:
    """Return the seconds of the command's deadline that requests may take."""
    return deadline - min(_MOST_KEPT_BACK, deadline / 5)
