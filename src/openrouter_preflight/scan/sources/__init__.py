"""Sources of bytes: one module for each mode."""
