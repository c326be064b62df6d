"""The command `models`: its options, and its listing as text and as JSON."""
