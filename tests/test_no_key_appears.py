"""No key ever appears: any command with any key, configuration, answer, format and crash is searched for parts of it.

Looked through are both streams with every logger and warning on, every file that was made or changed and its name, and
what git was told. 300 runs here, 10,000 at night; some of them as processes of their own.
"""

from __future__ import annotations

import json
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from openrouter_preflight.action import main as step
from openrouter_preflight.action.inputs import PREFIX
from openrouter_preflight.findings import RULES
from openrouter_preflight.keys import ApiKey
from openrouter_preflight.settings.model import FORMATS
from openrouter_preflight.simulator import SCENARIOS, Simulator
from support import github_events
from support.boundaries import (
    ACTION,
    CHECK,
    MANAGE,
    MODELS,
    OTHERS,
    OUTPUT,
    SCAN,
    break_at,
    errors_about,
    load_everything,
)
from support.effort import runs
from support.fake_account import FakeAccount, fingerprint, served
from support.planted import base64_of, zipped
from support.raw_server import HEALTHY, Behaviour, answer, raw, refusal, reset_after, serve
from support.repos import Repo, make_repo
from support.watched_machine import Ended, Machine

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SHARDS = range(6)
PREFIX_OF_KEYS = "sk-or-" + "v1-"
HEX = "0123456789abcdef"
DRAW = st.data()

load_everything()


@dataclass(frozen=True)
class Secret:
    """A value as it stands in the environment, and the part of it that may appear nowhere."""

    text: str
    hidden: str


def bodies(alphabet: str, size: int) -> st.SearchStrategy[str]:
    return st.text(alphabet, min_size=size, max_size=size).filter(lambda body: len(set(body)) > 7)


WELL_FORMED = st.one_of(bodies(HEX, 64), bodies(HEX.upper(), 64), bodies(HEX + "ABCDEF", 64)).map(
    lambda body: Secret(PREFIX_OF_KEYS + body, body)
)
ALPHANUMERIC = HEX + "ghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
ODD = st.one_of(
    *(bodies(HEX, size).map(lambda body: Secret(PREFIX_OF_KEYS + body, body)) for size in (20, 48, 63, 65, 100)),
    bodies(HEX, 64).map(lambda body: Secret(f"{PREFIX_OF_KEYS}{body[:30]} {body[30:]}", body[:30])),
    bodies(HEX, 64).map(lambda body: Secret(f"{PREFIX_OF_KEYS}{body[:30]}\u200b{body[30:]}", body[30:])),
    bodies(HEX, 64).map(lambda body: Secret(f"{PREFIX_OF_KEYS}{body}\udcff", body)),
    bodies(HEX, 64).map(lambda body: Secret(f"SK-OR-V1-{body.upper()}", body)),
    bodies(HEX, 64).map(lambda body: Secret(f"{PREFIX_OF_KEYS}{body}" * 2, body)),
    bodies(HEX, 64).map(lambda body: Secret(base64_of(PREFIX_OF_KEYS + body), body)),
    bodies(HEX, 64).map(lambda body: Secret(body, body)),
    bodies(ALPHANUMERIC, 64).map(lambda body: Secret(PREFIX_OF_KEYS + body, body)),
    bodies(ALPHANUMERIC, 44).map(lambda body: Secret("sk-or-v2-" + body, body)),
    bodies(ALPHANUMERIC, 48).map(lambda body: Secret("sk-proj-" + body, body)),
    bodies(ALPHANUMERIC, 90).map(lambda body: Secret("sk-ant-api03-" + body, body)),
    bodies(ALPHANUMERIC, 36).map(lambda body: Secret("ghp_" + body, body)),
    bodies("!#%&*+,-./:;<=>?@^_|~äß漢 0123456789", 40).map(lambda body: Secret(body, body.strip())),
)
WRAPPERS: tuple[Callable[[str], str], ...] = (
    lambda text: text,
    lambda text: f"'{text}'",
    lambda text: f'"{text}"',
    lambda text: f" {text}\n",
    lambda text: f"Bearer {text}",
    lambda text: f"OPENROUTER_API_KEY={text}",
    lambda text: f"${{{text}}}",
    lambda text: f"{text[:20]}\n{text[20:]}",
    lambda text: f"{text},{text}",
)
WRAPPED = st.builds(
    lambda secret, wrap: Secret(wrap(secret.text), secret.hidden), WELL_FORMED, st.sampled_from(WRAPPERS)
)
ANY_SECRET = st.one_of(WELL_FORMED, WRAPPED, ODD)

