"""Revocation: keys named, looked up, shown with what they did lately, switched off, read back and seen refused."""
