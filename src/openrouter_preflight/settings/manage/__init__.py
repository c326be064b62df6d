"""The settings of the commands that need a management key: options, and their values from everywhere joined."""
