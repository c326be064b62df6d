"""What is fuzzed: for each parser of what others wrote, a function that takes bytes and raises where a promise breaks.

`run.py` drives them with coverage for guidance; `test_corpus.py` replays every known input. Neither is needed here.
"""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import re
from collections import deque
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from openrouter_preflight.detect.detector import Limits, MatchResult, examine, examine_stream
from openrouter_preflight.errors import UsageError
from openrouter_preflight.findings import RULES, Finding, KeyState, KeyStatus, Outcome
from openrouter_preflight.findings.json_object import ReportError
from openrouter_preflight.findings.read_report import read_report
from openrouter_preflight.git.errors import explain
from openrouter_preflight.keys.printable import printable
from openrouter_preflight.openrouter import activity, answers, models, reply_kind
from openrouter_preflight.openrouter.body import parsed_object
from openrouter_preflight.openrouter.reply import Reply, TransportFault, read_refusal
from openrouter_preflight.openrouter.retry import seconds_to_wait
from openrouter_preflight.reports import FORMATS, ReportContext, render
from openrouter_preflight.scan.readers.object_fields import FieldKind, object_fields
from openrouter_preflight.scan.readers.objects import MisfitError, ObjectReader, TruncatedError
from openrouter_preflight.scan.readers.packs.deltas import is_ordinary, size_and_start
from openrouter_preflight.scan.readers.results import ReadStats
from openrouter_preflight.settings.config.config_parser import parse_config
from support.planted import KEY, OTHER_KEY, tarred, zipped
from support.printed import Printed
from support.runner_log import github_commands

if TYPE_CHECKING:
    from collections.abc import Callable

CORPUS = Path(__file__).parent / "corpus"
_MARKS = {b"@KEY@": KEY.encode(), b"@OTHER@": OTHER_KEY.encode()}
"""What stands for a key in the corpus: no file of the repository holds one."""
_PLAIN_KEY = re.compile(rb"sk-or-v1-[0-9A-Fa-f]{64}(?![0-9A-Fa-f])")
_NOW = datetime(2026, 11, 23, tzinfo=UTC)
_FEW = Limits(archive_members=50, archive_bytes=1 << 20, archive_free_bytes=1 << 16, window=1 << 12)
_STATUSES = (200, 400, 401, 402, 403, 404, 408, 429, 451, 500, 503, 600)


def seeds(target: str) -> list[bytes]:
    """The inputs that are known for a target."""
    return [filled(path.read_bytes()) for path in sorted((CORPUS / target).iterdir())]


def filled(content: bytes) -> bytes:
    """The content of a file of the corpus, with keys where it has marks."""
    for mark, key in _MARKS.items():
        content = content.replace(mark, key)
    return content


def _shows_a_key(text: str) -> bool:
    return _PLAIN_KEY.search(text.encode("utf-8", "surrogatepass")) is not None


def _keys_in(result: MatchResult) -> set[str]:
    return {match.key.reveal() for match in result.matches if match.key is not None}


def detector(data: bytes) -> None:
    """Every plain key is seen, whatever stands around it, and nothing that is called a key is none."""
    seen = _keys_in(examine(data))
    assert {key.decode() for key in _PLAIN_KEY.findall(data)} <= seen
    assert all(_PLAIN_KEY.fullmatch(key.encode()) for key in seen)


_WRAPPINGS: tuple[Callable[[bytes], bytes], ...] = (
    lambda data: data,
    lambda data: b"\x1f\x8b\x08" + data,
    lambda data: b"PK\x03\x04" + data,
    lambda data: b"BZh9" + data,
    lambda data: b"\xfd7zXZ\0" + data,
    gzip.compress,
    bz2.compress,
    lzma.compress,
    lambda data: zipped({"a": data}),
    lambda data: tarred({"a": data}),
    lambda data: gzip.compress(tarred({"a": zipped({"b": data})})),
)


def unpacking(data: bytes) -> None:
    """Damaged archives end; a key in a sound one is seen, or it is told that not all was read."""
    choice = data[0] if data else 0
    wrap = _WRAPPINGS[choice % len(_WRAPPINGS)]
    wrapped = wrap(data[1:])
    result = examine_stream(io.BytesIO(wrapped).read, _FEW)
    if wrap in _WRAPPINGS[5:] and len(data) < 1024:
        keys = {key.decode() for key in _PLAIN_KEY.findall(data[1:])}
        assert keys <= _keys_in(result) or result.unread


def plumbing(data: bytes) -> None:
    """Each object that git prints is counted, and a key in it belongs to that object; garbage ends in words."""
    kinds = (b"blob", b"commit", b"tag", b"tree")
    contents = data.split(b"\xff\xfe")
    output = b"".join(
        b"%040x %b %d\n%b\n" % (number, kinds[content[0] % 4 if content else 0], len(content), content)
        for number, content in enumerate(contents)
    )
    stats, awaited = ReadStats(), deque(b"%040x" % number for number in range(len(contents)))
    ObjectReader(Printed(output), awaited, stats, limits=_FEW).read_all()
    assert stats.objects == len(contents)
    hit = {int(each.oid, 16) for each in stats.matches}
    for number, content in enumerate(contents):
        if content and content[0] % 4 < 3 and _PLAIN_KEY.search(content):
            assert number in hit
    # What is no output of git's ends in an error, which the engine tells as trouble.
    with suppress(TruncatedError, MisfitError):
        ObjectReader(Printed(data), deque([data.partition(b" ")[0]]), ReadStats(), limits=_FEW).read_all()
    for kind in kinds:
        for piece in object_fields(kind.decode(), data):
            assert piece.kind != FieldKind.NAME or b"\0" not in piece.data
    shown = f"{explain(data, 'cat-file', '')} {printable(data)}"
    assert shown.isprintable()
    assert not _shows_a_key(shown)


