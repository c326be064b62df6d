"""Readers of packs: additions of each version are searched once."""