BROKEN = {
    "check": CHECK + OUTPUT,
    "scan": SCAN + OUTPUT,
    "models": MODELS,
    "others": OTHERS + OUTPUT,
    "manage": MANAGE + OUTPUT,
    "action": ACTION + CHECK + SCAN + OUTPUT,
}
OUTPUT_OPTIONS = st.builds(
    lambda format_, reports, verbose: [
        *(["--format", format_] if format_ else []),
        *(word for name in reports for word in ("--report", f"{name}=report.{name}")),
        *(["--verbose"] if verbose else []),
    ],
    st.none() | st.sampled_from(FORMATS),
    st.lists(st.sampled_from(FORMATS), max_size=2, unique=True),
    st.booleans(),
)


def echoes(secret: Secret) -> list[tuple[Behaviour, ...]]:
    """Servers that hand the key back wherever an answer has room for it."""
    text = secret.text
    line = " ".join(text.encode("ascii", "replace").decode().split())
    data = {**HEALTHY["data"], "label": text, "name": text, "limit_reset": text, "expires_at": text}
    budgets = [{"scope": text, "limit": 1, "remaining": 1, "reset_interval": text, "id": text}]
    return [
        (answer(200, {"data": data}),),
        (answer(200, {"data": data | {"budgets": budgets, "organization_id": text, text: text}}),),
        (answer(200, {"data": [{"id": text, "name": text, "canonical_slug": text, "pricing": {"prompt": text}}]}),),
        (answer(200, {text: text}),),
        (answer(200, f'{{"data": {text}'.encode("utf-8", "replace")),),
        *((answer(status, refusal(status, f"{text} is no key", limit_source=text)),) for status in (401, 402, 403)),
        *((answer(status, f"<html>{text}</html>".encode("utf-8", "replace")),) for status in (200, 404, 500)),
        (answer(429, refusal(429, text), Retry_After=line),),
        (answer(302, b"", Location=f"/{line}"),),
        (raw(f"HTTP/1.1 200 {line}\r\n{line}: {line}\r\n\r\n".encode()),),
        (raw(f"{line}\r\n\r\n".encode()),),
        (answer(200, HEALTHY, Set_Cookie=f"key={line}", Content_Encoding=line),),
        (reset_after(line.encode()),),
    ]


CONFIGS: tuple[Callable[[Secret], str], ...] = (
    lambda secret: "gates:\n  min-balance: 5\n  min-runway: 7d\n",
    lambda secret: "keys:\n  - name: prod\n    env: OPENROUTER_API_KEY\n    require-limit: true\n",
    lambda secret: f"# {secret.text}\ngates: {{}}\n",
    lambda secret: f"gates:\n  min-balance: {secret.text}\n",
    lambda secret: f"{secret.text}: 5\n",
    lambda secret: f"keys:\n  - name: {secret.text}\n    env: {secret.text}\n",
    lambda secret: f"scan:\n  allow:\n    - fingerprint: {secret.text}\n      reason: {secret.text}\n",
    lambda secret: f"scan:\n  exclude:\n    - '{secret.text}'\n",
    lambda secret: f"&{secret.text} [*{secret.text}, !{secret.text} x\n",
)


