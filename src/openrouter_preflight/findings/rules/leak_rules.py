"""The rules about keys that a scan finds, and about what it could not read."""

from __future__ import annotations

from openrouter_preflight.findings.rule import Rule
from openrouter_preflight.findings.severity import Severity

_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

LEAK_RULES = (
    Rule(
        name="committed-key",
        severity=_ERROR,
        asserts="no key is committed",
        changes_secret=True,
        is_leak=True,
        holds_key=True,
        score="9.5",
        what="An OpenRouter key is found in what was scanned.",
        why="Whoever can read it can spend the account's money; once pushed, deleting the line does not help.",
        fix="Revoke the key first (https://openrouter.ai/settings/keys), then remove it, then store its successor as "
        "a secret of the CI or in an ignored .env file.",
    ),
    Rule(
        name="suspicious-key",
        severity=_WARNING,
        asserts="nothing looks like a broken key",
        is_leak=True,
        score="4.0",
        what="Something starts like an OpenRouter key and has the wrong shape.",
        why="It may be a key that was cut, joined or mistyped.",
        fix="If it is a real key, revoke it; if it is a placeholder, write one that cannot be mistaken, such as "
        "sk-or-v1-YOUR-KEY.",
    ),
    Rule(
        name="example-key",
        severity=_NOTE,
        asserts="no example key is found",
        holds_key=True,
        what="A published example key, or a body no random key has.",
        why="It opens nothing; it is shown so that every key-like string is accounted for.",
        fix="Nothing to do.",
    ),
    Rule(
        name="allowed-key",
        severity=_NOTE,
        asserts="no key needs a permission",
        holds_key=True,
        what="A key that the allow list, or a comment beside it, permits.",
        why="It is still counted and shown, so that what is allowed stays visible.",
        fix="Nothing to do; remove the permission when it is no longer needed.",
    ),
    Rule(
        name="archive-not-opened",
        severity=_NOTE,
        asserts="every archive is opened",
        what="An archive, or a member of one, is encrypted or of a format that the scan does not read.",
        why="A key inside of it is not seen.",
        fix="Unpack it and scan what comes out of it, or exclude it (scan.exclude).",
    ),
    Rule(
        name="lfs-content-missing",
        severity=_NOTE,
        asserts="every Git LFS file is there",
        what="The repository holds pointers of Git LFS whose content is not in this clone.",
        why="A key inside of that content is not seen.",
        fix="Fetch it (`git lfs fetch`, or `lfs: true` in the checkout step), and scan again.",
    ),
    Rule(
        name="sparse-checkout",
        severity=_NOTE,
        asserts="every tracked file is on disk",
        what="A sparse checkout keeps tracked files off the disk, and a scan of the working tree reads the disk.",
        why="A key in one of them is not seen.",
        fix="Scan them with `--history`, or check them out (`git sparse-checkout disable`), and scan again.",
    ),
    Rule(
        name="scan-excluded",
        severity=_NOTE,
        asserts="nothing is left out",
        what="Keys, or files that could not be read, are where the config file's scan.exclude leaves them out.",
        why="What is left out stays counted, so that an exclusion cannot hide a leak unseen.",
        fix="Nothing to do if they belong there; else make the globs of scan.exclude narrower.",
    ),
    Rule(
        name="deployed-key-committed",
        severity=_ERROR,
        asserts="no deployed key is committed",
        changes_secret=True,
        is_leak=True,
        holds_key=True,
        score="9.5",
        what="The key that this deploy uses is in the repository.",
        why="Whoever can read the repository can spend what the release lives on.",
        fix="Rotate it now: create a new key, replace the secret, deploy, then delete the old key.",
    ),
    Rule(
        name="scan-incomplete",
        severity=_ERROR,
        undecided=True,
        asserts="everything was read",
        what="Part of what was to be scanned could not be read.",
        why="What was not seen cannot be called clean.",
        fix="Make it readable as the message says (often: `fetch-depth: 0` in the checkout step), and scan again.",
    ),
)
