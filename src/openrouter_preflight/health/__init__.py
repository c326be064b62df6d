"""Wing 1: gather the facts of a key, then judge them against what was asked of it. Judging is pure."""
