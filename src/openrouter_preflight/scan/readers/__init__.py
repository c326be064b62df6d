"""Readers of objects, files and packs, with a cheap first look."""