def write_config(machine: Machine, data: st.DataObject) -> str:
    """Perhaps a config file, perhaps with a key in it that looks like one. What of it may not appear."""
    secret = data.draw(WELL_FORMED | WRAPPED, "key in the config")
    make = data.draw(st.none() | st.sampled_from(CONFIGS), "config")
    if make is not None:
        (machine.work / ".openrouter-preflight.yml").write_text(make(secret), encoding="utf-8")
    return secret.hidden


def misplaced(data: st.DataObject, secret: Secret) -> list[str]:
    """A key that somebody pasted after a flag, where keys do not belong; only what looks like one is known as such."""
    flags = ("--min-balance", "--config", "--key-env", "--on-missing", "--base-url", "--x")
    return [data.draw(st.sampled_from(flags)), secret.text]


def breaking(data: st.DataObject, command: str, secret: Secret) -> Callable[[pytest.MonkeyPatch], None]:
    if not data.draw(st.booleans(), "something breaks"):
        return lambda _patch: None
    boundary = data.draw(st.sampled_from(BROKEN[command]), "where")
    error = data.draw(st.sampled_from(errors_about(secret.text)), "what")
    afterwards = data.draw(st.booleans(), "afterwards")
    return lambda patch: break_at(patch, boundary, error, afterwards=afterwards)


def run_check(machine: Machine, data: st.DataObject, execute: Any) -> None:
    secret = data.draw(ANY_SECRET, "key")
    management = data.draw(st.none() | WELL_FORMED, "management key")
    hidden = [secret.hidden, write_config(machine, data), *([management.hidden] if management else [])]
    variables = {"OPENROUTER_API_KEY": secret.text, "PYTHONWARNINGS": "always"}
    arguments = ["check", "--deadline", "0.4", "--timeout", "0.2", *data.draw(OUTPUT_OPTIONS)]
    arguments += data.draw(
        st.sampled_from(
            (
                [],
                ["--discover"],
                ["--min-balance", "5"],
                ["--min-runway", "7d"],
                ["--require-model", "a/b", "--verbose"],
            )
        )
    )
    places: tuple[list[str], ...] = (
        [],
        ["--allow-any-shape"],
        ["--key-file", "-"],
        ["--key-file", "key.txt"],
        ["--env-file", "prod.env"],
    )
    arguments += data.draw(st.sampled_from(places))
    (machine.work / "key.txt").write_bytes(secret.text.encode("utf-8", "surrogateescape"))
    assigned = data.draw(
        st.sampled_from(("OPENROUTER_API_KEY={}\n", "export OPENROUTER_API_KEY='{}'", 'X="{}\nA=${{X}}'))
    )
    (machine.work / "prod.env").write_bytes(assigned.format(secret.text).encode("utf-8", "surrogateescape"))
    if management:
        variables["OPENROUTER_MANAGEMENT_KEY"] = management.text
    with ExitStack() as stack:
        world = data.draw(st.sampled_from(("echo", "scenario", "simulate", "nowhere", "misplaced")), "world")
        if world == "echo":
            server = stack.enter_context(serve(*data.draw(st.sampled_from(echoes(secret)))))
            variables["OPENROUTER_BASE_URL"] = server.base_url
        elif world == "scenario":
            simulator = stack.enter_context(Simulator(data.draw(st.sampled_from(sorted(SCENARIOS)))))
            keys = [simulator.primary_key, *simulator.keys.values()]
            variables["OPENROUTER_API_KEY"] = keys[0].reveal()
            variables["OPENROUTER_BASE_URL"] = simulator.base_url
            hidden += [key.reveal().removeprefix(PREFIX_OF_KEYS) for key in keys]
        elif world == "simulate":
            arguments += ["--simulate", data.draw(st.sampled_from(sorted(SCENARIOS)))]
        elif world == "misplaced":
            secret = data.draw(WELL_FORMED | WRAPPED, "misplaced")
            hidden.append(secret.hidden)
            arguments += misplaced(data, secret)
        else:
            variables["OPENROUTER_BASE_URL"] = data.draw(st.sampled_from(("http://127.0.0.1:9", "http://x.invalid")))
        ended = execute("check", secret, arguments, variables, secret.text.encode("utf-8", "surrogateescape"))
    machine.assert_silent_about(ended, *hidden)


