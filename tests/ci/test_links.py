"""Links lead to the site, the repository and the commit that the CI names, and nowhere else."""

from __future__ import annotations

import pytest

from openrouter_preflight.ci.links import links_of
from support.report_samples import GITHUB

_SHA = "9" * 40
_OTHER = "8" * 40
_GITLAB = {
    "GITLAB_CI": "true",
    "CI_SERVER_URL": "https://gitlab.example:8443/",
    "CI_PROJECT_PATH": "group/sub/shop",
    "CI_COMMIT_SHA": _SHA,
}
_BITBUCKET = {"BITBUCKET_BUILD_NUMBER": "7", "BITBUCKET_REPO_FULL_NAME": "acme/shop", "BITBUCKET_COMMIT": _SHA}


@pytest.mark.parametrize(
    ("environ", "file", "commit"),
    [
        (
            GITHUB,
            f"https://github.com/acme/shop/blob/{_SHA}/a/b.env#L3",
            f"https://github.com/acme/shop/commit/{_OTHER}",
        ),
        (
            _GITLAB,
            f"https://gitlab.example:8443/group/sub/shop/-/blob/{_SHA}/a/b.env#L3",
            f"https://gitlab.example:8443/group/sub/shop/-/commit/{_OTHER}",
        ),
        (
            _BITBUCKET,
            f"https://bitbucket.org/acme/shop/src/{_SHA}/a/b.env#lines-3",
            f"https://bitbucket.org/acme/shop/commits/{_OTHER}",
        ),
    ],
)
def test_each_site_has_its_own_pages(environ: dict[str, str], file: str, commit: str) -> None:
    links = links_of(environ)
    assert links is not None
    assert links.file("a/b.env", 3) == file
    assert links.commit(_OTHER) == commit
    assert links.file("a/b.env", 3, _OTHER) == file.replace(_SHA, _OTHER)


@pytest.mark.parametrize(
    ("path", "end"),
    [
        ("a b/ü.env", "a%20b/%C3%BC.env"),
        ("x](https://evil.example)", "x%5D%28https%3A//evil.example%29"),
        ('"><script>', "%22%3E%3Cscript%3E"),
        ("a?b#c", "a%3Fb%23c"),
    ],
)
def test_a_hostile_name_stays_a_path(path: str, end: str) -> None:
    links = links_of(GITHUB)
    assert links is not None
    assert links.file(path) == f"https://github.com/acme/shop/blob/{_SHA}/{end}"


@pytest.mark.parametrize("path", ["/etc/passwd", "../a", "..", "C:\\a"])
def test_a_path_outside_of_the_repository_has_no_page(path: str) -> None:
    links = links_of(GITHUB)
    assert links is not None
    assert links.file(path) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"GITHUB_SERVER_URL": "javascript:alert(1)"},
        {"GITHUB_SERVER_URL": "https://github.com/x"},
        {"GITHUB_REPOSITORY": "acme"},
        {"GITHUB_REPOSITORY": "a/b)[x](y"},
        {"GITHUB_SHA": "main"},
        {"GITHUB_ACTIONS": ""},
    ],
)
def test_an_environment_that_makes_no_sense_gives_no_links(changed: dict[str, str]) -> None:
    assert links_of({**GITHUB, **changed}) is None
