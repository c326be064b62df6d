"""The only room that writes at OpenRouter: planned, made once, read back."""
