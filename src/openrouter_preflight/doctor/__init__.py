"""What `doctor` looks at: this machine, the repository, the keys' variables and the way to OpenRouter."""
