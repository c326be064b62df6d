"""Looks of `doctor`: machine, repository, variables, the way to OpenRouter."""
