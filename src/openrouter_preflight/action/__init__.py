"""The GitHub Action's door: inputs and event in; log, summary and files out."""
