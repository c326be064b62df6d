"""The first five minutes of a project: which files `init` adds, and what they say. Planned here, written by the door."""
