"""The rules about OpenRouter's service: no answer, too many requests, no check."""

from __future__ import annotations

from openrouter_preflight.findings.key_state import KeyState
from openrouter_preflight.findings.rule import Rule
from openrouter_preflight.findings.severity import Severity

_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

SERVICE_RULES = (
    Rule(
        name="service-unreachable",
        severity=_ERROR,
        undecided=True,
        asserts="OpenRouter answers",
        key_state=KeyState.UNREACHABLE,
        what="No answer of OpenRouter could be had, after asking again.",
        why="The key may be fine or not: nothing was decided, so nothing is called green.",
        fix="Run the step again; if it persists, look at https://status.openrouter.ai and at this machine's proxy. "
        "`--on-unreachable warn` lets a deploy pass during an outage.",
    ),
    Rule(
        name="check-not-run",
        severity=_ERROR,
        undecided=True,
        asserts="the check was made",
        what="A check was requested and not made.",
        why="The key may be fine or not: nothing was decided. No key is used where anybody's "
        "pull request runs with the secrets (pull_request_target, and workflow_run or issue_comment of one); there "
        "on-missing: skip makes this a warning.",
        fix="Do what the message says, and run the step again.",
    ),
    Rule(
        name="service-rate-limited",
        severity=_ERROR,
        undecided=True,
        asserts="OpenRouter does not limit the rate",
        key_state=KeyState.UNREACHABLE,
        what="OpenRouter asked to slow down (429), and its waiting time was longer than the deadline allows.",
        why="The key may be fine or not: nothing was decided.",
        fix="Run the step again later, raise --deadline, or let it pass with `--on-unreachable warn`.",
    ),
)
