"""Rules about a key and its secret: missing, refused, expired, unfit."""

from __future__ import annotations

from openrouter_preflight.errors import SET_KEY
from openrouter_preflight.findings.key_state import KeyState
from openrouter_preflight.findings.rule import Rule
from openrouter_preflight.findings.severity import Severity

_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

KEY_RULES = (
    Rule(
        name="key-missing",
        severity=_ERROR,
        asserts="the secret is set",
        key_state=KeyState.MISSING,
        what="The secret is unset or empty.",
        why="The deployed program would send no key, and every request would be answered 401.",
        fix=SET_KEY,
    ),
    Rule(
        name="key-malformed",
        severity=_ERROR,
        asserts="the value is shaped like a key",
        changes_secret=True,
        key_state=KeyState.MALFORMED,
        what="The value is not shaped like an OpenRouter key.",
        why="It was sent nowhere: it could be another vendor's secret, a placeholder, or a reference that was "
        "never expanded.",
        fix="Store the key itself, as OpenRouter showed it once when it was created: sk-or-v1- and 64 hex digits.",
    ),
    Rule(
        name="key-whitespace",
        severity=_ERROR,
        asserts="nothing surrounds the key",
        changes_secret=True,
        key_state=KeyState.MALFORMED,
        state_yields=True,
        what="The value holds a key with something around it: white space, quotes or `Bearer `.",
        why="The deployed program sends the value as it is, and the request fails although the key is fine.",
        fix="Save the secret again with nothing around the key; printf '%s' writes no newline, echo does.",
    ),
    Rule(
        name="key-rejected",
        severity=_ERROR,
        asserts="OpenRouter accepts the key",
        changes_secret=True,
        key_state=KeyState.REJECTED,
        what="OpenRouter answered 401 each time it was asked: it does not accept the key.",
        why="The key was deleted, revoked, disabled, or it expired; every request with it will fail.",
        fix="Create a new key at https://openrouter.ai/settings/keys and replace the secret with it.",
    ),
    Rule(
        name="key-forbidden",
        severity=_ERROR,
        asserts="OpenRouter does not refuse the key",
        key_state=KeyState.FORBIDDEN,
        what="OpenRouter knows the key and refuses it: 403.",
        why="A guardrail, a permission or a policy of the account is in the way; the deploy would meet it too.",
        fix="Ask the owner of the key which workspace and guardrail it belongs to, and what they permit.",
    ),
    Rule(
        name="key-expired",
        severity=_ERROR,
        asserts="the key has not expired",
        changes_secret=True,
        key_state=KeyState.EXPIRED,
        what="The key's expiry date has passed.",
        why="OpenRouter answers 401 `User not found.` to an expired key, which says nothing of the reason.",
        fix="Create a new key (an expiry date cannot be changed) and replace the secret with it.",
    ),
    Rule(
        name="key-expires-soon",
        severity=_ERROR,
        asserts="the key does not expire too soon",
        changes_secret=True,
        what="The key expires within the requested time, or before the requested runway ends.",
        why="It would stop working while the release is in use.",
        fix="Create a new key (an expiry date cannot be changed) and replace the secret before that day.",
    ),
    Rule(
        name="key-too-old",
        severity=_ERROR,
        asserts="the key is not too old",
        changes_secret=True,
        what="The key is older than the rotation policy allows.",
        why="The longer a key lives, the more places hold a copy of it.",
        fix="Rotate it: create a new key, replace the secret, deploy, then delete the old key.",
    ),
    Rule(
        name="key-is-management",
        severity=_ERROR,
        asserts="the key is for inference",
        changes_secret=True,
        what="It is a management key, where a key for inference belongs.",
        why="A management key cannot be used for inference, and it can create and delete other keys.",
        fix="Create an ordinary key for the deploy; pass a management key only as the management key.",
    ),
    Rule(
        name="key-has-no-limit",
        severity=_ERROR,
        asserts="the key has a spending limit",
        what="The key has no spending limit of its own.",
        why="If it leaks or a loop runs wild, it can spend the whole account.",
        fix="Give it a limit, with a reset interval if it should recover, at https://openrouter.ai/settings/keys.",
    ),
    Rule(
        name="key-region-blocked",
        severity=_ERROR,
        asserts="the key may use a data region",
        key_state=KeyState.FORBIDDEN,
        what="No data region is permitted to the key.",
        why="With no region allowed, no request can be routed anywhere.",
        fix="Permit at least one data region in the settings of the key's workspace or guardrail.",
    ),
)
