"""One module for each subcommand: parse, call, render, exit."""
