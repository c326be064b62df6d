"""Which hosts are this machine itself: the only ones that may be asked over plain http, and never through a proxy."""

from __future__ import annotations


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine by its very name or number; nothing is looked up."""
    from ipaddress import ip_address

    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
