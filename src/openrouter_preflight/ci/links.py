"""Addresses of files and commits on the host of the repository. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping

_SITE: Final = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d+)?")
_NAME: Final = re.compile(r"[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)+")
_COMMIT: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


@dataclass(frozen=True, slots=True)
class Links:
    """The pages of one repository."""

    site: str
    name: str
    """`owner/project`."""
    revision: str
    """The commit that the CI checked out."""
    file_page: str
    """The address of a file below the repository's, with `{revision}` and `{path}`."""
    line_mark: str
    commit_page: str

    def file(self, path: str, line: int | None = None, commit: str | None = None) -> str | None:
        """The page of a file at `commit`, else as it is checked out; None outside."""
        revision = commit if commit is not None and _COMMIT.fullmatch(commit) else self.revision
        if path.startswith(("/", "../")) or path == ".." or "\\" in path:
            return None
        page = self.file_page.format(revision=revision, path=quote(path))
        return f"{self.site}/{self.name}/{page}{f'{self.line_mark}{line}' if line is not None else ''}"

    def commit(self, oid: str) -> str | None:
        """The page of a commit; None for what is no whole object id."""
        return f"{self.site}/{self.name}/{self.commit_page}/{oid}" if _COMMIT.fullmatch(oid) else None


def links_of(environ: Mapping[str, str]) -> Links | None:
    """The pages that GitHub, GitLab or Bitbucket name in their jobs; None elsewhere."""
    if environ.get("GITHUB_ACTIONS"):
        site, name, revision = (environ.get(f"GITHUB_{word}", "") for word in ("SERVER_URL", "REPOSITORY", "SHA"))
        return _links(Links(site, name, revision, "blob/{revision}/{path}", "#L", "commit"))
    if environ.get("GITLAB_CI"):
        site, name, revision = (environ.get(f"CI_{word}", "") for word in ("SERVER_URL", "PROJECT_PATH", "COMMIT_SHA"))
        return _links(Links(site, name, revision, "-/blob/{revision}/{path}", "#L", "-/commit"))
    if environ.get("BITBUCKET_BUILD_NUMBER"):
        name, revision = environ.get("BITBUCKET_REPO_FULL_NAME", ""), environ.get("BITBUCKET_COMMIT", "")
        return _links(Links("https://bitbucket.org", name, revision, "src/{revision}/{path}", "#lines-", "commits"))
    return None


def _links(links: Links) -> Links | None:
    """The links, unless one of their parts could lead elsewhere."""
    site = links.site.rstrip("/")
    is_safe = _SITE.fullmatch(site) and _NAME.fullmatch(links.name) and _COMMIT.fullmatch(links.revision)
    return replace(links, site=site) if is_safe else None
