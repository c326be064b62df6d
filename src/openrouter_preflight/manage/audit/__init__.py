"""The audit: every key of the account, read once, and held against pure rules."""
