"""Whole commands, from settings to Outcome, for every front door: the only room that joins the wings."""
