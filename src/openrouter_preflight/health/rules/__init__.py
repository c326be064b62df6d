"""Pure rules from the facts of a key to findings."""
