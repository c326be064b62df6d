"""Endpoints: pure functions from a Call to an Answer, one module a resource."""
