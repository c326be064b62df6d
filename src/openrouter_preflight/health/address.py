"""The address that keys are sent to: its origin and its region."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from openrouter_preflight.settings.model import DEFAULT_BASE_URL

HOST_BY_REGION: Final = {"global": "openrouter.ai", "europe": "eu.openrouter.ai", "us": "us.openrouter.ai"}
"""A region is a host (API.md, first page)."""
_REGION_BY_HOST: Final = {host: region for region, host in HOST_BY_REGION.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAddress:
    """A base URL, and where it comes from."""

    url: str = DEFAULT_BASE_URL
    set_by: str | None = None
    """The flag or variable; None: nobody set it."""
    is_simulated: bool = False

    @property
    def is_set(self) -> bool:
        """True for another address than the default, simulators excepted."""
        return self.url != DEFAULT_BASE_URL and not self.is_simulated

    @property
    def region(self) -> str | None:
        """Return the region of the host, None for others; a simulator is the default."""
        return "global" if self.is_simulated else _REGION_BY_HOST.get(urlsplit(self.url).hostname or "")

    @property
    def is_openrouter(self) -> bool:
        """True for OpenRouter's own hosts."""
        return self.region is not None and not self.is_simulated

    @property
    def shown(self) -> str:
        """The URL for reports: without anything that could be a part of a key."""
        from openrouter_preflight.keys.masking import mask_keys

        return re.sub(r"[0-9a-fA-F]{16,}", "…", mask_keys(self.url))

    @property
    def described(self) -> str:
        """Return `the base URL https://…, set by OPENROUTER_BASE_URL,`."""
        return f"the base URL {self.shown}, set by {self.set_by}," if self.set_by else f"the base URL {self.shown}"

    @property
    def remark(self) -> str:
        """Return the end of a sentence about a base URL that is not the default."""
        return f"; {self.described.rstrip(',')}" if self.is_set else ""


DEFAULT_ADDRESS: Final = ServiceAddress()
