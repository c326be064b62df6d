"""Flags, environment and YAML file become one frozen Settings. A flag beats the environment, which beats the file."""
