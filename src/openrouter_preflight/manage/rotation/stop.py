"""Why a rotation stops before its end: each reason with the rule that reports it."""

from __future__ import annotations


class RotationStop(Exception):  # noqa: N818 - most of them are no errors of the program
    """Raised to stop a rotation.

    The message says why, `advice` what to do; neither holds a secret.
    """

    rule = "rotation-incomplete"

    def __init__(self, message: str, advice: str = "", *, status: int | None = None) -> None:
        """Take the reason, the next step, and the status of a refusal."""
        super().__init__(message)
        self.message = message
        self.advice = advice
        self.status = status


class NotReady(RotationStop):
    """It cannot be done as it was requested; nothing was written for it."""

    rule = "rotation-not-ready"


class Incomplete(RotationStop):
    """Raised where something is unconfirmed; another run goes on from there."""


class HandOverFailed(RotationStop):
    """A destination did not take the key."""

    rule = "hand-over-failed"


class NotTaken(HandOverFailed):
    """It certainly does not hold it either."""


class Elsewhere(RotationStop):
    """Another run rotates the same key."""

    rule = "rotation-elsewhere"


class StillInUse(RotationStop):
    """A key that is to go was used after the hand-over."""

    rule = "rotation-old-key-in-use"


class Waiting(RotationStop):
    """Everything is done but what only time can do."""

    rule = "rotation-waiting"
