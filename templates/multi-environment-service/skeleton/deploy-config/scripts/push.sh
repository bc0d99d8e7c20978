#!/usr/bin/env bash
# Pushes the commits of this clone to main. Others push too: what came in between is pulled in before, a few times over. Where both changed
# the same lines, it stops.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

for attempt in 1 2 3 4 5; do
  git pull --quiet --rebase origin main
  if git push --quiet origin HEAD:main; then
    exit 0
  fi
  echo "attempt $attempt: main moved on" >&2
  sleep $((attempt * ${PUSH_PAUSE:-2}))
done
echo "main moves faster than this clone can push" >&2
exit 1
