"""The GitHub Action's front door: inputs and event in; log, summary, files and outputs out. No click, no decisions."""
