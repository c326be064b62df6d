"""The JSON report and its schema."""
