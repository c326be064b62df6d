"""Whole commands, from settings to Outcome: the only room that joins the wings."""
