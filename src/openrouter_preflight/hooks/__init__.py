"""The git hooks that `install-hook` writes: their text and their folder."""
