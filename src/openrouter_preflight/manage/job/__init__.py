"""Keys for one job: limited, expiring, for one command alone, then deleted."""
