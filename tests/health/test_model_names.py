"""Names of models in files of many kinds, and what only looks like one."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from openrouter_preflight.errors import UsageError
from openrouter_preflight.health.models.mentions import mentions
from openrouter_preflight.health.models.model_files import Bounds, read_named_models
from openrouter_preflight.health.models.model_names import Guess, by_vendor, guess
from openrouter_preflight.health.models.named_models import Certainty

if TYPE_CHECKING:
    from pathlib import Path


def names(text: str) -> list[str]:
    return [mention.name for mention in mentions(text)]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("      model: openrouter/openai/gpt-4.1", "openai/gpt-4.1"),
        ("model: openrouter/auto", "openrouter/auto"),
        ("model: openrouter/openrouter/auto", "openrouter/auto"),
        ("  - anthropic/claude-sonnet-4.5:thinking", "anthropic/claude-sonnet-4.5:thinking"),
        ('ChatOpenAI(model="openai/gpt-4o-mini", base_url="https://openrouter.ai/api/v1")', "openai/gpt-4o-mini"),
        ('init_chat_model("openrouter:openai/gpt-4.1")', "openai/gpt-4.1"),
        ("PRIMARY_MODEL=google/gemini-2.5-flash # fast", "google/gemini-2.5-flash"),
        ("MODEL=${MODEL:-openai/gpt-4.1}", "openai/gpt-4.1"),
        ('{"model":"meta-llama/llama-3.3-70b-instruct:free"}', "meta-llama/llama-3.3-70b-instruct:free"),
        ("const model = `~anthropic/claude-sonnet-latest`;", "~anthropic/claude-sonnet-latest"),
        (r'"use openai/gpt-4.1\n"', "openai/gpt-4.1"),
        ("We moved to openai/gpt-4.1.", "openai/gpt-4.1"),
        ("openai/gpt-4.1:nitro", "openai/gpt-4.1:nitro"),
    ],
)
def test_a_model_is_found_as_its_file_writes_it(line: str, found: str) -> None:
    assert names(line) == [found]


@pytest.mark.parametrize(
    "line",
    [
        "https://github.com/openai/openai-python",
        "import x from '@google/genai'",
        "see openai/client.py",
        "uses: google/osv-scanner-action@v2",
        "FROM nvidia/cuda:12.1",
        "./openai/models",
        "docs/openai/gpt-4.1/readme",
        "openai/gpt-4.1/chat",
        "open openai\\gpt-4.1",
        "gpt-4.1",
    ],
)
def test_paths_packages_and_images_are_not_models(line: str) -> None:
    assert names(line) == []


def test_lines_are_counted_from_one() -> None:
    assert [(mention.name, mention.line) for mention in mentions("a\r\nbb/c-1\ndd/e-2 ff/g-3")] == [
        ("bb/c-1", 2),
        ("dd/e-2", 3),
        ("ff/g-3", 3),
    ]


CATALOGUE = by_vendor(["openai/gpt-4.1", "openai/gpt-4.1:free", "~openai/gpt-latest", "google/gemini-2.5-pro"])


@pytest.mark.parametrize(
    ("name", "unmarked", "marked"),
    [
        # Of a family that the vendor has.
        ("openai/gpt-4-32k", Guess.MODEL, Guess.MODEL),
        ("~openai/gpt-4-latest", Guess.MODEL, Guess.MODEL),
        # Near one, though it has no digit.
        ("google/gemini-pro", Guess.MODEL, Guess.MODEL),
        # Of a family that is all gone, or another thing.
        ("google/palm-2-chat-bison", Guess.PERHAPS, Guess.MODEL),
        ("openai/v1", Guess.PERHAPS, Guess.MODEL),
        ("openai/openai-python", Guess.OTHER, Guess.MODEL),
        ("openai/tiktoken", Guess.OTHER, Guess.MODEL),
        ("google/gemini-api", Guess.OTHER, Guess.MODEL),
        ("gone/foo2", Guess.OTHER, Guess.MODEL),
    ],
)
def test_what_a_name_is_for_that_nobody_knows(name: str, unmarked: Guess, marked: Guess) -> None:
    assert guess(name, CATALOGUE, Certainty.PLAIN) is unmarked
    assert guess(name, CATALOGUE, Certainty.MARKED) is marked


def test_a_name_is_found_before_a_preset_and_with_an_escaped_slash() -> None:
    text = '"openai/gpt-4.1@preset/x" "openai\\/gpt-4o" uses: anthropics/claude-code-action@v1'
    assert [mention.name for mention in mentions(text)] == ["openai/gpt-4.1@preset/x", "openai/gpt-4o"]


def test_globs_are_read_through_all_folders_and_each_name_told_once(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "litellm.yaml").write_text("a:\n  model: openrouter/openai/gpt-4.1\n", encoding="utf-8")
    (tmp_path / ".env").write_bytes(b"\xffMODEL=openai/gpt-4.1\nB=openai/gpt-4o-mini\n")
    found = read_named_models([str(tmp_path / "**" / "*.yaml"), str(tmp_path / ".env")])
    assert found.places == (
        ("openai/gpt-4.1", f"{tmp_path / 'deep' / 'er' / 'litellm.yaml'}:2"),
        ("openai/gpt-4o-mini", f"{tmp_path / '.env'}:2"),
    )
    assert found.unread == ()


@pytest.mark.parametrize(
    ("name", "guessed"),
    [
        ("x-ai/grok-beta", Guess.MODEL),
        ("openai/gpt-beta", Guess.MODEL),
        ("openai/openai-python", Guess.OTHER),
        ("acme/thing-1", Guess.OTHER),
        ("antropic/claude-9", Guess.OTHER),
    ],
)
def test_an_identifier_is_a_models_where_its_owner_or_family_is(name: str, guessed: Guess) -> None:
    assert guess(name, CATALOGUE, Certainty.IDENTIFIED) is guessed


@pytest.mark.parametrize(
    ("name", "certainty", "guessed"),
    [
        ("facebook/opt-125m", Certainty.MARKED, Guess.PERHAPS),
        ("facebook/opt-125m", Certainty.PROVEN, Guess.MODEL),
        ("gone/away", Certainty.MARKED, Guess.MODEL),
        ("gone/away", Certainty.ROUTED, Guess.PERHAPS),
        ("databricks/dbrx-instruct", Certainty.ROUTED, Guess.MODEL),
        ("openai/gpt-9", Certainty.OTHERS, Guess.OTHER),
    ],
)
def test_what_is_said_around_a_name_decides(name: str, certainty: Certainty, guessed: Guess) -> None:
    assert guess(name, CATALOGUE, certainty) is guessed


@pytest.mark.parametrize("pattern", ["none-*.yaml", "."])
def test_a_glob_that_means_no_file_is_a_usage_error(
    pattern: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="means no file"):
        read_named_models([pattern])


def test_a_symbolic_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("openai/gpt-4.1", encoding="utf-8")
    (tmp_path / "link.yaml").symlink_to(tmp_path / "real")
    with pytest.raises(UsageError, match="means no file"):
        read_named_models([str(tmp_path / "*.yaml")])


def test_a_folder_behind_a_symbolic_link_is_read_only_if_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "models.yaml").write_text("openai/gpt-4.1", encoding="utf-8")
    (tmp_path / "tree" / "deep").mkdir(parents=True)
    (tmp_path / "tree" / "deep" / "own.yaml").write_text("openai/gpt-4o", encoding="utf-8")
    (tmp_path / "tree" / "link").symlink_to(tmp_path / "outside")
    for pattern in ("tree/**/*.yaml", "tree/*/*.yaml"):
        assert [name for name, _ in read_named_models([str(tmp_path / pattern)]).places] == ["openai/gpt-4o"]
    named = read_named_models([str(tmp_path / "tree" / "link" / "*.yaml")])
    assert [name for name, _ in named.places] == ["openai/gpt-4.1"]


def test_a_line_of_names_is_read_in_the_time_that_its_length_takes() -> None:
    """What marks a name is looked for right before it, not from the line's beginning for each."""
    started = time.process_time()
    assert sum(1 for _ in mentions("ab-cd/ef " * 50_000)) == 50_000
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("openai/gpt-4.1...", ["openai/gpt-4.1"]),
        ("openai/gptX", []),
        ("openai/gpt-4.1_-", ["openai/gpt-4.1"]),
        ("openai/tool.py:free", []),
        ("openai/tool.py:90", []),
        ("openai/gpt-4.1:90", []),
    ],
)
def test_what_follows_a_name_is_not_of_it(line: str, found: list[str]) -> None:
    assert names(line) == found


