"""The text report, for terminals and for the logs of CI systems."""
