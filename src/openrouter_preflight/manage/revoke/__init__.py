"""Revocation: keys looked up, shown, switched off, read back, seen refused."""
