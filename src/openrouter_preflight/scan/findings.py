"""Findings from matches: rule, severity and next step. Pure functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from openrouter_preflight.detect.classify import MatchKind
from openrouter_preflight.findings import Finding, Severity, rule
from openrouter_preflight.keys.printable import printable
from openrouter_preflight.scan.locations import COMMIT_MESSAGE, STANDARD_INPUT

if TYPE_CHECKING:
    from openrouter_preflight.keys.api_key import ApiKey
    from openrouter_preflight.scan.incomplete import Incomplete
    from openrouter_preflight.scan.locations import LocatedMatch, Location
    from openrouter_preflight.scan.scan_data import Excuse, ScanData

_KEY_PAGE = "https://openrouter.ai/keys/"
"""Followed by a fingerprint, it opens the key for its owner (API.md §4)."""

_MOST_REFS = 20
"""Named of the refs that reach a commit; the others are counted."""

_KNOWN = "HEAD already has it, this commit does not bring it"


class Policy(Protocol):
    """The permissions of a project."""

    def allowed(self, fingerprint: str) -> str | None:
        """Why the key of that fingerprint is allowed; None if it is not."""

    def excluded(self, path: str) -> bool:
        """Tell if nothing in the file at `path` is to be reported."""

    def heeds_comment(self, fingerprint: str, path: str | None) -> bool:
        """Tell if a comment beside a key, in what is scanned, may allow it."""


def findings_of(data_read: ScanData, policy: Policy, *, strict: bool, is_push: bool = False) -> tuple[Finding, ...]:
    """Return the findings: keys by fingerprint, then the rest in order.

    `is_push`: a hook asks, and its failure stops the push.
    """
    seen = [find for find in data_read.finds if find.place.path is None or not policy.excluded(find.place.path)]
    if data_read.excuse is not None:
        seen = _excused(seen, policy, data_read.excuse)
    findings = [_judge_find(find, policy, strict=strict, is_push=is_push) for find in _grouped(seen)]
    incomplete = [each for each in data_read.incomplete if each.path is None or not policy.excluded(each.path)]
    not_opened = [each for each in data_read.not_opened if each.path is None or not policy.excluded(each.path)]
    return (
        *dict.fromkeys(findings),
        *dict.fromkeys(map(_incomplete, incomplete)),
        *dict.fromkeys(map(_not_opened, not_opened)),
        *(_note(name, message) for name, message in data_read.notes),
    )


def _excused(finds: list[LocatedMatch], policy: Policy, excuse: Excuse) -> list[LocatedMatch]:
    """Return the finds, after would-be errors were looked up in HEAD."""
    asked = [
        number
        for number, find in enumerate(finds)
        if find.match.kind is MatchKind.KEY and _permission(find, policy) is None
    ]
    softened = finds.copy()
    for number, find in zip(asked, excuse([finds[number] for number in asked]) if asked else (), strict=True):
        softened[number] = find
    return softened


def _permission(find: LocatedMatch, policy: Policy) -> str | None:
    """Why what was found is allowed; None if it is not."""
    fingerprint = "" if find.match.key is None else find.match.key.fingerprint
    reason = policy.allowed(fingerprint) if fingerprint else None
    if reason is None and find.match.inline_allow and policy.heeds_comment(fingerprint, find.place.path):
        return "a comment beside it"
    return reason


def _grouped(finds: list[LocatedMatch]) -> list[LocatedMatch]:
    """The same finds with those of one key together, keys in the order first seen."""
    groups: dict[ApiKey | int, list[LocatedMatch]] = {}
    for number, find in enumerate(finds):
        groups.setdefault(find.match.key or number, []).append(find)
    return [find for group in groups.values() for find in group]


def _judge_find(find: LocatedMatch, policy: Policy, *, strict: bool, is_push: bool) -> Finding:
    match, place = find.match, find.place
    key = match.key
    if match.kind is not MatchKind.KEY and key is not None:
        what = "published example key" if match.kind is MatchKind.EXAMPLE else "dummy key"
        return _finding(find, "example-key", Severity.NOTE, f"{what} {key.label}")
    reason = _permission(find, policy)
    if reason is not None:
        what = f"allowed key {key.label}" if key is not None else "allowed malformed key"
        return _finding(find, "allowed-key", Severity.NOTE, what).with_remark(printable(reason))
    if key is None:
        severity = Severity.ERROR if strict else Severity.WARNING
        return _finding(find, "suspicious-key", severity, "malformed OpenRouter key")
    what = f"OpenRouter key {key.label}"
    if place.known and not strict:
        return _finding(find, "committed-key", Severity.WARNING, what).with_remark(_KNOWN)
    return _finding(find, "committed-key", Severity.ERROR, what, help_=_how_to_undo(key, place, is_push=is_push))


def _where(find: LocatedMatch) -> str:
    """`in config/.env, line 3 (base64)`, or what else says it best."""
    match, place = find.match, find.place
    words = f"in {place.inside or place.path or 'the input'}"
    if place.inside is None or place.path is None:
        words += f", line {match.line}"
    if match.member:
        words += f" of {printable(match.member)} inside it"
    remarks = [remark for remark in (match.encoding, place.remark) if remark]
    return f"{words} ({'; '.join(remarks)})" if remarks else words


def _finding(find: LocatedMatch, name: str, severity: Severity, what: str, help_: str = "") -> Finding:
    match, place = find.match, find.place
    has_lines = place.path is not None or place.inside == STANDARD_INPUT
    return Finding(
        rule=rule(name),
        severity=severity,
        what=what,
        where=_where(find),
        help=help_ or rule(name).fix,
        fingerprint=None if match.key is None else match.key.fingerprint,
        path=place.path,
        line=match.line if has_lines else None,
        column=match.column if has_lines else None,
        commit=place.commit,
        refs=place.refs[:_MOST_REFS],
        more_refs=max(len(place.refs) - _MOST_REFS, 0),
        author_date=place.author_date,
        in_head=place.in_head,
        encoding=match.encoding,
        member=None if match.member is None else printable(match.member),
    )


def _how_to_undo(key: ApiKey, place: Location, *, is_push: bool) -> str:
    """Return the next step, by the distance that the key has travelled."""
    page = f"{_KEY_PAGE}{key.fingerprint}"
    if place.is_ref:
        return (
            "Rename or delete the branch or tag (`git branch -m`, `git tag -d`), also on every remote that has it "
            f"(`git push REMOTE --delete NAME`). If it was ever pushed or shared, revoke the key first: {page} opens "
            "it for its owner."
        )
    if place.committed is None:
        return (
            "Keep it in a secret or in an ignored .env file, and out of this one. If it was ever committed and pushed, "
            f"or shared, revoke it: {page} opens it for its owner."
        )
    if not place.committed and place.inside == COMMIT_MESSAGE:
        return f"Take it out of the message; revoke it only if it was ever shared ({page} opens it for its owner)."
    if not place.committed:
        return (
            "Take it out of the commit (`git reset -- FILE`) and keep it in a secret or in an ignored .env file; "
            f"revoke it only if it was ever pushed or shared ({page} opens it for its owner)."
        )
    if is_push:
        return (
            "The push was stopped. Take the key out of the commits (`git commit --amend` for the last one, "
            "`git rebase -i` for older ones), keep it in a secret or in an ignored .env file, and push again; "
            f"revoke it only if it was ever pushed or shared ({page} opens it for its owner)."
        )
    return (
        f"Revoke it first: {page} opens it for its owner. Once it was pushed, deleting the line does not help. "
        "Then clean the history (`git filter-repo`), and keep a new key in a secret or in an ignored .env file."
    )


def _incomplete(reason: Incomplete) -> Finding:
    return _about_file(reason, "scan-incomplete", reason.message)


def _not_opened(archive: Incomplete) -> Finding:
    return _about_file(archive, "archive-not-opened", f"{archive.message}: not opened")


def _note(name: str, message: str) -> Finding:
    return Finding(rule=rule(name), severity=rule(name).severity, what=message, help=rule(name).fix)


def _about_file(reason: Incomplete, name: str, message: str) -> Finding:
    return Finding(
        rule=rule(name),
        severity=rule(name).severity,
        what=message if reason.path is None else f"{reason.path}: {message}",
        help=reason.fix,
        path=reason.path,
    )
