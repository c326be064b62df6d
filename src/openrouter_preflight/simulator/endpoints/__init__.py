"""What each endpoint answers: pure functions from a Call to an Answer, one module per resource."""
