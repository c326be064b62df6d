"""Scans: sources of bytes, readers, attribution, permissions, findings."""
