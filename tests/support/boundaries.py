"""Every boundary at which something can break, and what then flies through the program: errors that quote a secret."""

from __future__ import annotations

import json
import subprocess
from importlib import import_module
from pkgutil import walk_packages
from typing import TYPE_CHECKING, Any

import httpx

import openrouter_preflight

if TYPE_CHECKING:
    import pytest

CHECK = (
    "commands.check.check_health",
    "openrouter.transport.Transport.exchange",
    "openrouter.transport.httpx.Client.stream",
    "openrouter.client.Client.ask",
    "keys.api_key.ApiKey.reveal",
    "keys.api_key.ApiKey.fingerprint",
    "settings.resolve.resolve_check",
)
SCAN = (
    "commands.scan.scan_for_leaks",
    "git.process.Git.run",
    "git.process.Git.start",
    "detect.detector.examine",
    "settings.resolve.resolve_scan",
)
OUTPUT = (
    "cli.output.render",
    "cli.output.write_report",
    "atomic_write.os.fsync",
    "reports.escape.clean_outcome",
    "settings.config.config_parser.parse_config",
    "settings.resolve.resolve_output",
)
MODELS = (
    "openrouter.transport.Transport.exchange",
    "openrouter.client.Client.ask",
    "keys.api_key.ApiKey.reveal",
    "keys.api_key.ApiKey.fingerprint",
    "settings.resolve.resolve_models",
    "reports.escape.clean",
)
OTHERS = (
    "hooks.install.carry_out",
    "settings.config.yaml_edit.add_allowed",
    "settings.config.editor_schema.config_schema",
    "cli.main.cli.main",
)
MANAGE = (
    "openrouter.transport.Transport.exchange",
    "openrouter.client.Client.ask",
    "keys.api_key.ApiKey.reveal",
    "manage.client.Management.key_record",
    "manage.records.read_created_key",
    "manage.writes.Writer.once",
    "manage.destinations.programs.subprocess.Popen",
    "manage.rotation.rotator.Rotator.run",
    "manage.job.child.Child.run",
    "manage.audit.audit.collect",
    "manage.revoke.lookup.look_up",
    "manage.revoke.revoke.Revocation.run",
    "settings.manage.resolve.resolve_audit",
    "settings.manage.resolve.resolve_revoke",
    "settings.manage.resolve.resolve_rotate",
    "settings.manage.resolve.resolve_run",
)
ACTION = (
    "action.main.read_inputs",
    "action.main.scan_event",
    "action.main.check_keys",
    "action.main.publish",
    "action.results.append_outputs",
)


def errors_about(secret: str) -> tuple[BaseException, ...]:
    """Errors as Python, httpx and json make them, with the secret in their messages and arguments."""
    content = secret.encode("utf-8", "surrogateescape")
    with_context = RuntimeError(secret)
    with_context.__cause__ = KeyError(secret)
    with_context.add_note(secret)
    return (
        ValueError(f"bad value {secret!r}"),
        KeyError(secret),
        with_context,
        OSError(5, "Input/output error", secret),
        FileNotFoundError(2, "No such file or directory", secret),
        PermissionError(13, "Permission denied", secret),
        BrokenPipeError(32, secret),
        UnicodeDecodeError("utf-8", content, 0, 1, secret),
        json.JSONDecodeError("Expecting value", secret, 0),
        httpx.ConnectError(secret),
        httpx.InvalidURL(secret),
        subprocess.CalledProcessError(1, ["git", secret], output=content, stderr=content),
        subprocess.TimeoutExpired(["git", secret], 1, content, content),
        RecursionError(secret),
        MemoryError(secret),
        AssertionError(secret),
        ExceptionGroup(secret, [ValueError(secret)]),
        KeyboardInterrupt(secret),
        SystemExit(secret),
    )


def load_everything() -> None:
    """Import every module now: one that is first imported while a boundary is broken would keep the broken name."""
    for module in walk_packages(openrouter_preflight.__path__, "openrouter_preflight."):
        if not module.name.endswith(("__main__", "action.entry")):
            import_module(module.name)


def break_at(patch: pytest.MonkeyPatch, boundary: str, error: BaseException, *, afterwards: bool) -> None:
    """Let what stands at `boundary` raise `error`, before it does its work or after."""
    owner, name = _owner_of(boundary)
    original = getattr(owner, name)

    def broken(*arguments: Any, **options: Any) -> Any:
        if afterwards and callable(original):
            original(*arguments, **options)
        raise error

    patch.setattr(owner, name, property(broken) if isinstance(original, property) else broken)


def _owner_of(boundary: str) -> tuple[Any, str]:
    """The module or class that holds the last word of `boundary`."""
    words = boundary.split(".")
    owner: Any = import_module("openrouter_preflight")
    for word in words[:-1]:
        owner = getattr(owner, word, None) or import_module(f"{owner.__name__}.{word}")
    return owner, words[-1]
