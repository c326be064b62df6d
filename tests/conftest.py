"""What holds for every test: no network but loopback, no key and no CI of the machine that runs them."""

from __future__ import annotations

import os
import signal
from platform import system

import hypothesis
import pytest

from support import network_guard
from support.command_line import CommandLine
from support.planted import PREFIX
from support.system_calls import missing_here

pytest_plugins = ["support.repo_fixtures"]

# The time of one example says how busy the machine is, not how the code is.
hypothesis.settings.register_profile(
    "here", deadline=None, phases=[phase for phase in hypothesis.Phase if phase is not hypothesis.Phase.explain]
)
hypothesis.settings.register_profile("nightly", deadline=None, max_examples=5000)
# A mutant is only to be told from the code: the same few examples each time, and the first failure will do.
hypothesis.settings.register_profile(
    "mutation",
    deadline=None,
    max_examples=25,
    derandomize=True,
    database=None,
    phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),
)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "here"))

_FOREIGN_PREFIXES = ("OPENROUTER_", "GITHUB_", "GIT_", "PRE_COMMIT", "GITLAB_", "CI_", "RUNNER_")
_FOREIGN_NAMES = ("CI", "TF_BUILD", "CIRCLECI", "JENKINS_URL", "BITBUCKET_BUILD_NUMBER", "NO_COLOR", "FORCE_COLOR")
_PROXY_NAMES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")


def pytest_configure() -> None:
    """Let tests interrupt what they start, also where a shell runs the suite in the background, deaf to SIGINT."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test that uses what this system does not have, such as named pipes on Windows."""
    missing = missing_here(item.function) if system() != "Linux" and isinstance(item, pytest.Function) else set()
    if missing:
        pytest.skip(f"this system has no {', '.join(sorted(missing))}")


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the test on this machine."""
    network_guard.install(monkeypatch)


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide what the machine's own environment could say to the program or to git."""
    for name in list(os.environ):
        if name.startswith(_FOREIGN_PREFIXES) or name in _FOREIGN_NAMES or name.upper() in _PROXY_NAMES:
            monkeypatch.delenv(name)


@pytest.fixture
def key_text() -> str:
    """A full-shape test key, built from parts."""
    return PREFIX + "0e6f44a47a05f1dad2ad7e88c4c1d6b793be51c80f7d6a24e1950c3bd87fa6b7"


@pytest.fixture
def preflight(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """The command line, to be run inside the test's process."""
    return CommandLine(monkeypatch, capsys)
