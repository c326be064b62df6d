"""Requests for the facts of keys, in as few round trips as possible."""
