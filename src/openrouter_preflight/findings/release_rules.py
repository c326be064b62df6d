"""Rules of the release gate: runway, models, age, rotation, the live probe."""

from __future__ import annotations

from openrouter_preflight.findings.rule import Rule
from openrouter_preflight.findings.severity import Severity

_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE
_GIVE_MANAGEMENT_KEY = "Set OPENROUTER_MANAGEMENT_KEY for this step, with a management key of the key's own account."

RELEASE_RULES = (
    Rule(
        name="runway-unknown",
        severity=_ERROR,
        undecided=True,
        what="A runway was asked for, and the rate of spending or what can be spent is not known.",
        why="Without a rate and a ceiling nobody can say how long a release is paid for.",
        fix="Give the rate with --expected-spend, give the key a spending limit, or set OPENROUTER_MANAGEMENT_KEY for "
        "this step; --on-unknown-balance warn lets it pass.",
    ),
    Rule(
        name="free-requests-exhausted",
        severity=_ERROR,
        what="A :free model is needed, and the account's free requests of today are used up.",
        why="Requests to :free models are answered 429 until the next UTC midnight.",
        fix="Use the paid variant of the model, or wait; an account that once bought $10 of credit has 1000 a day.",
    ),
    Rule(
        name="model-lacks-capability",
        severity=_ERROR,
        what="A model cannot do what the release needs of it: context, parameters or modalities.",
        why="Requests that need it fail, or the parameter is ignored without a word.",
        fix="Choose a model that the requirement fits, or correct the requirement.",
    ),
    Rule(
        name="model-unchecked",
        severity=_ERROR,
        undecided=True,
        what="Whether the release's models are there, or are what was asked for, could not be decided.",
        why="What was not seen cannot be called available.",
        fix="Look at what the message names, and run the step again.",
    ),
    Rule(
        name="key-age-unknown",
        severity=_ERROR,
        undecided=True,
        what="The key's age was asked for, and its record could not be read.",
        why="Only a management key is told when a key was created.",
        fix=_GIVE_MANAGEMENT_KEY,
    ),
    Rule(
        name="key-disabled",
        severity=_ERROR,
        what="The key's owner disabled it.",
        why="OpenRouter answers 401 to it, if not now then within a minute.",
        fix="Enable it at https://openrouter.ai/settings/keys, or replace the secret with a key that is in use.",
    ),
    Rule(
        name="key-unused",
        severity=_WARNING,
        what="The key was never used since it was made.",
        why="The deployed program may hold another key than the one checked here.",
        fix="Make sure that the deploy uses this key, or delete it.",
    ),
    Rule(
        name="key-unnamed",
        severity=_NOTE,
        what="The key has no name.",
        why="In an emergency nobody knows what stops when it is revoked.",
        fix="Name it after its use at https://openrouter.ai/settings/keys.",
    ),
    Rule(
        name="key-limit-loose",
        severity=_NOTE,
        what="The key's limit is far above what it spends.",
        why="A limit that high stops neither a leak nor a loop that runs wild in time.",
        fix="Lower it to a few times the usual spending, at https://openrouter.ai/settings/keys.",
    ),
    Rule(
        name="hygiene-unknown",
        severity=_WARNING,
        undecided=True,
        what="The key's record was to be looked at, and could not be read.",
        why="Only a management key of the same account is told of it.",
        fix=_GIVE_MANAGEMENT_KEY,
    ),
    Rule(
        name="old-key-in-use",
        severity=_ERROR,
        what="A key that was replaced is still used.",
        why="Something still holds the old key, and will stop when that is deleted; until then the old secret is live.",
        fix="Find what uses it (its page is https://openrouter.ai/keys/FINGERPRINT), move that over, then disable it.",
    ),
    Rule(
        name="old-key-enabled",
        severity=_WARNING,
        what="A key that was replaced still works, although nothing uses it.",
        why="Rotation protects only once the old secret opens nothing.",
        fix="Disable or delete the old key at https://openrouter.ai/settings/keys.",
    ),
    Rule(
        name="rotation-unknown",
        severity=_ERROR,
        undecided=True,
        what="Whether a replaced key is still used could not be decided.",
        why="Only a management key is told of another key's use.",
        fix=_GIVE_MANAGEMENT_KEY,
    ),
    Rule(
        name="probe-answered",
        severity=_NOTE,
        is_answer=True,
        what="The live probe was answered: inference works with this key and model.",
        why="It is shown with what it cost.",
        fix="Nothing to do.",
    ),
    Rule(
        name="account-affords",
        severity=_NOTE,
        is_answer=True,
        what="The account was seen to afford what --probe-afford asks, inferred and not read.",
        why="OpenRouter tells an ordinary key no balance; what it says when it refuses a larger request comes near it.",
        fix="Nothing to do; a management key gives the figure itself.",
    ),
    Rule(
        name="probe-undecided",
        severity=_ERROR,
        undecided=True,
        what="The live probe had no answer that decides anything.",
        why="It may have been carried out or not; it is not repeated, since every attempt can cost money.",
        fix="Run the step again; --on-unreachable warn lets a deploy pass during an outage.",
    ),
    Rule(
        name="changed",
        severity=_NOTE,
        is_answer=True,
        what="Something differs from the earlier run that --compare names.",
        why="It is shown so that a release's reviewer sees what moved.",
        fix="Nothing to do.",
    ),
)
