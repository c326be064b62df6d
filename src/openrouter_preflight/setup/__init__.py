"""The files that `init` adds to a project, planned before written."""
