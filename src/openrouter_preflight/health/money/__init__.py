"""Ceilings, spend rates and runway: pure calculations over what is known of a key's money."""
