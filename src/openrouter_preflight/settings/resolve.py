"""Flags, environment and config file, joined into one value. Pure.

`given` holds the parameters of the command line, by the names of `options`; None and an empty tuple mean: not given.
`read_request` joins them with the environment once; the result can stand in for `given` everywhere.
A flag beats the environment, which beats the file; in the file a key's own entry beats `gates:`.
"""

from __future__ import annotations

from collections import ChainMap
from dataclasses import replace
from os.path import isabs
from typing import TYPE_CHECKING, Any, Final

from openrouter_preflight.ci import Ci, detect_ci
from openrouter_preflight.errors import UsageError
from openrouter_preflight.settings.environment import Requested, read_request, source_of
from openrouter_preflight.settings.gate_options import GATES
from openrouter_preflight.settings.model import (
    DEFAULT_KEY_ENV,
    CheckSettings,
    Config,
    Gates,
    KeyEntry,
    KeyTarget,
    OutputSettings,
    Policies,
    ScanMode,
    ScanRequest,
    SourceKind,
    VerifySettings,
)
from openrouter_preflight.settings.models_options import ModelsSettings
from openrouter_preflight.settings.options import KEYS, POLICIES, RUN, SCAN_MODES
from openrouter_preflight.settings.shared_options import BASE_URL_VARIABLE, OUTPUT
from openrouter_preflight.settings.values.addresses import BASE_URL
from openrouter_preflight.settings.values.value_type import BadValueError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from openrouter_preflight.settings.option import Option

_STANDARD_INPUT: Final = "-"
_TAKES_ARGUMENTS: Final = frozenset({ScanMode.STAGED, ScanMode.PUSH})


def resolve_check(
    given: Mapping[str, object], environ: Mapping[str, str], config: Config, *, config_is_named: bool = True
) -> CheckSettings:
    """Return a whole `check`. Raises UsageError for what cannot be carried out.

    A config file that was only found softens nothing that flags or environment require.
    """
    asked = read_request("check", given, environ)
    if "simulate" in asked and "base_url" in asked.flags:
        raise UsageError("--simulate and --base-url exclude each other.", "Leave one of them out.")
    unheeded: tuple[str, ...] = ()
    if not config_is_named and any(option.parameter in asked for option in (*KEYS, *GATES)):
        unheeded = tuple(dict.fromkeys(_soft_policies(asked, config)))
        config = replace(
            config,
            asked=_without_soft_policies(config.asked),
            keys=tuple(replace(entry, asked=_without_soft_policies(entry.asked)) for entry in config.keys),
        )
    globs: tuple[str, ...] = asked.flags.get("models_from", ())
    return CheckSettings(
        absolute_globs=frozenset(glob for glob in globs if isabs(glob)),  # noqa: PTH117 - pathlib loads urllib
        unheeded=unheeded,
        targets=tuple(_targets(asked, environ, config)),
        default_gates=_gates(asked, config.asked),
        default_policies=Policies(**filled_fields(POLICIES, asked, config.asked)),
        **filled_fields(RUN, asked),
        base_url_set_by=source_of("base_url", "check", asked, environ),
    )


def _soft_policies(asked: Requested, config: Config) -> Iterator[str]:
    """Yield softer policies of the config file that no flag overrides."""
    for source in (config.asked, *(entry.asked for entry in config.keys)):
        for option in POLICIES:
            value = source.get(option.parameter)
            if value is not None and value != option.default and option.parameter not in asked:
                yield f"{option.name}: {value}"


def _without_soft_policies(source: Mapping[str, Any]) -> dict[str, Any]:
    defaults = {option.parameter: option.default for option in POLICIES}
    return {name: value for name, value in source.items() if name not in defaults or value == defaults[name]}


def resolve_models(
    given: Mapping[str, object], environ: Mapping[str, str], config: Config, arguments: tuple[str, ...]
) -> ModelsSettings:
    """Resolve a `models`; with --successors, arguments are models."""
    asked = read_request("models", given, environ)
    if "simulate" in asked and "base_url" in asked.flags:
        raise UsageError("--simulate and --base-url exclude each other.", "Leave one of them out.")
    successors: tuple[str, ...] = asked.get("successors", ())
    known = {"base_url", "timeout", "deadline", "simulate", "format"}
    return ModelsSettings(
        key_env=asked.get("key_env") or (config.keys[0].env if config.keys else DEFAULT_KEY_ENV),
        is_key_required="key_env" in asked,
        patterns=() if successors else arguments,
        successors=(*successors, *arguments) if successors else (),
        **{name: value for name, value in asked.items() if name in known},
    )


def resolve_scan(given: Mapping[str, object], environ: Mapping[str, str]) -> ScanRequest:
    """Resolve a `scan`. Raises UsageError for options that exclude each other."""
    asked = read_request("scan", given, environ)
    paths: Any = given.get("paths") or ()
    mode = asked.flags.get("mode") or _scan_mode(asked, paths)
    if "shard" in asked and mode is not ScanMode.HISTORY:
        raise UsageError("--shard divides the history: it needs --history.")
    return ScanRequest(
        mode=mode,
        paths=(str(asked["message"]),) if mode is ScanMode.MESSAGE else tuple(map(str, paths)),
        range=asked["range"] if mode is ScanMode.RANGE else None,
        strict=asked.get("strict", False),
        policy_from=asked.get("policy_from"),
        max_file_size=asked.get("max_file_size"),
        shard=asked.get("shard", (1, 1)),
    )


