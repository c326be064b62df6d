"""The command line: click only. Parse, call, render, exit; one module per command, loaded lazily."""