def _operations(delta: bytes) -> list[int | bytes] | None:
    """The lengths of a delta's copies and the texts of its inserts; None where git would not have written it so."""
    found: list[int | bytes] = []
    place = 0
    while place < len(delta):
        opcode = delta[place]
        if not opcode & 0x80:
            text = delta[place + 1 : place + 1 + opcode]
            if not 0 < opcode == len(text):
                return None
            found.append(text)
            place += 1 + opcode
            continue
        end = place + 1 + (opcode & 0x7F).bit_count()
        size = delta[end - (opcode >> 4 & 7).bit_count() : end]
        length = sum(byte << 8 * (bit if opcode & 0x10 else 1) for bit, byte in enumerate(size)) or 0x10000
        if end > len(delta) or opcode & 0x40 or size[-1:] == b"\0" or length < 4:
            return None
        found.append(length)
        place = end
    return found


def deltas(data: bytes) -> None:
    """What is called ordinary is what git writes, but for a few short inserts."""
    operations = _operations(data)
    if is_ordinary(data, 0):
        assert operations is not None
    elif operations is not None:
        assert any(isinstance(each, bytes) and 2 <= len(each) <= 8 for each in operations)
    with suppress(IndexError):
        made, start = size_and_start(data)
        assert made >= 0
        assert start <= len(data)


def answer_of(data: bytes) -> None:
    """Whatever a service says has one meaning, and only an envelope of OpenRouter's says anything against a key."""
    status = _STATUSES[data[0] % len(_STATUSES)] if data else 200
    parsed = parsed_object(data[1:])
    body, fault = (None, parsed) if isinstance(parsed, TransportFault) else (parsed, None)
    reply = Reply(status=status, body=body, fault=fault)
    found = reply_kind.classify_reply(reply)
    refusal = read_refusal(body)
    assert found is not reply_kind.ReplyKind.OK or body is not None
    assert found is not reply_kind.ReplyKind.KEY_REJECTED or refusal is not None
    reply_kind.spent_interval(refusal)
    reply_kind.affordable_tokens(refusal)
    if body is not None:
        for read in (
            answers.read_key_info,
            answers.read_credits,
            models.read_models,
            models.read_model,
            answers.read_key_record,
            activity.read_activity,
            activity.read_completion,
        ):
            assert not _shows_a_key(str(type(read(body))))
    pause = seconds_to_wait(data[1:].decode("latin-1"), _NOW)
    assert pause is None or pause >= 0


def config(data: bytes) -> None:
    """A config file says something, or its problems are told in printable lines without a key."""
    try:
        parse_config(data, "x.yml")
    except UsageError as error:
        for line in f"{error}\n{error.hint}".split("\n"):
            assert line.isprintable()
            assert not _shows_a_key(line)
    else:
        assert not _PLAIN_KEY.search(data)


def escapers(data: bytes) -> None:
    """What others wrote neither speaks for us nor breaks a format, and a key in it is masked."""
    text = data.decode("utf-8", "surrogateescape")
    found = Finding(
        rule=RULES["committed-key"],
        severity=RULES["committed-key"].severity,
        what=text,
        where=text,
        remarks=(text,),
        help=text,
        path=text,
        commit=text,
        refs=(text,),
        member=text,
    )
    key = KeyStatus(name=text, source="env", state=KeyState.VALID, kind="inference", label=text)
    outcome = Outcome(command="check", findings=(found,), keys=(key,))
    reports = {name: render(name, outcome, ReportContext(version="1", now=_NOW)) for name in FORMATS}
    for report in reports.values():
        report.encode()
        assert not _shows_a_key(report)
    for name in ("json", "sarif", "gitlab"):
        json.loads(reports[name])
    ET.fromstring(reports["junit"])
    assert {command.name for command in github_commands(reports["github"])} <= {"group", "endgroup", "error"}
    assert not github_commands(reports["text"])


def reports(data: bytes) -> None:
    """A report from elsewhere is read or refused, and what is read can be reported again in every format."""
    try:
        outcome = read_report(data).outcome
    except ReportError:
        return
    for name in FORMATS:
        assert not _shows_a_key(render(name, outcome, ReportContext(version="1", now=_NOW)))


TARGETS: dict[str, Callable[[bytes], None]] = {
    "detector": detector,
    "unpacking": unpacking,
    "plumbing": plumbing,
    "deltas": deltas,
    "answers": answer_of,
    "config": config,
    "escapers": escapers,
    "reports": reports,
}