def run_models(machine: Machine, data: st.DataObject, execute: Any) -> None:
    secret = data.draw(ANY_SECRET, "key")
    variables = {"OPENROUTER_API_KEY": secret.text}
    arguments = [
        "models",
        "--deadline",
        "0.4",
        "--timeout",
        "0.2",
        *data.draw(st.sampled_from(([], ["--format", "json"]))),
    ]
    arguments += data.draw(st.sampled_from(([], ["gpt"], ["--successors", "a/b"], ["--key-env", "OPENROUTER_API_KEY"])))
    with serve(*data.draw(st.sampled_from(echoes(secret)))) as server:
        variables["OPENROUTER_BASE_URL"] = server.base_url
        ended = execute("models", secret, arguments, variables, b"")
    machine.assert_silent_about(ended, secret.hidden)


SPELLINGS: tuple[Callable[[str], bytes], ...] = (
    lambda text: f"OPENROUTER_API_KEY={text}\n".encode(),
    lambda text: f"key = '{text[:30]}' + '{text[30:]}'\n".encode(),
    lambda text: base64_of(f"key={text}").encode(),
    lambda text: text.encode("utf-16"),
    lambda text: zipped({f"{text}.env": text.encode()}),
    lambda text: f"{text} {text} {text}x\n".encode() * 3,
)
MODES = ("tree", "staged", "range", "history", "stdin", "push", "message", "paths", "misplaced")


def plant(machine: Machine, data: st.DataObject, secret: Secret) -> Repo:
    """A repository that holds the key in a content, and perhaps in names, messages, refs and what is staged."""
    repo = make_repo(machine.work)
    text = secret.text
    name = data.draw(st.sampled_from(("a.env", f"{text}.env", f"{text}/{text}", "x\x1b[31m\n::error::y")), "name")
    repo.write("README", "Nothing here.\n")
    repo.git("add", "README")
    repo.git("commit", "--quiet", "-m", "One")
    repo.write(name, data.draw(st.sampled_from(SPELLINGS), "spelling")(text))
    repo.git("add", "--all")
    if data.draw(st.booleans(), "committed"):
        message, author = data.draw(
            st.sampled_from((("Two", "Ada"), (f"Use {text}", text), (f"{text}\n\n{text}", "A")))
        )
        repo.git("commit", "--quiet", "-m", message, GIT_AUTHOR_NAME=author)
        if data.draw(st.booleans(), "ref"):
            repo.git("tag", "-a", f"v-{text}", "-m", text)
        if data.draw(st.booleans(), "again"):
            repo.stage("again.env", text)
    return repo


def scan_arguments(data: st.DataObject, repo: Repo, secret: Secret) -> tuple[list[str], bytes]:
    mode = data.draw(st.sampled_from(MODES), "mode")
    head = repo.git("rev-parse", "HEAD")
    first = repo.git("rev-list", "--max-parents=0", "HEAD")
    known = {
        "tree": [],
        "stdin": ["--stdin"],
        "history": ["--history"],
        "message": ["--message", "README"],
        "range": ["--range", f"{first}..HEAD"],
        "push": ["--push", "origin", f"https://user:{secret.text}@example.org/x.git"],
        "staged": ["--staged"],
        "paths": ["."],
    }
    if mode == "misplaced":
        flag = data.draw(st.sampled_from(("--range", "--policy-from", "--message", "--max-file-size", "--report", "")))
        value = data.draw(st.sampled_from((secret.text, f"HEAD..{secret.text}", f"json={secret.text}/x", "main")))
        return ([flag] if flag else []) + [value], b""
    stdin = f"refs/heads/{secret.text} {head} refs/heads/x {'0' * 40}\n" if mode == "push" else secret.text
    return known[mode], stdin.encode()


