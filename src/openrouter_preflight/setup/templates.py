"""Texts of the files that `init` writes."""

from __future__ import annotations

from typing import Final

from openrouter_preflight import __version__
from openrouter_preflight.project import DOCS, HOME, REPOSITORY

HOOK_STAGES: Final = "[pre-commit, pre-push, commit-msg]"

CONFIG: Final = f"""\
# yaml-language-server: $schema={DOCS}/config.schema.json
# What openrouter-preflight asks of a key, and which keys a scan allows. Every word: {DOCS}/reference/options/
# This file can make a gate stricter. It cannot hold a key, a URL or a header.

gates: # hold for every key that `check` looks at
  expires-within: 7d # fail if the key expires within this time
  # min-balance: 5 # fail if the key can spend less than this many USD
  # min-runway: 7d # fail if, at the recent rate, the money ends sooner; needs a management key
  # require-model: [openai/gpt-4.1] # fail unless the key may use these models now

# keys: # several keys, each with gates of its own; without this, the key in OPENROUTER_API_KEY
#   - name: production
#     env: PRODUCTION_OPENROUTER_KEY
#     min-balance: 25

# scan:
#   exclude: [tests/fixtures/**] # path globs that a scan leaves out
#   allow: # keys that may stay; `openrouter-preflight allow` adds an entry
#     - fingerprint: 64 hex digits, as the report shows them
#       reason: revoked in 2024
"""

WORKFLOW: Final = f"""\
# Scans what each push and pull request adds for OpenRouter keys. Needs no secret, so it works for forks, too.
# To check a key before a deploy, see {DOCS}/how-to/action/
name: OpenRouter preflight
on:
  pull_request:
  merge_group:
  push:
    branches: [main, master]
permissions: {{}}
jobs:
  scan:
    runs-on: ubuntu-latest
    permissions:
      contents: read # to check out what is scanned
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          fetch-depth: 0 # a scan needs the commits it looks at
          persist-credentials: false
      - uses: {REPOSITORY}@v{__version__} # better: pin the commit of this release
"""

GITLAB: Final = f"""\
# Scans what each pipeline adds for OpenRouter keys, and checks the key in OPENROUTER_API_KEY on protected branches.
# Inputs and the gate before a deploy: {DOCS}/how-to/gitlab/
include:
  - component: $CI_SERVER_FQDN/{REPOSITORY}/openrouter-preflight@{__version__}
    inputs:
      check: false # true once the variable OPENROUTER_API_KEY is set: masked, protected, limited to the environment

workflow: # one pipeline for each push: the merge request's where one is open, else the branch's
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_BRANCH && $CI_OPEN_MERGE_REQUESTS
      when: never
    - if: $CI_COMMIT_BRANCH
"""

PRE_COMMIT_ENTRY: Final = (
    f"- repo: {HOME}",
    f"  rev: v{__version__}",
    "  hooks:",
    "    - id: openrouter-keys # the files of a commit",
    "    - id: openrouter-keys-push # everything that a push adds",
    "    - id: openrouter-keys-message # the commit message",
)
