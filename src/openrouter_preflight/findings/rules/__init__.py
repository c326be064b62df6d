"""The rules, a module for each group; `findings.catalogue` joins them."""
