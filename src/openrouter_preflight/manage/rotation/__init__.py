"""Rotation of one key: a state machine with the account as its journal."""
