"""The command line, click only: parse, call, render, exit."""
