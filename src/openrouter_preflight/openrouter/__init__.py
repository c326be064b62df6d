"""The only room with a network: OpenRouter's answers, and no policy."""