def resolve_verify(given: Mapping[str, object], environ: Mapping[str, str]) -> VerifySettings | None:
    """Return the settings of --verify, or None. Raises UsageError."""
    asked = read_request("scan", given, environ)
    if not asked.get("verify"):
        return None
    found = {name: asked[name] for name in ("base_url", "timeout", "deadline") if name in asked}
    usual = environ.get(BASE_URL_VARIABLE, "").strip()
    if usual and "base_url" not in found:
        try:
            found["base_url"] = BASE_URL.parse(usual)
        except BadValueError as refusal:
            raise UsageError(f"{BASE_URL_VARIABLE}: {refusal}") from None
    return VerifySettings(**found)


def resolve_output(command: str, given: Mapping[str, object], environ: Mapping[str, str]) -> OutputSettings:
    """Return the output of `command`. Raises UsageError for a shared file."""
    asked = read_request(command, given, environ)
    reports = asked.get("report", ())
    _refuse_shared_files(reports)
    loudness = _strongest(tuple(option for option in OUTPUT if option.parameter in {"verbose", "quiet"}), asked)
    if len(loudness) > 1:
        raise UsageError("--verbose and --quiet exclude each other.")
    return OutputSettings(
        format=asked.get("format") or ("github" if detect_ci(environ) is Ci.GITHUB else "text"),
        reports=reports,
        verbose="verbose" in loudness,
        quiet="quiet" in loudness,
    )


def resolve_config_path(command: str, given: Mapping[str, object], environ: Mapping[str, str]) -> Path | None:
    """The config file that flags or environment name; None: look for one."""
    path: Path | None = read_request(command, given, environ).get("config")
    return path


def filled_fields(options: tuple[Option, ...], *sources: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that `options` fill, each from the first source that speaks of it."""
    asked = ChainMap(*(dict(source) for source in sources))
    return {option.fills: asked[option.parameter] for option in options if option.parameter in asked}


def _gates(*sources: Mapping[str, Any]) -> Gates:
    """The gates, of which `models:` has no flag and so no row among the options."""
    models = next((source["models"] for source in sources if "models" in source), ())
    return Gates(**filled_fields(GATES, *sources), models=models)


def _targets(asked: Requested, environ: Mapping[str, str], config: Config) -> Iterator[KeyTarget]:
    """Return every key to check once: of flags, of the file, or the usual one."""
    for entry in _entries(asked, environ, config):
        sources = (asked, entry.asked, config.asked)
        yield KeyTarget(
            name=entry.name,
            location=entry.env,
            gates=_gates(*sources),
            policies=Policies(**filled_fields(POLICIES, *sources)),
        )
    for path in dict.fromkeys(asked.get("key_file", ())):
        from_stdin = str(path) == _STANDARD_INPUT
        yield KeyTarget(
            name="standard input" if from_stdin else str(path),
            source=SourceKind.STDIN if from_stdin else SourceKind.FILE,
            location=str(path),
            gates=_gates(asked, config.asked),
            policies=Policies(**filled_fields(POLICIES, asked, config.asked)),
        )


def _entries(asked: Requested, environ: Mapping[str, str], config: Config) -> tuple[KeyEntry, ...]:
    """Return the variables to check, with the file's names and gates."""
    if "key_env" in asked or "key_file" in asked:
        known = {entry.env: entry for entry in config.keys}
        names = dict.fromkeys(asked.get("key_env", ()))
        return tuple(known.get(name) or KeyEntry(name=name, env=name) for name in names)
    if config.keys:
        return config.keys
    if asked.get("discover") and DEFAULT_KEY_ENV not in environ:
        return ()
    return (KeyEntry(name=DEFAULT_KEY_ENV, env=DEFAULT_KEY_ENV),)


def _scan_mode(asked: Requested, paths: tuple[Path, ...]) -> ScanMode:
    named = [f"--{name}" for name in _strongest(SCAN_MODES, asked)]
    by_flag = any(option.parameter in asked.flags for option in SCAN_MODES)
    if paths and not by_flag:
        return ScanMode.PATHS
    if len(named) > 1:
        raise UsageError(f"{' and '.join(named)} exclude each other.", "Scan them in separate runs.")
    mode = ScanMode(named[0].removeprefix("--")) if named else ScanMode.TREE
    if paths and mode not in _TAKES_ARGUMENTS:
        raise UsageError(f"{named[0]} and paths exclude each other.", "Scan them in two runs.")
    return mode


def _strongest(options: tuple[Option, ...], asked: Requested) -> list[str]:
    """Return the requested one of `options`; flags beat the environment."""
    for source in asked.maps:
        named = [option.name for option in options if source.get(option.parameter)]
        if named:
            return named
    return []


def _refuse_shared_files(reports: tuple[tuple[str, Path], ...]) -> None:
    from os.path import normcase, normpath

    seen: set[str] = set()
    for _, path in reports:
        place = normcase(normpath(path))
        if place in seen:
            raise UsageError(f"--report names the file {path} twice.", "Give each report a file of its own.")
        seen.add(place)
