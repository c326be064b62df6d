"""The repository of the current folder: state, hooks, config file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from openrouter_preflight.doctor.line import Line, fail, note
from openrouter_preflight.errors import NAME, PreflightError, UsageError
from openrouter_preflight.git.errors import NotARepositoryError
from openrouter_preflight.git.hook_trial import try_hook
from openrouter_preflight.git.hooks_path import hooks_folder
from openrouter_preflight.git.process import Git
from openrouter_preflight.hooks.script import Hook, Launcher, block_of, manager_of, with_block
from openrouter_preflight.keys.printable import printable
from openrouter_preflight.settings.config.config_file import find_config, load_config
from openrouter_preflight.setup.place import PRE_COMMIT_FILES
from openrouter_preflight.setup.pre_commit import has_entry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_INSTALL: Final = {
    Hook.COMMIT: f"{NAME} install-hook",
    Hook.PUSH: f"{NAME} install-hook --push",
    Hook.MESSAGE: f"{NAME} install-hook --message",
}


def look_at_project(folder: Path, environ: Mapping[str, str], launcher: Launcher) -> Iterator[Line]:
    """Yield lines about the repository, its hooks and the config file."""
    git = Git(folder, environ)
    try:
        yield _repository(git)
        place = hooks_folder(git)
    except NotARepositoryError:
        yield note("repository", f"{printable(str(folder))} is in none")
    except PreflightError as error:
        yield fail("repository", str(error), error.hint)
    else:
        wanted = Launcher() if place.shared else launcher
        for hook in Hook:
            yield _hook(hook, place.path / hook, wanted, folder, environ)
    yield _config(folder)


def _repository(git: Git) -> Line:
    top = os.fsdecode(git.run("rev-parse", "--show-toplevel").removesuffix(b"\n"))
    if git.run("rev-parse", "--is-shallow-repository").strip() == b"true":
        return note(
            "repository", f"{printable(top)} is shallow", "A scan of its history is incomplete: git fetch --unshallow"
        )
    return Line("repository", printable(top))


def _hook(hook: Hook, path: Path, launcher: Launcher, folder: Path, environ: Mapping[str, str]) -> Line:
    topic = f"{hook} hook"
    try:
        script = path.read_bytes().decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return note(topic, "none", f"Install it: {_INSTALL[hook]}")
    except OSError as error:
        return fail(topic, f"{printable(str(path))} cannot be read: {error.strerror}")
    if os.name == "posix" and not os.access(path, os.X_OK) and path.parent.name != ".husky":
        return fail(topic, f"{printable(str(path))} is not executable, so git does not run it", "Make it so: chmod +x")
    block = block_of(script)
    if block is not None:
        return _our_hook(topic, hook, block, launcher, environ)
    manager = manager_of(script)
    if manager in {"pre-commit", "prek"}:
        return _managed(topic, manager, folder)
    if NAME in script:
        return Line(topic, f"{printable(str(path))} calls {NAME}")
    return note(topic, f"{printable(str(path))} does not call {NAME}", f"Add it: {_INSTALL[hook]}")


def _our_hook(topic: str, hook: Hook, block: str, launcher: Launcher, environ: Mapping[str, str]) -> Line:
    """Return a line about our block; the hook before a commit is tried."""
    known = [block_of(with_block("", hook, each)) for each in (launcher, Launcher())]
    if block not in known:
        return note(topic, "written by another version or installation", f"Write it again: {_INSTALL[hook]}")
    if hook is not Hook.COMMIT:
        return Line(topic, "installed")
    stopped, said = try_hook(with_block("", hook, launcher if block == known[0] else Launcher()), environ)
    if not stopped:
        return fail(
            topic, f"installed, and it did not stop a key in a trial: {said}", f"Write it again: {_INSTALL[hook]}"
        )
    return Line(topic, "installed; it stopped a key in a trial")


def _managed(topic: str, manager: str, folder: Path) -> Line:
    for name in PRE_COMMIT_FILES:
        for place in (folder, *folder.parents):
            path = place / name
            if path.is_file():
                text = path.read_text(encoding="utf-8", errors="replace")
                if has_entry(text):
                    return Line(topic, f"run by {manager}, whose configuration names our hooks")
                break
    return note(topic, f"run by {manager}, whose configuration does not name our hooks", f"Add them: {NAME} init")


def _config(folder: Path) -> Line:
    try:
        path = find_config(folder)
        config = load_config(None, folder)
    except UsageError as error:
        return fail("config file", str(error).replace("\n", "; "), error.hint)
    except OSError as error:
        return fail("config file", f"it cannot be looked for: {error.strerror}")
    if path is None:
        return note("config file", "none here or in the repository's root", f"Make one: {NAME} init")
    return Line("config file", f"{printable(str(path))}: {len(config.keys)} keys, {len(config.scan.allow)} allowed")