def test_hidden_files_and_folders_are_read_too(tmp_path: Path) -> None:
    (tmp_path / ".config").mkdir()
    (tmp_path / ".config" / ".models").write_text("openai/gpt-4.1")
    assert read_named_models((f"{tmp_path}/**/*",)).places == (("openai/gpt-4.1", f"{tmp_path}/.config/.models:1"),)


def test_a_file_of_a_mebibyte_is_read_and_a_larger_one_is_said_to_be_unread(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"x" * 101)
    (tmp_path / "b.txt").write_bytes(b"openai/gpt-4.1\n".ljust(100))
    found = read_named_models((f"{tmp_path}/*.txt",), bounds=Bounds(file=100))
    assert found.unread == (f"{tmp_path}/a.txt, where models were to be found, cannot be read or is too large",)
    assert found.places == (("openai/gpt-4.1", f"{tmp_path}/b.txt:1"),)


def test_a_glob_may_mean_so_many_files_and_no_more(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"{number}.txt").write_text("openai/gpt-4.1")
    assert len(read_named_models((f"{tmp_path}/*",), bounds=Bounds(files=5)).places) == 1
    (tmp_path / "more.txt").touch()
    with pytest.raises(UsageError, match=r"^--models-from '.*' means 6 files\.$") as refusal:
        read_named_models((f"{tmp_path}/*",), bounds=Bounds(files=5))
    assert refusal.value.hint == "Name at most 5."


def test_a_glob_that_means_nothing_is_told_how_one_is_written() -> None:
    with pytest.raises(UsageError, match=r"^--models-from 'none\*' means no file\.$") as refusal:
        read_named_models(("none*",))
    assert refusal.value.hint == "Name a file, or a glob such as 'config/**/*.yaml'."
