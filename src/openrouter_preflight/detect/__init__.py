"""Detection of keys in bytes. Nothing here knows git, files or policies."""
