"""Targets: each secret read from where it is kept, and diagnosed at once."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from openrouter_preflight.errors import UsageError
from openrouter_preflight.health.facts import Target
from openrouter_preflight.health.models.named_models import NO_NAMED_MODELS
from openrouter_preflight.keys.api_key import PREFIX
from openrouter_preflight.keys.diagnosis import SecretProblem, diagnose
from openrouter_preflight.settings.model import DEFAULT_KEY_ENV, KeyTarget, OnMissing, Policies, SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from openrouter_preflight.settings.model import CheckSettings

_ASSIGNMENT: Final = re.compile(r"(?:\s*(?:#.*)?\n)*\s*(?:export\s+)?[A-Za-z_]\w*\s*=")
"""The first line of a .env file."""
_VARIABLES: Final = frozenset({SourceKind.ENV, SourceKind.ENV_FILE})
_LARGEST_SECRET: Final = 64 * 1024
"""Bytes; a larger file is not a key by mistake but another file."""


def read_targets(settings: CheckSettings, environ: Mapping[str, str], stdin: BinaryIO) -> tuple[Target, ...]:
    """Return every key that the settings name, with `discover` all keys.

    Raises:
        UsageError: a key file or a file that names models cannot be read.
    """
    targets = [_read(target, settings, environ, stdin) for target in settings.targets]
    if settings.discover:
        named = {target.location for target in settings.targets if target.source in _VARIABLES}
        targets += _discover(settings, environ, named | {settings.management_key_env})
    if not targets:
        target = KeyTarget(name=DEFAULT_KEY_ENV, gates=settings.default_gates, policies=settings.default_policies)
        targets = [_read(target, settings, environ, stdin)]
    return _with_named_models(targets, settings)


def _with_named_models(targets: list[Target], settings: CheckSettings) -> tuple[Target, ...]:
    """Return the targets with the models of their files, each file read once."""
    globs = tuple(filter(None, dict.fromkeys(each.gates.models_from for each in targets)))
    if not globs:
        return tuple(targets)
    from openrouter_preflight.health.models.model_files import Bounds, read_named_models, refuse_outside
    from openrouter_preflight.settings.config.config_file import repository_root

    bounds, folder = Bounds(seconds=settings.deadline / 3), Path.cwd()
    for patterns in globs:
        refuse_outside(set(patterns) - settings.absolute_globs, repository_root(folder) or folder, folder)
    named = {each: read_named_models(each, bounds=bounds) for each in globs}
    return tuple(replace(each, named_models=named.get(each.gates.models_from, NO_NAMED_MODELS)) for each in targets)


def read_management_key(settings: CheckSettings, environ: Mapping[str, str]) -> Target:
    """The management key, which may be missing without fault."""
    target = KeyTarget(name=settings.management_key_env, policies=Policies(on_missing=OnMissing.SKIP))
    return _subject(target, settings, environ.get(settings.management_key_env))


def _discover(settings: CheckSettings, environ: Mapping[str, str], known: set[str]) -> Iterator[Target]:
    for name in sorted(environ.keys() - known):
        diagnosis = diagnose(environ[name])
        if diagnosis.key is not None and diagnosis.key.is_well_formed:
            target = KeyTarget(name=name, gates=settings.default_gates, policies=settings.default_policies)
            yield _subject(target, settings, environ[name])


def _read(target: KeyTarget, settings: CheckSettings, environ: Mapping[str, str], stdin: BinaryIO) -> Target:
    if target.source in _VARIABLES:
        return _with_hints(_subject(target, settings, environ.get(target.location)), settings, environ)
    content = stdin.read(_LARGEST_SECRET + 1) if target.source is SourceKind.STDIN else _read_file(target.location)
    if len(content) > _LARGEST_SECRET:
        raise UsageError(
            f"{target.name} is larger than any key ({_LARGEST_SECRET // 1024} KiB)", "Name a file that holds one key."
        )
    # A text file ends with a newline; that one is the file's, not the key's.
    text = content.decode("utf-8", "surrogateescape").removesuffix("\n").removesuffix("\r")
    found = _subject(target, settings, text)
    return replace(found, is_env_file=_ASSIGNMENT.match(text) is not None)


def _with_hints(target: Target, settings: CheckSettings, environ: Mapping[str, str]) -> Target:
    """Return the target with other variables that hold a key."""
    if target.diagnosis.fault is not SecretProblem.MISSING:
        return target
    taken = {settings.management_key_env, *(each.location for each in settings.targets)}
    names = (name for name in sorted(environ.keys() - taken) if "MANAGEMENT" not in name and "PROVISIONING" not in name)
    keys = (name for name in names if environ[name].strip().startswith(PREFIX) and _holds_key(environ[name]))
    return replace(target, also_in=tuple(keys))


def _holds_key(value: str) -> bool:
    key = diagnose(value).key
    return key is not None and key.is_well_formed


def _read_file(location: str) -> bytes:
    try:
        with Path(location).open("rb") as file:
            return file.read(_LARGEST_SECRET + 1)
    except OSError as error:
        raise UsageError(
            f"the key file {location} cannot be read: {error.strerror}",
            "Name a file that holds one key, or - for standard input.",
        ) from None


def _subject(target: KeyTarget, settings: CheckSettings, raw: str | None) -> Target:
    return Target(
        name=target.name,
        source=target.source.value,
        diagnosis=diagnose(raw),
        gates=target.gates,
        policies=target.policies,
        allow_any_shape=settings.allow_any_shape,
    )
