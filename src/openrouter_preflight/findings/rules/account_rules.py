"""Rules of `audit`, `revoke` and `scan --verify`, a part of `catalogue`."""

from __future__ import annotations

from openrouter_preflight.findings.rule import Rule
from openrouter_preflight.findings.severity import Severity

_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE
_KEYS = "https://openrouter.ai/settings/keys"

AUDIT_RULES = (
    Rule(
        name="key-idle",
        severity=_WARNING,
        asserts="the key is in use",
        what="The key was not used for a long time.",
        why="Nobody would miss it, and whoever finds a copy of it can spend with it.",
        fix="Disable it (openrouter-preflight revoke FINGERPRINT), and delete it once nobody complained.",
    ),
    Rule(
        name="key-never-expires",
        severity=_WARNING,
        asserts="the key expires",
        what="The key has no expiry date.",
        why="A copy that was forgotten somewhere works for ever.",
        fix="Give its successor an expiry date when you rotate it; that of an existing key cannot be changed.",
    ),
    Rule(
        name="key-left-over",
        severity=_WARNING,
        asserts="no dead key is left over",
        what="The key is disabled or expired, and still there.",
        why="A disabled key can be enabled again, and a list full of dead keys hides those that matter.",
        fix="Delete it once nothing is to be looked up by it: openrouter-preflight revoke FINGERPRINT --delete.",
    ),
    Rule(
        name="key-has-no-creator",
        severity=_WARNING,
        asserts="the key has a creator",
        what="The key belongs to no member of the organization.",
        why="No guardrail of a member applies to it, and nobody is asked what it is for (API.md §6).",
        fix="Replace it with a key that has a creator; `rotate` keeps the creator of the old key.",
    ),
    Rule(
        name="key-name-repeated",
        severity=_WARNING,
        asserts="each key has a name of its own",
        what="Several keys have one name.",
        why="In an emergency the wrong one is switched off; activity by name cannot be told apart either.",
        fix=f"Name each key after its one use, at {_KEYS}.",
    ),
    Rule(
        name="keys-not-listed",
        severity=_NOTE,
        is_answer=True,
        what="Management keys and keys made by OAuth are not part of the audit.",
        why="OpenRouter's API lists neither; either can spend or make keys that spend.",
        fix="Look at them by hand: management keys at https://openrouter.ai/settings/management-keys, keys made by "
        "OAuth at https://openrouter.ai/settings/security.",
    ),
    Rule(
        name="audit-incomplete",
        severity=_ERROR,
        undecided=True,
        asserts="the whole account was read",
        what="Part of the account could not be read.",
        why="Keys that were not seen cannot be called in order.",
        fix="Run it again; if it persists, raise --deadline or look at what the message names.",
    ),
    Rule(
        name="management-key-refused",
        severity=_ERROR,
        undecided=True,
        asserts="the management key is accepted",
        what="OpenRouter did not accept the management key, or it is an ordinary key.",
        why="Only a management key may see and change the keys of its account.",
        fix="Put a management key of that account there: https://openrouter.ai/settings/management-keys.",
    ),
)

REVOKE_RULES = (
    Rule(
        name="key-revoked",
        severity=_NOTE,
        is_answer=True,
        what="The key was switched off.",
        why="Its record was read back and says so; a request with it is refused.",
        fix="Replace it where it was used: `rotate` makes and hands over a successor.",
    ),
    Rule(
        name="key-already-off",
        severity=_NOTE,
        is_answer=True,
        what="The key was off before.",
        why="It was disabled, deleted or expired, so that there was nothing to write.",
        fix="Nothing to do.",
    ),
    Rule(
        name="revoke-planned",
        severity=_NOTE,
        is_answer=True,
        what="The key would be switched off; this was a dry run.",
        why="Nothing was written.",
        fix="Run it without --dry-run.",
    ),
    Rule(
        name="key-not-found",
        severity=_ERROR,
        asserts="the key is found",
        what="The management key's account lists no such key.",
        why="Deleted keys, management keys, keys made by OAuth and keys of other accounts are all answered 404.",
        fix="Open it as its owner: https://openrouter.ai/keys/FINGERPRINT.",
    ),
    Rule(
        name="revoke-undecided",
        severity=_ERROR,
        undecided=True,
        asserts="the change was read back",
        what="Whether the key is off could not be decided.",
        why="A write that was not read back may have happened or not.",
        fix="Run it again: what is done already is not done twice.",
    ),
    Rule(
        name="byok-list-kept",
        severity=_WARNING,
        asserts="no list names a deleted key",
        what="A provider's credential is open to the deleted key alone, and its list could not be emptied.",
        why="OpenRouter takes no empty list, and a list of nobody is one of everybody.",
        fix="Delete that credential, or give it another key, in the workspace's BYOK settings.",
    ),
)

VERIFY_RULES = (
    Rule(
        name="verify-not-run",
        severity=_NOTE,
        is_answer=True,
        what="--verify was given, and no key was asked about.",
        why="In a pull request from a fork whoever wrote it would choose which keys are sent.",
        fix="Run it where the repository's own people start it: on a push, on a schedule, or on your machine.",
    ),
    Rule(
        name="liveness-unknown",
        severity=_ERROR,
        undecided=True,
        asserts="each key found was decided",
        what="A key that was found was asked about, and whether it is alive could not be decided.",
        why="What was asked and not answered is not clean.",
        fix="Run it again; until then, treat the key as alive.",
    ),
)
