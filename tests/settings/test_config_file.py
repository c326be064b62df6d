"""The config file as people write it: what it means, and what is said where it cannot be read."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openrouter_preflight.errors import UsageError
from openrouter_preflight.settings.config.config_file import find_config, load_config, read_config
from openrouter_preflight.settings.config.config_parser import parse_config
from openrouter_preflight.settings.model import AllowedKey, Config, KeyEntry, OnMissing, ScanPolicy

if TYPE_CHECKING:
    from pathlib import Path

KEY = "sk-or-v1-" + "0a1b" * 16
PRINT = "0a1b" * 16

WHOLE = f"""\
# The keys of our deploys
keys:
  - name: production
    env: OPENROUTER_API_KEY
    min-balance: 20.50
    require-model: [openai/gpt-5-mini, anthropic/claude-sonnet-4.5]
  - env: STAGING_KEY
    on-missing: skip
gates:
  min-runway: 7d
  require-limit: true
scan:
  exclude:
    - docs/**
  allow:
    - fingerprint: {PRINT}
      reason: a published example
      expires: 2027-01-31
"""


def problems(text: str) -> list[str]:
    with pytest.raises(UsageError) as error:
        parse_config(text.encode(), "c.yml")
    return str(error.value).splitlines()


def test_a_whole_file_says_what_it_seems_to_say() -> None:
    assert parse_config(WHOLE.encode(), "c.yml") == Config(
        keys=(
            KeyEntry(
                name="production",
                env="OPENROUTER_API_KEY",
                asked={
                    "min_balance": Decimal("20.50"),
                    "require_model": ("openai/gpt-5-mini", "anthropic/claude-sonnet-4.5"),
                },
            ),
            KeyEntry(name="STAGING_KEY", env="STAGING_KEY", asked={"on_missing": OnMissing.SKIP}),
        ),
        asked={"min_runway": timedelta(days=7), "require_limit": True},
        scan=ScanPolicy(
            exclude=("docs/**",),
            allow=(AllowedKey(fingerprint=PRINT, reason="a published example", expires=date(2027, 1, 31)),),
        ),
    )


@pytest.mark.parametrize(
    "text", ["", "\n", "# nothing yet\n", "---\n", "{}\n", "gates:\n", "scan:\n  allow:\n  exclude:\n"]
)
def test_a_file_that_says_nothing_is_the_same_as_none(text: str) -> None:
    assert parse_config(text.encode(), "c.yml") == Config()


@pytest.mark.parametrize(
    "raw", [b"\xef\xbb\xbfgates: {min-balance: 5}\n", b"gates:\r\n  min-balance: 5\r\n", b'gates: {"min-balance": "5"}']
)
def test_marks_newlines_and_quotes_do_not_matter(raw: bytes) -> None:
    assert parse_config(raw, "c.yml").asked == {"min_balance": Decimal(5)}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("gates:\n  min-balence: 5\n", "c.yml:2:3: unknown word `min-balence`; did you mean `min-balance`?"),
        ("gates:\n  min_balance: 5\n", "c.yml:2:3: unknown word `min_balance`; did you mean `min-balance`?"),
        ("gate:\n  x: 1\n", "c.yml:1:1: unknown word `gate`; did you mean `gates`?"),
        ("colour: red\n", "c.yml:1:1: unknown word `colour`; expected `keys`, `gates`, `scan` or `audit`"),
        (
            "min-balance: 5\n",
            "c.yml:1:1: `min-balance` does not belong here; it stands in an entry of `keys:` or under",
        ),
        (
            "scan: {fingerprint: x}\n",
            "c.yml:1:8: `fingerprint` does not belong here; it stands in an entry of `allow:`",
        ),
        ("timeout: 5\n", "c.yml:1:1: `timeout` is no word of this file; give the flag --timeout"),
        ("gates: {max-file-size: 5}", "c.yml:1:9: `max-file-size` is no word of this file; give the flag"),
        ("keys: [{env: A, api-key: x}]", "c.yml:1:17: unknown word `api-key`; this file never holds a key"),
        ("base_url: x\n", "c.yml:1:1: unknown word `base_url`; this file cannot change where a key is sent"),
        ("keys: [{env: A, Headers: {}}]", "c.yml:1:17: unknown word `Headers`; this file cannot add to what is sent"),
        (
            "gates:\n  min-balance: lots\n",
            "c.yml:2:16: min-balance: expected an amount in USD such as 5 or 0.50, not `lots`",
        ),
        ("gates: {min-balance: 5,00}", "c.yml:1:24: unknown word `00`"),
        ("gates: {min-balance: -1}", "it cannot be negative"),
        ("gates: {min-balance: .nan}", "not `.nan`"),
        ("gates: {min-balance: }", "c.yml:1:21: min-balance: expected an amount in USD such as 5 or 0.50, not nothing"),
        ("gates: {min-balance: [5]}", "min-balance: expected an amount in USD such as 5 or 0.50, not a list"),
        ("gates: {min-runway: 7}", "it has no unit: write 7d for days or 7h for hours"),
        ("gates: {on-missing: off}", "c.yml:1:21: on-missing: expected `fail` or `skip`, not `off`"),
        ("gates: {on-missing: false}", "expected `fail` or `skip`, not `false`"),
        ("gates: {require-limit: yes}", "expected `true` or `false`, not `yes`; write true"),
        ("gates: {require-limit: 'true'}", "expected `true` or `false`, not `true` in quotes; write true"),
        ("gates: {require-limit: 1}", "expected `true` or `false`, not the number `1`; write true"),
        ("gates: {require-model: gpt}", "require-model: expected a model's identifier"),
        ("gates: {require-model: {a: b}}", "or a list of them, not a mapping"),
        ("gates: {require-model: }", "require-model: expected a model's identifier"),
        ("gates: {require-model: a/b, require-models: c/d}", "`require-model` and `require-models` are the same word"),
        ("gates: [min-balance]", "c.yml:1:8: gates: expected words such as `min-balance:`, not a list"),
        ("gates: on\n", "gates: expected words such as `min-balance:`, not `on`"),
        ("keys:\n", "keys: expected a list of entries with `env:`, not nothing; leave `keys:` out"),
        ("keys: []\n", "keys: expected a list of entries with `env:`, not nothing; leave `keys:` out"),
        ("keys: {env: A}\n", "keys: expected a list of entries with `env:`, not a mapping"),
        ("keys: [A]\n", "c.yml:1:8: keys: expected an entry with `env:`, not `A`"),
        ("keys:\n  -\n", "keys: expected an entry with `env:`, not nothing"),
        ("keys:\n  - name: a\n", "c.yml:2:5: `env:` is missing; expected the name of an environment variable"),
        ("keys: [{env: $A}]", "env: expected the name of an environment variable, not `$A`; write A"),
        (
            "keys: [{env: A, name: 5}]",
            "name: expected a name of at most 80 characters, not the number `5`; put it in quotes",
        ),
        ("keys:\n  - env: A\n  - env: A\n    name: b\n", "c.yml:3:10: the same `env` stands on line 2 already"),
        ("keys:\n  - env: A\n  - env: B\n    name: A\n", "c.yml:4:11: the same `name` stands on line 2 already"),
        ("keys:\n  - env: B\n    name: A\n  - env: A\n", "c.yml:4:5: the same `name` stands on line 3 already"),
        ("scan: {exclude: /etc}", "exclude: expected a path glob, relative to the repository's root"),
        (f"scan: {{allow: [{{fingerprint: {PRINT}}}]}}", "c.yml:1:16: `reason:` is missing"),
        (f"scan: {{allow: [{{fingerprint: {PRINT}, reason: ''}}]}}", "that is not blank, not nothing"),
        (f"scan: {{allow: [{{fingerprint: {PRINT}, reason: 2024}}]}}", "not the number `2024`; put it in quotes"),
        (f"scan: {{allow: [{{fingerprint: {PRINT.upper()}, reason: x}}]}}", "write it in lower case"),
        (
            "scan: {allow: [{fingerprint: 0123, reason: x}]}",
            "expected a key's SHA-256 as 64 lower-case hex digits, not `0123`",
        ),
        (f"scan: {{allow: [{{fingerprint: {'12' * 32}, reason: x}}]}}", "(not shown); put it in quotes"),
        (f"scan: {{allow: [{{fingerprint: {PRINT}, reason: x, expires: 2026-02-30}}]}}", "there is no such day"),
        (
            f"scan: {{allow: [{{fingerprint: {PRINT}, reason: x, expires: soon}}]}}",
            "expected a date such as 2026-12-31",
        ),
        (
            "scan:\n  allow:\n" + f"    - fingerprint: {PRINT}\n      reason: x\n" * 2,
            "c.yml:5:20: the same `fingerprint` stands on line 3",
        ),
        ("- a\n", "c.yml:1:1: expected words such as `keys:`, `gates:` or `scan:`, not a list"),
        ("~\n", "c.yml:1:1: expected words such as `keys:`, `gates:` or `scan:`, not `~`"),
        ("gates:\n\tmin-balance: 5\n", "c.yml:2:1: a tab cannot indent here: use spaces"),
    ],
)
def test_an_error_names_the_place_and_what_was_expected(text: str, problem: str) -> None:
    assert any(problem in line for line in problems(text)), problems(text)


def test_every_problem_is_told_at_once_in_the_files_order() -> None:
    told = problems("gates:\n  min-runway: 7\n  colour: red\nkeys: 5\n")

    assert [line.split(": ")[0] for line in told] == ["c.yml:2:15", "c.yml:3:3", "c.yml:4:7"]


def test_many_problems_are_counted_instead_of_listed() -> None:
    told = problems("".join(f"word{number}: 1\n" for number in range(50)))

    assert len(told) == 21
    assert told[-1] == "and 30 more problems"


@pytest.mark.parametrize(
    "text",
    [
        "keys:\n  - env: {}\n",
        "keys:\n  - env: A\n    name: {}\n",
        "keys:\n  - {}: x\n",
        "{}: x\n",
        "{}\n",
        "gates: {{min-balance: {}}}\n",
        "gates:\n  min-balance: 5  # was {}\n",
        "scan:\n  exclude: [{}]\n",
        "scan:\n  allow:\n    - {{fingerprint: {}, reason: x}}\n",
        "scan:\n  allow:\n    - {{fingerprint: " + PRINT + ", reason: the key {} of old}}\n",
        'gates: "{}\n',
        "gates: *{}\n",
        "gates: &{} x\n",
        "gates: !{} x\n",
        "gates: [{}\nb: 1\n",
        "colour: {{deep: [{}]}}\n",
        '"{}": 1\n"{}": 2\n',
    ],
)
@pytest.mark.parametrize(
    "key", [KEY, "sk-ant-api03-" + "0a1b" * 12, "ghp_" + "0a1b" * 9], ids=["own", "other", "short"]
)
def test_a_key_anywhere_is_an_error_that_does_not_print_it(text: str, key: str) -> None:
    told = "\n".join(problems(text.replace("{}", key).replace("{{", "{").replace("}}", "}")))

    assert "a key must not stand in this file" in told
    assert "0a1b0a1b" not in told
    assert re.search(r"c\.yml:\d+:\d+: ", told)


def test_a_key_put_together_from_two_lines_is_found() -> None:
    folded = f'gates:\n  min-balance: "{KEY[:12]}\\\n    {KEY[12:]}"\n'

    assert "a key must not stand in this file" in problems(folded)[0]


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ("gates: {}".encode("utf-16"), "c.yml:1:1: the file is UTF-16: save it as UTF-8"),
        (b"gates: {}\n# caf\xe9\n", "c.yml:2:6: the file is not UTF-8: save it as UTF-8"),
        (b"a: \0", "c.yml:1:4: a character that cannot stand in a text file"),
        (b"#" * (256 * 1024 + 1), "larger than 256 KiB"),
    ],
)
def test_what_is_no_text_is_refused(raw: bytes, problem: str) -> None:
    with pytest.raises(UsageError, match=re.escape(problem)):
        parse_config(raw, "c.yml")


@given(st.binary(max_size=80) | st.text("keysgatscn:-[]{} \n'\"#&*!|5d", max_size=80).map(str.encode))
def test_any_bytes_are_a_config_or_a_usage_error(raw: bytes) -> None:
    told = ""
    try:
        parse_config(raw, "c.yml")
    except UsageError as error:
        told = str(error)

    assert told == "" or told.startswith("c.yml:")


def test_the_file_is_found_here_or_at_the_repositorys_root(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    assert find_config(inner) is None

    root = tmp_path / ".openrouter-preflight.yml"
    root.write_text("gates: {min-balance: 1}\n")
    (tmp_path / "a" / ".openrouter-preflight.yml").write_text("nonsense")
    assert find_config(inner) == root

    here = inner / ".openrouter-preflight.yaml"
    here.write_text("gates: {min-balance: 2}\n")
    assert find_config(inner) == here
    assert load_config(None, inner).asked == {"min_balance": Decimal(2)}
    assert load_config(root, inner).asked == {"min_balance": Decimal(1)}


def test_outside_of_a_repository_only_the_folder_itself_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / ".openrouter-preflight.yml").write_text("")

    assert find_config(tmp_path / "a") is None
    assert load_config(None, tmp_path / "a") == Config()


def test_two_files_side_by_side_are_refused(tmp_path: Path) -> None:
    for name in (".openrouter-preflight.yml", ".openrouter-preflight.yaml"):
        (tmp_path / name).write_text("")

    with pytest.raises(UsageError, match="both exist"):
        find_config(tmp_path)


def test_a_link_or_a_pipe_in_the_files_place_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("root: x\n")
    place = tmp_path / ".openrouter-preflight.yml"
    place.symlink_to(secret)
    with pytest.raises(UsageError, match="not a regular file"):
        find_config(tmp_path)

    if hasattr(os, "mkfifo"):
        place.unlink()
        os.mkfifo(place)
        with pytest.raises(UsageError, match="not a regular file"):
            find_config(tmp_path)


def test_a_file_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read: No such file or directory"):
        read_config(tmp_path / "none.yml")
    with pytest.raises(UsageError, match="cannot be read"):
        read_config(tmp_path)


@pytest.mark.skipif(
    not hasattr(os, "getuid") or os.getuid() != 0, reason="needs another user, who may not search the folder"
)
@pytest.mark.parametrize("inside", ["", "sub"])
def test_a_folder_that_may_not_be_searched_is_not_an_empty_one(tmp_path: Path, inside: str) -> None:
    locked = tmp_path / "locked"
    (locked / inside).mkdir(parents=True)
    (locked / ".openrouter-preflight.yml").write_text("gates:\n  min-balance: 5\n", encoding="utf-8")
    locked.chmod(0o700)
    program = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from openrouter_preflight.errors import PreflightError, UsageError\n"
        "os.setgid(65534); os.setuid(65534)\n"
        "try:\n"
        "    print(find_config(Path(sys.argv[1])))\n"
        "except PreflightError as error:\n"
        "    print(isinstance(error, UsageError), error)\n"
    )
    found = subprocess.run(
        [
            sys.executable,
            "-c",
            "from openrouter_preflight.settings.config.config_file import find_config\n" + program,
            str(locked / inside),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.startswith(f"False whether there is a config file in {tmp_path}")
    assert "Permission denied" in found.stdout
