"""A key for one job: made with a limit and an expiry, given to one command alone, deleted when that ends."""
