"""Outcomes that the tests of every format share: what a run may learn, good and bad, and hostile text."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from openrouter_preflight.findings import Ceiling, Finding, KeyState, KeyStatus, Outcome, ScanSummary, Severity, rule
from openrouter_preflight.reports import ReportContext

NOW: Final = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
NEXT_MONTH: Final = datetime(2026, 12, 1, tzinfo=UTC)
COMMIT: Final = "1a2b3c4d5e6f" + "0" * 28
GITHUB: Final = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "acme/shop",
    "GITHUB_SHA": "9" * 40,
}
FINGERPRINT: Final = "cd" * 32
CONTEXT: Final = ReportContext(version="1.2.3", now=NOW)
PLAIN_KEY: Final = KeyStatus(name="OPENROUTER_API_KEY", source="env", state=KeyState.VALID, kind="inference")


def funded(name: str = "OPENROUTER_API_KEY", spendable: str = "12.34", **fields: Any) -> KeyStatus:
    """A key with a monthly limit of its own."""
    amount = Decimal(spendable)
    ceiling = Ceiling(
        name="key_limit",
        remaining=amount,
        limit=Decimal(50),
        spent=Decimal(50) - amount,
        reset_interval="monthly",
        resets_at=NEXT_MONTH,
    )
    known = {"spendable_usd": amount, "binding_ceiling": "key_limit", "resets_at": NEXT_MONTH, "ceilings": (ceiling,)}
    known["spendable_is_certain"] = True
    return replace(
        PLAIN_KEY, **{"name": name, "label": "sk-or-v1-0e6...c96", "fingerprint": "ab" * 32, **known, **fields}
    )


def finding(name: str, message: str = "", severity: Severity | None = None, **fields: Any) -> Finding:
    """A finding of that rule, in the rule's own words unless told otherwise."""
    about = rule(name)
    fields = {"help": about.fix, **fields}
    return Finding(rule=about, severity=severity or about.severity, what=message or about.what, **fields)


def leak(path: str, **fields: Any) -> Finding:
    """A committed key at line 3, column 20 of that file."""
    known = {"path": path, "line": 3, "column": 20, "fingerprint": FINGERPRINT, "commit": COMMIT}
    known |= {"refs": ("refs/heads/main",), "author_date": "2026-11-20T10:00:00+01:00"}
    return finding("committed-key", **{"message": f"An OpenRouter key stands in {path}.", **known, **fields})


SCAN: Final = ScanSummary(mode="range", objects=1200, bytes=3_456_789, commits=14)
HEALTHY: Final = Outcome(command="check", keys=(funded(),))
CLEAN: Final = Outcome(command="scan", scan=SCAN)
SPENT: Final = funded(spendable="0", state=KeyState.EXHAUSTED)
REJECTED: Final = replace(PLAIN_KEY, name="STAGING", state=KeyState.REJECTED)
UNREACHABLE: Final = replace(PLAIN_KEY, name="NIGHTLY", state=KeyState.UNREACHABLE)
OUTAGE: Final = Outcome(command="check", keys=(UNREACHABLE,), findings=(finding("service-unreachable", key="NIGHTLY"),))
TROUBLE: Final = Outcome(
    command="check",
    keys=(SPENT, REJECTED),
    scan=SCAN,
    findings=(
        finding("example-key", path="README.md", line=7),
        finding("free-tier", "The account of STAGING never bought credit.", key="STAGING"),
        finding("credit-exhausted", "Nothing is left of the key's own limit of $50.00.", key="OPENROUTER_API_KEY"),
        finding("key-rejected", key="STAGING"),
        leak("config/prod.env", in_head=True),
        leak("old.zip", member="a/b.py", encoding="base64", in_head=False),
    ),
)
SIMULATED: Final = replace(TROUBLE, simulated="spent-key-limit")
EVERYTHING: Final = (HEALTHY, CLEAN, OUTAGE, TROUBLE, SIMULATED, Outcome(command="check"))

SECRET_BODY: Final = "0123456789abcdef" * 4
SECRET: Final = "sk-or-v1-" + SECRET_BODY
HOSTILE: Final = (
    "::error::pwned",
    "  ::set-output name=verdict::pass",
    ":\u200b:error::pwned",
    "\u2028::add-mask::a",
    "a\n::stop-commands::token",
    "a\r::error::pwned",
    "a\x85##[error]pwned",
    "##[command]pwned",
    "#\u00ad#[error]pwned",
    "##vso[task.setvariable variable=verdict]pass",
    "\x1b[31mred\x1b[0m",
    "\x1b]8;;https://evil.example\x07link\x1b]8;;\x07",
    "\x1b[0Ksection_end:1:x\r\x1b[0K",
    "\u202egnp.exe",
    "| a | b |\n|---|---|",
    "`code` **bold** <script>alert(1)</script> <!-- ",
    "[click](javascript:alert(1)) ![x](https://evil.example/a.png)",
    "@everyone #1 https://evil.example www.evil.example",
    "]]><evil/>&amp;%0A::error::",
    "\x00\x01\ufffe\uffff\ud800",
    "../../etc/passwd",
    "C:\\temp\\x,y;z=1:2",
    "a\"b'c",
    "% 100%25",
    f"dir/{SECRET}.env",
    f"{SECRET.upper()}",
    SECRET[:20] + "\u200b" + SECRET[20:],
    "",
)
"""What file names, branch names, labels and API messages can hold."""


def hostile_outcome(text: str) -> Outcome:
    """An outcome with that text wherever others' text can stand."""
    key = funded(name=text or "K", label=text, binding_ceiling=text, state=KeyState.VALID)
    ceiling = replace(key.ceilings[0], name=text, reset_interval=text)
    about = finding("key-forbidden", text, key=text or "K", help=text)
    places = [leak(text or "p", fingerprint=f"{number:064x}", refs=(text, text)) for number in range(2)]
    odd = leak("a.zip", member=text, encoding=text, author_date=text, message=text, help=text)
    scan = replace(SCAN, mode=text)
    return Outcome(
        command="check",
        keys=(replace(key, ceilings=(ceiling,)), replace(key, name="B")),
        scan=scan,
        findings=(about, *places, odd, finding("example-key", text, path=text)),
        simulated=text,
    )
