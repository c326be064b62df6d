"""Where bytes come from, what a key looks like in them, and what is allowed. The only room that runs git."""
