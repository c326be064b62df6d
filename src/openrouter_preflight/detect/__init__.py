"""What a key looks like in bytes, whatever hides it. Nothing here knows git, files or policies."""
