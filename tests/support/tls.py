"""Certificates made at run time, for servers on loopback."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import trustme

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Authority:
    """A certificate authority, and the file that makes a client trust it."""

    ca: trustme.CA
    file: Path

    def context(self, *names: str, not_after: datetime | None = None) -> ssl.SSLContext:
        """A server's context, with a certificate for these names or addresses."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.ca.issue_cert(*names, not_after=not_after).configure_cert(context)
        return context

    def good(self) -> ssl.SSLContext:
        return self.context("127.0.0.1", "localhost")

    def of_another_host(self) -> ssl.SSLContext:
        return self.context("elsewhere.example")

    def expired(self) -> ssl.SSLContext:
        return self.context("127.0.0.1", not_after=datetime.now(UTC) - timedelta(days=1))


def authority(folder: Path) -> Authority:
    """A new authority, whose file stands in `folder`."""
    ca, file = trustme.CA(), folder / "authority.pem"
    ca.cert_pem.write_to_path(file)
    return Authority(ca, file)
