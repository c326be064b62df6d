"""Archives and compressed streams, read in one pass and bounded memory."""