def run_scan(machine: Machine, data: st.DataObject, execute: Any) -> None:
    secret = data.draw(WELL_FORMED, "key")
    deployed = data.draw(st.sampled_from((secret, None)) | ANY_SECRET, "deployed key")
    repo = plant(machine, data, secret)
    in_config = write_config(machine, data)
    arguments, stdin = scan_arguments(data, repo, secret)
    arguments = ["scan", *arguments, *data.draw(OUTPUT_OPTIONS), *data.draw(st.sampled_from(([], ["--strict"])))]
    variables = {"OPENROUTER_API_KEY": deployed.text} if deployed else {}
    # A variable that git could hand on, too.
    variables["DATABASE_URL"] = f"postgres://x:{secret.text}@db"
    with ExitStack() as stack:
        if data.draw(st.booleans(), "verify"):
            server = stack.enter_context(serve(*data.draw(st.sampled_from(echoes(secret)))))
            variables["OPENROUTER_BASE_URL"] = server.base_url
            arguments[1:1] = ["--verify", "--deadline", "0.4", "--timeout", "0.2"]
        ended = execute("scan", secret, arguments, variables, stdin)
    machine.assert_silent_about(ended, secret.hidden, in_config, *([deployed.hidden] if deployed else []))


def run_others(machine: Machine, data: st.DataObject, execute: Any) -> None:
    secret = data.draw(WELL_FORMED | WRAPPED, "key")
    text = secret.text
    make_repo(machine.work)
    in_config = write_config(machine, data)
    arguments = data.draw(
        st.sampled_from(
            (
                ["allow", text, "--reason", "demo"],
                ["allow", ApiKey(text).fingerprint, "--reason", text],
                ["allow", ApiKey(text).fingerprint, "--reason", "demo"],
                ["allow", ApiKey(text).fingerprint, "--reason", "demo", "--expires", text],
                ["allow", ApiKey(text).fingerprint, "--reason", "demo", "--config", f"{text}.yml"],
                ["explain", text],
                ["explain", next(iter(RULES))],
                ["install-hook", "--push", "--message"],
                ["install-hook", text],
                ["schema"],
                ["schema", text],
                ["simulate", text],
                ["simulate", "--port", text],
                [text],
                ["--" + text],
            )
        ),
        "arguments",
    )
    ended = execute("others", secret, arguments, {"OPENROUTER_API_KEY": text}, text.encode())
    machine.assert_silent_about(ended, secret.hidden, in_config)


class TellingAccount(FakeAccount):
    """An account that says every key it knows wherever an answer has room for it, and refuses some requests."""

    refused: tuple[int, ...] = ()
    status = 500

    def handle(self, method: str, path: str, query: Mapping[str, str], body: Any, bearer: str) -> tuple[int, Any]:
        if len(self.requests) in self.refused:
            self.requests.append((method, path))
            return self.status, refusal(self.status, " ".join(self.secrets.values()), limit_source=bearer)
        status, document = super().handle(method, path, query, body, bearer)
        return status, {**document, "echo": [*self.secrets.values()], "user_id": bearer}


TELLING = (
    "cat >/dev/null",
    "cat >&2",
    "tee /dev/stderr",
    "cat >&2; exit 1",
    "rev >&2; exit 1",
    "base64 -w0 >&2; exit 1",
    "od -An -tx1 >&2; exit 1",
    "cut -c20-40 >&2; exit 3",
    "sleep 0; exit 9",
)
"""What a program does that is given a key."""


