"""Models that a release names, and the rows of the catalogue that they stand for."""
