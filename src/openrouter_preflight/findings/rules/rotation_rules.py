"""Rules of `rotate` and `run`, a part of `catalogue`."""

from __future__ import annotations

from openrouter_preflight.findings.rule import Rule
from openrouter_preflight.findings.severity import Severity

_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE
_AGAIN = "Run the same command again: it goes on from there."

ROTATION_RULES = (
    Rule(
        name="rotation-done",
        severity=_NOTE,
        is_answer=True,
        what="The key was replaced.",
        why="Its successor is in every destination and has its name and equipment; the old key is off.",
        fix="Delete the old key once nobody misses it: rotate FINGERPRINT --finish --delete.",
    ),
    Rule(
        name="rotation-planned",
        severity=_NOTE,
        is_answer=True,
        what="The key would be replaced; this was a dry run.",
        why="Nothing was written; the writes are those that the rotation would make.",
        fix="Run it without --dry-run.",
    ),
    Rule(
        name="rotation-status",
        severity=_NOTE,
        is_answer=True,
        what="How far the rotation of the key is.",
        why="The account is the journal: names of keys carry marks, so that any run can go on.",
        fix="Go on with `rotate FINGERPRINT --to …`, or `--finish` once the new key is handed over.",
    ),
    Rule(
        name="rotation-remark",
        severity=_NOTE,
        is_answer=True,
        what="Something about a rotation that a person should know.",
        why="No endpoint copies everything that can name a key, and another secret of the same name can win.",
        fix="Look at what the message names.",
    ),
    Rule(
        name="rotation-waiting",
        severity=_WARNING,
        asserts="the old key is off",
        what="The new key is in place, and the old one is still on.",
        why="It is switched off only after it was unused for the stated time.",
        fix="Run `rotate FINGERPRINT --finish` later.",
    ),
    Rule(
        name="rotation-not-ready",
        severity=_ERROR,
        asserts="the key can be replaced",
        what="The key cannot be replaced as it was requested; the old key is as it was.",
        why="A rotation that cannot be carried out to its end is better not begun.",
        fix="Mend what the message names, and run it again.",
    ),
    Rule(
        name="hand-over-failed",
        severity=_ERROR,
        asserts="every destination takes the new key",
        what="A destination did not take the new key; the old key is still on.",
        why="A key that is switched off while a destination still holds it stops what runs there.",
        fix="Mend what the message names, and run the same command again: it goes on from there.",
    ),
    Rule(
        name="rotation-elsewhere",
        severity=_ERROR,
        undecided=True,
        asserts="nobody else rotates the key",
        what="Another run rotates the same key; this one stopped.",
        why="Of two rotations the older one goes on, so that one key is left and not two.",
        fix=_AGAIN,
    ),
    Rule(
        name="rotation-old-key-in-use",
        severity=_ERROR,
        undecided=True,
        asserts="the old key is unused",
        what="The old key was used after its successor was handed over.",
        why="Something still holds it, and would stop if it were switched off.",
        fix="Give what still uses it the new key, and run `rotate FINGERPRINT --finish`.",
    ),
    Rule(
        name="rotation-incomplete",
        severity=_ERROR,
        undecided=True,
        asserts="the rotation comes to its end",
        what="The rotation stopped before its end, because something could not be found out or confirmed.",
        why="Nothing is written on a guess.",
        fix=_AGAIN,
    ),
)

JOB_RULES = (
    Rule(
        name="job-done",
        severity=_NOTE,
        is_answer=True,
        what="The job ended, and its key is deleted.",
        why="A key that lives for one job cannot be used after it, and says what the job cost.",
        fix="Nothing to do.",
    ),
    Rule(
        name="job-planned",
        severity=_NOTE,
        is_answer=True,
        what="A key would be made for the job, or leftovers deleted; this was a dry run.",
        why="Nothing was written, and nothing was run.",
        fix="Run it without --dry-run.",
    ),
    Rule(
        name="job-not-started",
        severity=_ERROR,
        undecided=True,
        asserts="the job is started with a key of its own",
        what="The command was not started.",
        why="It is run only with a key of its own, whose limit and expiry are known to hold.",
        fix="Look at what the message names, and run it again.",
    ),
    Rule(
        name="job-key-left",
        severity=_WARNING,
        asserts="the job's key is deleted",
        what="The job's key could not be deleted.",
        why="It works until it expires, within its limit.",
        fix="Delete it now: openrouter-preflight run --sweep --ttl 1m, or at https://openrouter.ai/settings/keys.",
    ),
    Rule(
        name="jobs-swept",
        severity=_NOTE,
        is_answer=True,
        what="Keys that dead jobs left were looked for, and deleted.",
        why="A job that is killed cannot delete its key itself.",
        fix="Nothing to do; run it on a schedule.",
    ),
    Rule(
        name="sweep-incomplete",
        severity=_ERROR,
        undecided=True,
        asserts="all leftovers are deleted",
        what="The account could not be read to the end, or a leftover could not be deleted.",
        why="A key that was not seen may still be there.",
        fix=_AGAIN,
    ),
)
