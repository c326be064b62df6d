"""The config file: found, read, checked against its schema, and edited in place."""