def run_manage(machine: Machine, data: st.DataObject, execute: Any) -> None:
    account = TellingAccount()
    account.refused = tuple(data.draw(st.lists(st.integers(0, 30), max_size=2), "refused"))
    account.status = data.draw(st.sampled_from((400, 401, 403, 404, 409, 429, 500, 502)), "status")
    text = account.add_key(limit=data.draw(st.none() | st.just(5.0), "limit"))
    secret = Secret(text, text.removeprefix(PREFIX_OF_KEYS))
    account.keys[fingerprint(text)]["name"] = data.draw(
        st.sampled_from(("ci", text, f"{text} [job 0123abcd]", "\x1b[31m"))
    )
    store = machine.bin / "store"
    store.write_text(f"#!/bin/sh\n{data.draw(st.sampled_from(TELLING), 'program')}\n", encoding="utf-8")
    store.chmod(0o755)
    given = data.draw(st.sampled_from((["--key-env", "OPENROUTER_API_KEY"], [fingerprint(text)], [text])), "key")
    rotate = ["rotate", *given, "--to", data.draw(st.sampled_from(("exec:store", f"exec:store {text}", "gh:A", text)))]
    job = ["run", "--limit", "1", "--ttl", "1h"]
    arguments = data.draw(
        st.sampled_from(
            (
                [*rotate, "--yes", "--silence", "0"],
                [*rotate, "--yes", "--silence", "1h"],
                [*rotate, "--dry-run"],
                [*rotate[: 1 + len(given)], "--status"],
                [*rotate[: 1 + len(given)], "--finish", "--delete", "--yes"],
                [*job, "--name", text, "--", "true"],
                [*job, "--", "sh", "-c", "exit 3"],
                [*job, "--", "store", text],
                ["run", "--sweep"],
                ["revoke", *given, "--yes"],
                ["revoke", *given, "--delete", "--yes"],
                ["revoke", *given, "--dry-run"],
                ["revoke", "--from-report", text, "--yes"],
                ["audit", "--strict"],
                ["audit", "--workspace", text],
                ["audit", "--compare", text],
            )
        ),
        "arguments",
    )
    end = arguments.index("--") if "--" in arguments else len(arguments)
    more = [*data.draw(OUTPUT_OPTIONS), "--deadline", "0.9"]
    variables = {"OPENROUTER_API_KEY": text, "OPENROUTER_MANAGEMENT_KEY": account.management_key}
    with served(account) as url:
        complete = [*arguments[:end], *more, *arguments[end:]]
        ended = execute("manage", secret, complete, variables | {"OPENROUTER_BASE_URL": url}, b"")
    bodies_of_keys = (each.removeprefix(PREFIX_OF_KEYS) for each in account.secrets.values())
    machine.assert_silent_about(ended, *bodies_of_keys)


class PackagesAreHere:
    """Stands in for pip: what the Action would install is installed."""

    def __init__(self, *_: object) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    def expect(self, lock: str) -> None: ...

    def need(self, lock: str) -> None: ...


def run_action(machine: Machine, data: st.DataObject, patch: pytest.MonkeyPatch) -> None:
    secret = data.draw(WELL_FORMED, "key")
    given_key = data.draw(ANY_SECRET, "api-key")
    repo = plant(machine, data, secret)
    in_config = write_config(machine, data)
    payload = github_events.push(repo.git("rev-list", "--max-parents=0", "HEAD"), repo.git("rev-parse", "HEAD"))
    (machine.root / "event.json").write_text(json.dumps(payload | {"compare": secret.text}), encoding="utf-8")
    inputs = {"API_KEY": given_key.text, "SCAN": data.draw(st.sampled_from(("auto", "history", "off", secret.text)))}
    inputs |= data.draw(st.sampled_from(({}, {"MIN_BALANCE": secret.text}, {"SARIF_FILE": "x.sarif"})))
    inputs |= data.draw(st.sampled_from(({}, {"MANAGEMENT_KEY": secret.text}, {"REQUIRE_MODELS": secret.text})))
    variables = {f"{PREFIX}{name}": text for name, text in inputs.items()}
    variables |= {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "push", "RUNNER_TEMP": str(machine.temporary)}
    for name, file in {"EVENT_PATH": "event.json", "OUTPUT": "outputs", "STEP_SUMMARY": "summary"}.items():
        variables[f"GITHUB_{name}"] = str(machine.root / file)
    variables["OPENROUTER_PREFLIGHT_CHECK_DEADLINE"] = "0.4"
    patch.setattr(step, "Packages", PackagesAreHere)
    breaking(data, "action", given_key)(patch)
    with serve(*data.draw(st.sampled_from(echoes(given_key)))) as server:
        ended = machine.run_action(variables | {"OPENROUTER_BASE_URL": server.base_url})
    machine.assert_silent_about(ended, secret.hidden, given_key.hidden, in_config)


