"""The command line, click only: parse, call, render, exit. May use every room; no room uses it."""
