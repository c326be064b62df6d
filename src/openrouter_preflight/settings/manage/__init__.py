"""Settings of the commands that need a management key."""