def examples(here: int, nightly: int) -> settings:
    return settings(
        max_examples=runs(here, nightly),
        deadline=None,
        suppress_health_check=[*HealthCheck],
        phases=(Phase.explicit, Phase.reuse, Phase.generate),
    )


def within(data: st.DataObject, command: str, patch: pytest.MonkeyPatch, machine: Machine) -> Any:
    """Runs a command line in this process, with what the example says breaks."""

    def execute(_: str, secret: Secret, arguments: list[str], variables: dict[str, str], stdin: bytes) -> Ended:
        breaking(data, command, secret)(patch)
        return machine.run(arguments, variables, stdin)

    return execute


def apart(data: st.DataObject, machine: Machine) -> Any:
    """Runs a command line as a process, in the interpreter's most talkative ways."""

    def execute(_: str, __: Secret, arguments: list[str], variables: dict[str, str], stdin: bytes) -> Ended:
        talkative = {"PYTHONWARNINGS": "always", "PYTHONDEVMODE": "1", "PYTHONFAULTHANDLER": "1"}
        return machine.run_apart(arguments, variables | talkative, stdin)

    return execute


RUNS: dict[str, Callable[[Machine, st.DataObject, Any], None]] = {
    "check": run_check,
    "models": run_models,
    "scan": run_scan,
    "others": run_others,
    "manage": run_manage,
}


def scratch() -> tempfile.TemporaryDirectory[str]:
    """A folder for one machine; a git that a broken run left behind may still write to it as it goes."""
    return tempfile.TemporaryDirectory(ignore_cleanup_errors=True)


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("shard", SHARDS)
@examples(here=24, nightly=1_500)
@given(DRAW)
def test_no_part_of_a_key_appears(shard: int, data: st.DataObject) -> None:
    command = data.draw(st.sampled_from((*RUNS, "check", "scan", "action")), "command")
    with scratch() as folder, pytest.MonkeyPatch.context() as patch:
        machine = Machine(Path(folder).resolve())
        if command == "action":
            run_action(machine, data, patch)
        else:
            RUNS[command](machine, data, within(data, command, patch, machine))


@pytest.mark.parametrize("shard", range(2))
@examples(here=8, nightly=500)
@given(DRAW)
def test_no_part_of_a_key_appears_from_a_process_of_its_own(shard: int, data: st.DataObject) -> None:
    command = data.draw(st.sampled_from((*RUNS,)), "command")
    with scratch() as folder:
        machine = Machine(Path(folder).resolve())
        RUNS[command](machine, data, apart(data, machine))


def test_the_search_finds_what_it_is_to_find() -> None:
    body = "0e6f44a47a05f1dad2ad7e88c4c1d6b793be51c80f7d6a24e1950c3bd87fa6b7"
    part = body[20:28]
    shown = (part, part.upper(), part[::-1], part.encode().hex(), "".join(f"%{byte:02X}" for byte in part.encode()))
    encoded = [base64_of("x" * shift + body)[12:23] for shift in range(3)]
    with tempfile.TemporaryDirectory() as folder:
        machine = Machine(Path(folder).resolve())
        for text in (*shown, *encoded):
            with pytest.raises(AssertionError, match="standard error"):
                machine.assert_silent_about(Ended(0, "", f"a {text} b"), body)
        (machine.temporary / "left").write_text(part, encoding="ascii")
        with pytest.raises(AssertionError, match="tmp/left"):
            machine.assert_silent_about(Ended(0, "", ""), body)
