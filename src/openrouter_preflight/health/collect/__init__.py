"""Requests for the facts of a set of keys, made in as few round trips as their dependencies allow."""
