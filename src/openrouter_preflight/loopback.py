"""Loopback hosts: the only ones for plain http, and never through a proxy."""

from __future__ import annotations


def is_loopback(host: str) -> bool:
    """Return True where `host` is this machine by name or number, without lookup."""
    from ipaddress import ip_address

    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
