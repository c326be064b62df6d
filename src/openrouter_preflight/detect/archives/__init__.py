"""Archives and compressed streams: their members, read in one pass and in bounded memory."""
