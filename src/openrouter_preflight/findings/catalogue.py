"""The catalogue of rules: every situation that this tool can report.

A rule's name is part of the contract and is never renamed; a new situation gets a new rule. `explain RULE` and the
reference page in docs/ are made from this table.
"""

from __future__ import annotations

from openrouter_preflight.errors import SET_KEY
from openrouter_preflight.findings.account_rules import AUDIT_RULES, REVOKE_RULES, VERIFY_RULES
from openrouter_preflight.findings.key_state import KeyState
from openrouter_preflight.findings.release_rules import RELEASE_RULES
from openrouter_preflight.findings.rotation_rules import JOB_RULES, ROTATION_RULES
from openrouter_preflight.findings.rule import Rule
from openrouter_preflight.findings.setup_rules import SETUP_RULES
from openrouter_preflight.findings.severity import Severity

_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

_KEY_RULES = (
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

_MONEY_RULES = (
    Rule(
        name="credit-exhausted",
        severity=_ERROR,
        asserts="the key can spend something",
        is_about_money=True,
        key_state=KeyState.EXHAUSTED,
        what="Nothing is left of what the key may spend.",
        why="Requests are refused with 402 or 403 until the limit that applies is raised or resets.",
        fix="Raise the ceiling that the message names; topping up the account cures only an empty account.",
    ),
    Rule(
        name="balance-low",
        severity=_ERROR,
        asserts="the key can spend the minimum",
        is_about_money=True,
        what="The key can spend less than the requested minimum.",
        why="The release could run out of credit soon after the deploy.",
        fix="Raise the ceiling that the message names, or lower --min-balance if that much is enough.",
    ),
    Rule(
        name="balance-unknown",
        severity=_ERROR,
        undecided=True,
        asserts="the balance is known",
        what="A balance gate was requested, and no limit of the key is known.",
        why="With no cap on the key and no management key, OpenRouter does not tell what is left; unknown is "
        "neither fine nor zero.",
        fix="Give the key a spending limit, or set OPENROUTER_MANAGEMENT_KEY for this step so that the account's "
        "balance can be read; --on-unknown-balance warn lets it pass.",
    ),
    Rule(
        name="runway-short",
        severity=_ERROR,
        asserts="the key lasts long enough",
        is_about_money=True,
        what="At the recent rate of spending the key runs out sooner than requested.",
        why="A balance that is enough today may not survive the week.",
        fix="Raise the ceiling that the message names, or add credit, before the day it runs out.",
    ),
    Rule(
        name="free-tier",
        severity=_WARNING,
        asserts="the account has bought credit",
        what="The account never bought credit.",
        why="Only :free models answer it, 50 requests a day for the whole account.",
        fix="Buy credit at https://openrouter.ai/settings/credits if the release uses paid models.",
    ),
)

_MODEL_RULES = (
    Rule(
        name="model-unavailable",
        severity=_ERROR,
        asserts="the models are available",
        what="A model that the release needs is not available to this key.",
        why="Requests that name it are answered 400 or 404.",
        fix="Use the identifier the message suggests, or allow the model in the key's privacy and guardrail settings.",
    ),
    Rule(
        name="model-expires-soon",
        severity=_ERROR,
        asserts="no model is about to be removed",
        what="A model that the release needs is about to be removed.",
        why="After its expiration date requests that name it are answered 404.",
        fix="Move to its successor before that date.",
    ),
    Rule(
        name="model-over-price",
        severity=_ERROR,
        asserts="no model costs more than its maximum",
        what="A model costs more than the maximum set for it.",
        why="Prices change without a release; the budget was made for the old one.",
        fix="Raise the maximum if the price is acceptable, or choose another model.",
    ),
)

_SERVICE_RULES = (
    Rule(
        name="service-unreachable",
        severity=_ERROR,
        undecided=True,
        asserts="OpenRouter answers",
        key_state=KeyState.UNREACHABLE,
        what="No answer of OpenRouter could be had, after asking again.",
        why="The key may be fine or not: nothing was decided, so nothing is called green.",
        fix="Run the step again; if it persists, look at https://status.openrouter.ai and at this machine's proxy. "
        "--on-unreachable warn lets a deploy pass during an outage.",
    ),
    Rule(
        name="check-not-run",
        severity=_ERROR,
        undecided=True,
        asserts="the check was made",
        what="A check was requested and not made.",
        why="The key may be fine or not: nothing was decided. No key is used where anybody's "
        "pull request runs with the secrets (pull_request_target, and workflow_run or issue_comment of one); there "
        "on-missing: skip makes this a warning.",
        fix="Do what the message says, and run the step again.",
    ),
    Rule(
        name="service-rate-limited",
        severity=_ERROR,
        undecided=True,
        asserts="OpenRouter does not limit the rate",
        key_state=KeyState.UNREACHABLE,
        what="OpenRouter asked to slow down (429), and its waiting time was longer than the deadline allows.",
        why="The key may be fine or not: nothing was decided.",
        fix="Run the step again later, raise --deadline, or let it pass with --on-unreachable warn.",
    ),
)

_LEAK_RULES = (
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
        fix="Make it readable as the message says (often: fetch-depth: 0 in the checkout step), and scan again.",
    ),
)

RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        *_KEY_RULES,
        *_MONEY_RULES,
        *_MODEL_RULES,
        *RELEASE_RULES,
        *SETUP_RULES,
        *_SERVICE_RULES,
        *_LEAK_RULES,
        *AUDIT_RULES,
        *REVOKE_RULES,
        *VERIFY_RULES,
        *ROTATION_RULES,
        *JOB_RULES,
    )
}


def rule(name: str) -> Rule:
    """The rule of that name. Raises KeyError, a bug, where there is none."""
    return RULES[name]
