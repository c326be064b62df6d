"""The HTML report: one self-contained page without scripts, for a browser, a mail or a printer."""
