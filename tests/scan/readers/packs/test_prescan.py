"""Looking through packs: however git packs them, objects that hold keys are among the suspects, and all are counted."""

from __future__ import annotations

import shutil
import sys
import tempfile
from array import array
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openrouter_preflight.detect.prefilter import UNENCODED_NEEDLES
from openrouter_preflight.git.listing import list_objects
from openrouter_preflight.git.process import Git
from openrouter_preflight.scan.readers.engine import read_objects
from openrouter_preflight.scan.readers.packs.prescan import Prescan, Prescanned, _pass_on
from openrouter_preflight.scan.readers.packs.worker import BLOB, NO_BASE, SUSPECT, Slice
from support.effort import runs
from support.planted import base64_of, gzipped, tarred, zipped
from support.repos import HERMETIC, KEY, OTHER_KEY, Repo, clone, found, make_key, make_repo, rules

if TYPE_CHECKING:
    from collections.abc import Sequence


@pytest.fixture(autouse=True)
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small packs are looked through too."""
    monkeypatch.setattr("openrouter_preflight.scan.readers.packs.prescan._WORTH_IT", 0)


def git_of(repo: Repo, **environ: str) -> Git:
    return Git(repo.path, {**HERMETIC, **environ})


def sift(repo: Repo, largest: int | None = None) -> Prescanned | None:
    with Prescan(git_of(repo), largest=largest) as running:
        return running.finish(lambda _: None)


def write_versions(repo: Repo, versions: Sequence[bytes], name: str = "file") -> None:
    """Commit one version of a file after the other."""
    stream = b"reset refs/heads/main\n"
    for number, version in enumerate(versions, 1):
        stream += b"commit refs/heads/main\nmark :%d\ncommitter Ada <a@b> %d +0000\ndata 1\nx\n" % (
            number,
            number + 10**9,
        )
        stream += (b"from :%d\n" % (number - 1)) if number > 1 else b""
        stream += b"M 100644 inline %b\ndata %d\n%b\n" % (name.encode(), len(version), version)
    repo.git("fast-import", "--quiet", "--force", stdin=stream)


def pack(repo: Repo, *settings: str) -> None:
    options = [word for setting in settings for word in ("-c", setting)]
    repo.git(*options, "repack", "-adfq", "--depth=50", "--window=50")


def deltas_of(repo: Repo) -> int:
    """How many objects of the packs are deltas."""
    indexes = map(str, (repo.path / ".git/objects/pack").glob("*.idx"))
    lines = repo.git("verify-pack", "-v", *indexes).splitlines()
    return sum(len(line.split()) == 7 for line in lines)


def guilty(repo: Repo) -> set[bytes]:
    """The objects in which reading all of them finds something."""
    git = git_of(repo)
    return {bytes.fromhex(hit.oid) for hit in read_objects(git, list_objects(git)).stats.matches}


def check_against_reading(repo: Repo) -> Prescanned:
    """Look through the packs, and hold what is said against the reading of every object."""
    git = git_of(repo)
    everything = read_objects(git, list_objects(git)).stats
    sifted = sift(repo)
    assert sifted is not None
    assert guilty(repo) <= sifted.suspects.keys()
    suspects = read_objects(git, sifted.suspect_chunks(anyhow=False), needles=UNENCODED_NEEDLES).stats
    suspects.add(read_objects(git, sifted.suspect_chunks(anyhow=True)).stats)
    assert {bytes.fromhex(hit.oid) for hit in suspects.matches} == guilty(repo)
    assert sifted.objects + suspects.objects == everything.objects
    assert sifted.size + suspects.bytes == everything.bytes
    assert sifted.commits + suspects.commits == everything.commits
    return sifted


PADDING = "\n".join(f"line {number} of a text that stays as it is: {number * 7919}" for number in range(40))
SPELLINGS = (
    KEY,
    KEY.upper().replace("SK-OR-V1-", "sk-or-v1-"),
    base64_of(KEY),
    base64_of("x" + KEY),
    base64_of("xy" + KEY),
    base64_of(KEY.encode("utf-16-le")),
    base64_of(b"x" + KEY.encode("utf-16-le")),
    KEY.replace("-", "%2D"),
    KEY.replace("-", "\\u002d"),
    KEY.encode("utf-16-le").decode("latin-1"),
    KEY.encode("utf-32-le").decode("latin-1"),
    f'"{KEY[:6]}" + "{KEY[6:]}"',
    f'"{KEY[:3]}" + "{KEY[3:]}"',
    f'"{KEY[:30]}" +\n  "{KEY[30:]}"',
)
# No half of the digits: what several changes put together of those and of a prefix may not be seen (SECURITY.md).
NEAR = st.sampled_from(
    [
        "sk-ant-",
        "sk-or-",
        "sk-or-v0-",
        "sk-xx-v1-",
        "sk-",
        "v1-",
        "or-v1-",
        "-or-",
        KEY[9:],
        "key = ",
        " ",
        "\n",
    ]
)


@dataclass(frozen=True)
class Edit:
    """How a key comes into being from what looks like a part of it, and goes again."""

    spelling: str
    low: int
    high: int
    """What lies between is other text at first."""
    other: str
    without: str
    order: tuple[int, ...]

    def versions(self) -> list[bytes]:
        """The versions of a file, in the order in which they are committed."""
        almost = self.spelling[: self.low] + self.other + self.spelling[max(self.low, self.high) :]
        lines = [f"key = {almost} # as it was", f"key = {self.spelling} # as it was", self.without]
        texts = [f"{PADDING}\n{line}\n{PADDING[::-1]}" for line in lines]
        texts.append(texts[0] + "more\n")
        return [texts[place].encode("latin-1") for place in self.order]


EDITS = st.builds(
    Edit,
    spelling=st.sampled_from(SPELLINGS),
    low=st.integers(0, 24),
    high=st.integers(0, 40),
    other=st.lists(NEAR, max_size=3).map("".join),
    without=NEAR,
    order=st.permutations(range(4)).map(tuple),
)


@settings(max_examples=runs(12, 1500), deadline=None, suppress_health_check=[*HealthCheck])
@given(st.lists(EDITS, min_size=1, max_size=4))
def test_a_key_that_comes_into_being_by_an_edit_is_a_suspect(edits: list[Edit]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        repo = make_repo(Path(folder).resolve() / "repo")
        write_versions(repo, [version for edit in edits for version in edit.versions()])
        pack(repo)
        assert deltas_of(repo) > 0
        check_against_reading(repo)


def _spelled(random: Random, key: str) -> bytes:
    """A key in some spelling, or something that is nearly one."""
    plain = key.encode()
    return random.choice(
        [
            plain,
            plain[:-1],
            plain[9:],
            b"v1-" + plain[9:],
            b"sk-or-v2-" + plain[9:],
            b"sk-ant-v1-" + plain[9:],
            plain[:6] + b'" + "' + plain[6:],
            plain[:40] + b'" + "' + plain[40:],
            plain.replace(b"-", b"%2D"),
            base64_of("x" * random.randrange(3) + key).encode(),
            base64_of(key.encode("utf-16-le")).encode(),
            key.encode("utf-16-le"),
            gzipped(plain),
        ]
    )


def _changed(random: Random, lines: list[bytes], keys: Sequence[str], words: Sequence[str]) -> None:
    """Change a file as people do: a line comes, goes, moves or becomes another; a few letters of one do."""
    place, kind = random.randrange(len(lines)), random.random()
    if kind < 0.25:
        lines.insert(place, b"x = " + _spelled(random, random.choice(keys)) + b" # y")
    elif kind < 0.5 and len(lines) > 4:
        del lines[place]
    elif kind < 0.65:
        start = random.randrange(len(lines[place]) + 1)
        letters = random.choice([b"", b"or", b"sk-or-v1-", b"r-v", b"v1-", b"-or-", b"k"])
        lines[place] = lines[place][:start] + letters + lines[place][start + random.randrange(8) :]
    elif kind < 0.75:
        lines[place : place + 10] = reversed(lines[place : place + 10])
    else:
        lines[place] = " ".join(random.choices(words, k=9)).encode()


@pytest.mark.parametrize("seed", range(runs(1, 40)))
def test_a_long_history_is_told_as_if_every_object_had_been_read(
    repo: Repo, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = Random(seed)
    words = [*(f"word{random.randrange(10**6)}" for _ in range(1000)), "sk-", "or-", "v1-", "sk-or", "-or-", "sk-ant-"]
    keys = [make_key(f"{seed} {number}") for number in range(30)]
    files = [[" ".join(random.choices(words, k=9)).encode() for _ in range(random.randrange(5, 99))] for _ in range(9)]
    stream = b""
    for number in range(400):
        choice = random.randrange(len(files))
        _changed(random, files[choice], keys, words)
        content = b"\n".join(files[choice])
        stream += b"commit refs/heads/main\ncommitter Ada <a@b> %d +0000\ndata 1\nx\n" % (10**9 + number)
        stream += b"M 100644 inline f%d\ndata %d\n%b\n" % (choice, len(content), content)
    repo.git("fast-import", "--quiet", stdin=stream)
    pack(repo)
    assert deltas_of(repo) > 200
    quick = repo.scan("history")
    monkeypatch.setattr("openrouter_preflight.scan.readers.packs.prescan._WORTH_IT", 10**9)
    slow = repo.scan("history")
    assert quick.findings == slow.findings
    assert quick.summary == slow.summary
    assert len(slow.findings) > 20


def test_what_holds_no_key_is_no_suspect(repo: Repo) -> None:
    write_versions(repo, [f"{PADDING}\n{number}\n{PADDING}".encode() for number in range(100)])
    pack(repo)
    assert deltas_of(repo) == 99
    assert not check_against_reading(repo).suspects


@pytest.mark.parametrize("options", [(), ("--object-format=sha256",)], ids=["sha1", "sha256"])
@pytest.mark.parametrize(
    "setting", ["repack.useDeltaBaseOffset=false", "pack.writeReverseIndex=true", "core.compression=0"]
)
def test_packs_of_every_kind_are_read(tmp_path: Path, options: tuple[str, ...], setting: str) -> None:
    repo = make_repo(tmp_path / "repo", *options)
    write_versions(repo, [f"{PADDING}\n{make_key(str(number))}\n{number}".encode() for number in range(20)])
    pack(repo, setting)
    assert deltas_of(repo) > 15
    assert len(guilty(repo)) == 20
    check_against_reading(repo)
    assert len(found(repo.scan("history"))) == 20 or len(repo.scan("history").findings) == 20


def test_an_object_in_several_packs_or_loose_too_is_counted_once(repo: Repo) -> None:
    write_versions(repo, [f"{PADDING}\n{number}\n{KEY if number == 3 else ''}".encode() for number in range(10)])
    everything = repo.git("rev-list", "--objects", "--no-object-names", "--all").encode()
    folder = repo.path / ".git/objects/pack/pack"
    repo.git("pack-objects", "--quiet", str(folder), stdin=b"\n".join(everything.split()[:20]))
    pack(repo)
    repo.git("pack-objects", "--quiet", str(folder), stdin=b"\n".join(everything.split()[10:]))
    check_against_reading(repo)
    repo.git("hash-object", "-w", "--stdin", stdin=b"another")
    oid = repo.git("rev-parse", "HEAD:file")
    loose = make_repo(repo.path / "loose")
    end = "\n"  # which `git` takes off
    assert loose.git("hash-object", "-w", "--stdin", stdin=(repo.git("cat-file", "blob", oid) + end).encode()) == oid
    shutil.copytree(loose.path / ".git/objects" / oid[:2], repo.path / ".git/objects" / oid[:2], dirs_exist_ok=True)
    assert repo.scan("history").summary.objects == len(set(everything.split())) + 1


@pytest.mark.parametrize(
    "content",
    [
        gzipped(KEY.encode()),
        zipped({"a": KEY.encode()}),
        b"#!/bin/sh\n" + zipped({"a": KEY.encode()}),
        b"#!/bin/sh\n" * 1000 + zipped({"a": KEY.encode()}),
        tarred({"a": KEY.encode()}),
    ],
    ids=["gzip", "zip", "zipapp", "jar that runs", "tar"],
)
def test_archives_are_suspects(repo: Repo, content: bytes) -> None:
    noise = PADDING.encode() * 20
    write_versions(repo, [noise, content + noise, content + noise + b"x", noise + b"y", content])
    pack(repo)
    check_against_reading(repo)


def test_names_messages_and_tags_are_looked_through(repo: Repo) -> None:
    for number in range(20):
        repo.commit({f"{number} {PADDING[:40]}": PADDING}, f"{PADDING}\n{number}")
    repo.commit({KEY: "x"}, f"{PADDING}\n{OTHER_KEY}")
    repo.git("tag", "-a", "v1", "-m", f"{PADDING}{make_key('tag')}")
    pack(repo)
    assert len(guilty(repo)) == 3
    check_against_reading(repo)


def test_what_is_too_large_to_take_here_is_gits(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    large = b"%b\n" % PADDING.encode() * 5000
    write_versions(repo, [large, large + KEY.encode(), large + b"x"])
    pack(repo)
    sifted = check_against_reading(repo)
    assert len(sifted.suspects) == 3


def test_objects_over_the_users_bound_are_gits_to_tell_of(repo: Repo) -> None:
    write_versions(repo, [b"small", b"x" * 1000])
    pack(repo)
    sifted = sift(repo, largest=500)
    assert sifted is not None
    assert [repo.git("rev-parse", "HEAD:file")] == [oid.hex() for oid in sifted.suspects]
    assert rules(repo.scan("history", max_file_size=500)) == ["scan-incomplete"]


class TestWhereGitMustReadEverything:
    def test_few_objects(self, repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("openrouter_preflight.scan.readers.packs.prescan._WORTH_IT", 4)
        write_versions(repo, [b"x"])
        pack(repo)
        assert sift(repo) is None

    def test_borrowed_objects(self, repo: Repo, tmp_path: Path) -> None:
        write_versions(repo, [b"x"])
        pack(repo)
        assert sift(clone(repo, tmp_path / "clone", "--shared")) is None

    def test_objects_elsewhere(self, repo: Repo) -> None:
        write_versions(repo, [b"x"])
        pack(repo)
        with Prescan(git_of(repo, GIT_OBJECT_DIRECTORY=str(repo.path / ".git/objects"))) as running:
            assert running.finish(lambda _: None) is None

    def test_an_index_of_version_1(self, repo: Repo) -> None:
        write_versions(repo, [KEY.encode()])
        pack(repo, "pack.indexVersion=1")
        assert sift(repo) is None
        assert rules(repo.scan("history")) == ["committed-key"]

    @pytest.mark.parametrize("program", ["", "/nonexistent/python", "/bin/false"])
    def test_no_python_to_start(self, repo: Repo, program: str, monkeypatch: pytest.MonkeyPatch) -> None:
        write_versions(repo, [KEY.encode()])
        pack(repo)
        monkeypatch.setattr(sys, "executable", program)
        assert sift(repo) is None
        assert rules(repo.scan("history")) == ["committed-key"]

    def test_a_pack_that_is_not_there(self, repo: Repo) -> None:
        write_versions(repo, [b"x"])
        pack(repo)
        (gone,) = (repo.path / ".git/objects/pack").glob("*.pack")
        gone.unlink()
        assert sift(repo) is None
        assert "scan-incomplete" in rules(repo.scan("history"))

    def test_bases_that_stand_behind_their_deltas_without_end(
        self, repo: Repo, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("openrouter_preflight.scan.readers.packs.prescan._MOST_PASSES", 1)
        rows = Slice(3)
        rows.bases[:] = array("I", [1, 2, NO_BASE])
        rows.kinds[2] = BLOB | SUSPECT
        assert not _pass_on(rows)
        monkeypatch.setattr("openrouter_preflight.scan.readers.packs.prescan._MOST_PASSES", 3)
        assert _pass_on(rows)
        assert list(rows.kinds) == [BLOB | SUSPECT] * 3


def damaged(repo: Repo, place: int) -> Repo:
    """The repository with one byte of its pack changed."""
    (path,) = (repo.path / ".git/objects/pack").glob("*.pack")
    data = bytearray(path.read_bytes())
    data[place % len(data)] ^= 0x41
    path.chmod(0o644)
    path.write_bytes(data)
    return repo


@pytest.mark.parametrize("place", [13, 60, 400, 901, 1500, -40])
def test_damage_is_never_clean(repo: Repo, place: int) -> None:
    write_versions(repo, [f"{PADDING}\n{number}\n{make_key(str(number))}".encode() for number in range(5)])
    pack(repo)
    result = damaged(repo, place).scan("history")
    assert "scan-incomplete" in rules(result) or len([rule for rule in rules(result) if rule == "committed-key"]) == 5
