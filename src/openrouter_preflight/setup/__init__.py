"""The first five minutes of a project: the files that `init` adds, planned here and written by the door."""
