"""Ceilings, spend rates and runway: pure calculations."""
