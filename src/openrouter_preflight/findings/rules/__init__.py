"""The rules, a module for each group of situations; `findings.catalogue` joins them."""
