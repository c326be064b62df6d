"""Value types of the options: text in, a checked value out."""
