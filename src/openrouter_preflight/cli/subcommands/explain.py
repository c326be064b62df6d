"""`openrouter-preflight explain`: what a rule means and what to do about it."""

from __future__ import annotations

import click

from openrouter_preflight.cli.completion import complete_rules
from openrouter_preflight.cli.fitted_help import FittedCommand
from openrouter_preflight.errors import UsageError
from openrouter_preflight.findings import RULES, Rule
from openrouter_preflight.health.statuses import Status, find_status
from openrouter_preflight.project import rule_page
from openrouter_preflight.reports.text.style import Style


@click.command(
    cls=FittedCommand,
    epilog="""
    \b
    Examples:
      openrouter-preflight explain                 every rule, a line each
      openrouter-preflight explain balance-low     one rule, whole
      openrouter-preflight explain 401             a status of OpenRouter: 400 to 408, 429, 5xx
    """,
)
@click.argument("rule", required=False, shell_complete=complete_rules)
def explain(rule: str | None) -> int:
    """Explain a rule or an HTTP status: its meaning, and the next step."""
    if rule is None:
        for known in RULES.values():
            click.echo(f"{known.name:24}{known.what}")
        return 0
    status = find_status(rule)
    if status is not None:
        click.echo(_status_page(status))
        return 0
    if rule not in RULES:
        raise UsageError(_no_such(rule), "List them with: openrouter-preflight explain")
    click.echo(_page(RULES[rule]))
    return 0


def _no_such(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, RULES, n=1)
    return f"there is no rule {name!r}" + (f"; did you mean {near[0]}?" if near else "")


def _status_page(status: Status) -> str:
    style = Style(colour=False, width=80)
    lines = [f"{status.codes[0]}: {status.title}"]
    for meaning in status.meanings:
        lines += style.wrap(meaning.what, "  - ")
        lines += style.wrap(f"see {', '.join(meaning.rules)}", "    ")
    return "\n".join([*lines, *style.wrap(status.next_step, "Next: "), "More: openrouter-preflight explain RULE"])


def _page(rule: Rule) -> str:
    outcome = "the run is incomplete (exit code 3)" if rule.undecided else "the run fails (exit code 1)"
    consequence = outcome if rule.severity == "error" else "the verdict does not change"
    parts = (("", rule.what), ("Why: ", rule.why), ("Fix: ", rule.fix), ("Then: ", f"{rule.severity}: {consequence}."))
    style = Style(colour=False, width=80)
    lines = [line for head, text in parts for line in style.wrap(text, head)]
    return "\n".join([rule.name, *lines, f"Page: {rule_page(rule.name)}"])
