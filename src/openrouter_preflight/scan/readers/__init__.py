"""Readers of objects, files and packs: a cheap first look at everything, a second one where a key may be."""
