"""Equipment of a key: guardrail, BYOK lists, destinations (API.md §6)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from openrouter_preflight.manage.records import BROADCAST, BYOK
from openrouter_preflight.manage.rotation.stop import Incomplete

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from openrouter_preflight.manage.client import Listing, Management
    from openrouter_preflight.manage.records import KeyList, ListKind, Workspace
    from openrouter_preflight.openrouter.answers import KeyRecord

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipment:
    """Everything in a workspace that can name a key, as it is now."""

    guardrails: dict[str, str]
    """Assigned guardrails by the key's fingerprint; a workspace's default one is not among them."""
    lists: tuple[tuple[ListKind, KeyList], ...]

    def lists_with(self, fingerprint: str) -> tuple[tuple[ListKind, KeyList], ...]:
        """The lists that name this key."""
        return tuple((kind, each) for kind, each in self.lists if each.keys is not None and fingerprint in each.keys)


def read_equipment(management: Management, key: KeyRecord) -> Equipment:
    """Read the equipment of the key's workspace. Raises Incomplete.

    An account without guardrails, BYOK or broadcasts may answer 404 there: then there is nothing that names a key.
    """
    workspace = key.workspace_id
    own = _default_guardrail(management, workspace)
    assignments = _rows(management.guardrail_assignments, "the guardrails of the account's keys")
    return Equipment(
        guardrails={each.key: each.guardrail for each in assignments if each.guardrail != own},
        lists=read_lists(management, workspace),
    )


def read_lists(management: Management, workspace: str | None) -> tuple[tuple[ListKind, KeyList], ...]:
    """The lists of keys of a workspace. Raises Incomplete."""
    return tuple(
        (kind, each)
        for kind in (BYOK, BROADCAST)
        for each in _rows(partial(management.key_lists, kind, workspace), f"the {kind.title}s of the key's workspace")
    )


def with_successor(keys: Iterable[str], old: str, new: str, *, old_is_off: bool) -> list[str]:
    """Return a list with the successor; keys that are off may not stay (API.md §6)."""
    kept = [key for key in keys if not (old_is_off and key == old)]
    return kept if new in kept else [*kept, new]


def not_copied(key: KeyRecord, equipment: Equipment, workspace: Workspace | None) -> tuple[str, ...]:
    """Return the properties that no endpoint can copy, for people."""
    said = [
        "workload-identity policies that target the key, and its spend alert, are listed nowhere: look in Settings",
        "the successor's usage counters start at zero",
    ]
    if workspace is not None and workspace.has_key_logging:
        said.append(f"I/O logging of the workspace {workspace.name} picks keys by numbers: pick the successor there")
    if any(each.filters_by_name for _, each in equipment.lists):
        said.append("a broadcast filter matches names of keys: it sees the successor once it has the old one's name")
    if key.external_user is not None:
        said.append("the key's external user")
    return tuple(said)


def _default_guardrail(management: Management, workspace: str | None) -> str | None:
    rows = _rows(management.workspaces, "the account's workspaces")
    return next((each.default_guardrail for each in rows if each.id == workspace), None)


def _rows(read: Callable[[], Listing[T]], title: str) -> tuple[T, ...]:
    """Return all rows; none where the account has no such list."""
    listing = read()
    if listing.is_absent:
        listing = read()
    if listing.is_complete:
        return listing.rows
    if listing.is_absent:
        return ()
    raise Incomplete(f"{title} could not be read to the end")
