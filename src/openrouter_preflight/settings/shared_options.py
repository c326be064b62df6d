"""Options that several commands share: service, key, config, output."""

from __future__ import annotations

from typing import Final

from openrouter_preflight.settings.model import (
    DEFAULT_BASE_URL,
    DEFAULT_MANAGEMENT_KEY_ENV,
    FORMATS,
    CheckSettings,
)
from openrouter_preflight.settings.option import Option
from openrouter_preflight.settings.values import amounts
from openrouter_preflight.settings.values import value_type as values
from openrouter_preflight.settings.values.addresses import BASE_URL
from openrouter_preflight.settings.values.report_target import REPORT

CONFIG: Final = Option(
    name="config",
    value=values.FILE,
    help="The config file; else .openrouter-preflight.yml here or in the repository's root.",
)

OUTPUT: Final = (
    Option(
        name="format",
        value=values.choice(FORMATS),
        default="text, or github on GitHub Actions",
        help="How to report to standard output.",
    ),
    Option(
        name="report",
        value=REPORT,
        repeatable=True,
        holds_paths=True,
        help="Write a report of this format to this file, too.",
    ),
    Option(
        name="verbose",
        value=values.BOOLEAN,
        help="Report in full: notes, every place, and each key's fingerprint and ceilings.",
    ),
    Option(name="quiet", value=values.BOOLEAN, help="Print nothing unless something was found."),
)


def management_key_option(purpose: str) -> Option:
    """The variable with the management key."""
    return Option(
        name="management-key-env",
        value=values.VARIABLE,
        default=DEFAULT_MANAGEMENT_KEY_ENV,
        help=f"The variable with the management key{purpose}.",
    )


BASE_URL_VARIABLE: Final = "OPENROUTER_BASE_URL"
"""The variable of the base URL that other programs know too."""


def service_options(deadline: float, *, always: bool = True) -> tuple[Option, ...]:
    """Options of address and deadlines; `deadline` is the default in seconds.

    A command that does not `always` ask reads the variable that other programs know only when it does.
    """
    return (
        Option(
            name="base-url",
            value=BASE_URL,
            default=DEFAULT_BASE_URL,
            also_from=BASE_URL_VARIABLE if always else "",
            help="Where to ask: https, or http to this machine itself.",
        ),
        Option(
            name="timeout",
            value=amounts.SECONDS,
            default=CheckSettings(targets=()).timeout,
            help="Seconds that one request may take.",
        ),
        Option(
            name="deadline",
            value=amounts.SECONDS,
            default=deadline,
            help="Seconds that the whole command may take, asking again included.",
        ),
    )


SIMULATE: Final = Option(
    name="simulate",
    value=values.SCENARIO,
    help="Ask the embedded simulator instead of the network; every report says so.",
)
