"""The config file of a `check`: the folder's, or a proposal's base's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from openrouter_preflight.errors import PreflightError
from openrouter_preflight.git.process import Git
from openrouter_preflight.scan.revision_policy import RevisionPolicy
from openrouter_preflight.settings.config.config_file import find_config, load_config, repository_root
from openrouter_preflight.settings.model import Config

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_HAVE_BASE: Final = "Check out the whole history (fetch-depth: 0, GIT_DEPTH: 0), or give --policy-from."


class MissingBaseError(PreflightError):
    """The commit that a proposal is proposed to is not at hand."""


def config_of_revision(revision: str, named: Path | None, folder: Path, environ: Mapping[str, str]) -> Config:
    """Return the named config file of a revision. Raises GitError."""
    return RevisionPolicy(Git(folder, environ), revision).config(named)


def config_of_proposal(base: str, named: Path | None, folder: Path, environ: Mapping[str, str]) -> Config:
    """Return the config of the commit `base`: no proposal softens its own check.

    A file outside of the repository is nobody's proposal, and is read as it is. Raises MissingBaseError where there is
    a config file and `base` is not in the clone, and UsageError for a file that cannot be used.
    """
    top = repository_root(folder)
    if top is None or (named is not None and not (folder / named).resolve().is_relative_to(top.resolve())):
        return load_config(named, folder)
    git = Git(folder, environ)
    if base and git.has(base):
        return RevisionPolicy(git, base).config(named)
    found = named or find_config(folder)
    if found is None:
        return Config()
    what = f"the commit {base[:12]}" if base else "the commit that this is proposed to"
    raise MissingBaseError(f"{found.name} is read from the base, and {what} is not in the clone", _HAVE_BASE)
