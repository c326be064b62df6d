"""What is written at OpenRouter, and the only room that writes there: every write planned, made once, read back."""
