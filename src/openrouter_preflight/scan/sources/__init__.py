"""Where bytes come from, one module for each place: what to read, and how a hit there is addressed."""
