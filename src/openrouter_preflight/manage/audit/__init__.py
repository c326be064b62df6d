"""An audit: every key of the account, read once, looked at by pure rules, and told as rows and findings."""
