"""Wing 1's outer door: the only room with a network. It knows what OpenRouter answers and never sees a policy."""
