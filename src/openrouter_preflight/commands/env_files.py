"""Keys from .env files: read for one run, exported nowhere, shown nowhere."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from openrouter_preflight.errors import UsageError
from openrouter_preflight.settings.env_file import read_env_file
from openrouter_preflight.settings.model import SourceKind
from openrouter_preflight.settings.option import ENVIRONMENT_PREFIX
from openrouter_preflight.settings.shared_options import BASE_URL_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from openrouter_preflight.settings.model import CheckSettings


def with_env_files(
    settings: CheckSettings, environ: Mapping[str, str], notify: Callable[[str], None]
) -> tuple[CheckSettings, Mapping[str, str]]:
    """Return settings and environment with the values of .env files.

    A file's value comes before the environment's: the file was named. It decides nothing but keys, least of all where
    one is sent. Raises UsageError for a file that cannot be read, or sets none of the keys that this run looks for.
    """
    values: dict[str, str] = {}
    unreadable: list[str] = []
    for path in settings.env_files:
        found = read_env_file(path, {**environ, **values})
        values |= found.values
        unreadable += [f"{path}:{line}" for line in found.unreadable]
    named = ", ".join(map(str, settings.env_files))
    options = sorted(name for name in values if name.upper().startswith(f"{ENVIRONMENT_PREFIX}_"))
    if options:
        raise UsageError(f"{named} sets {', '.join(options)}, which is read from the environment alone.", "Export it.")
    wanted = {target.location for target in settings.targets if target.source is SourceKind.ENV}
    if not (settings.discover or {*wanted, settings.management_key_env} & values.keys()):
        lines = f" {', '.join(unreadable)} cannot be read." if unreadable else ""
        raise UsageError(
            f"{named} sets none of {', '.join(sorted({*wanted, settings.management_key_env}))}.{lines}",
            "Name the variable with --key-env.",
        )
    if values.get(BASE_URL_VARIABLE, settings.base_url).rstrip("/") != settings.base_url:
        notify(f"{BASE_URL_VARIABLE} in {named} is not used: no file decides where a key is sent. Give --base-url.")
    targets = tuple(
        replace(each, source=SourceKind.ENV_FILE) if each.location in values and each.location in wanted else each
        for each in settings.targets
    )
    return replace(settings, targets=targets), {**environ, **values}
