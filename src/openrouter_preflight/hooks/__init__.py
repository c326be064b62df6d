"""The git hooks that `install-hook` sets up: what stands in them, and where they go. What a hook runs is `scan`."""
