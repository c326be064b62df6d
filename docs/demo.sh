#!/usr/bin/env bash
# The main job in one screen: checks against the embedded simulator, then a scan that finds a planted key.
# Ends with 1 if any command does not end as it should, so that it can be trusted as a first smoke test.
set -uo pipefail

as_expected=0
show() {
  local expected=$1 actual=0
  shift
  printf '\n\033[1m$ %s\033[0m\n' "$*"
  "$@" || actual=$?
  printf '[exit code %s]\n' "$actual"
  ((actual == expected)) || { as_expected=1 && printf 'expected exit code %s\n' "$expected"; }
}

unset OPENROUTER_API_KEY OPENROUTER_MANAGEMENT_KEY GITHUB_ACTIONS
show 0 openrouter-preflight check --simulate healthy --min-balance 5
show 1 openrouter-preflight check --simulate low-balance --min-balance 5
show 1 openrouter-preflight check --simulate revoked
show 3 openrouter-preflight check --simulate outage --deadline 3

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
git init --quiet
body=$(printf '%s' "$RANDOM$folder" | git hash-object --stdin)
printf 'OPENROUTER_API_KEY=sk-or-v1-%s%.24s\n' "$body" "$(printf '%s' "$body" | rev)" > settings.env
git add settings.env
show 1 openrouter-preflight scan --staged
exit "$as_expected"
