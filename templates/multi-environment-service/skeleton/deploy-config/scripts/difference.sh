#!/usr/bin/env bash
# What a change does to each environment, as Markdown: difference.sh REVISION
#
# Renders every overlay as it was where this change branched off REVISION, and as it is now. There are no secrets in either: those
# come from the store, in the cluster.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

[ $# -eq 1 ] || { echo "usage: scripts/difference.sh REVISION" >&2; exit 2; }
before=$(mktemp -d)
work=$(mktemp -d)
trap 'git worktree remove --force "$before/tree" 2>/dev/null || true; rm -rf "$before" "$work"' EXIT
git worktree add --quiet --detach "$before/tree" "$(git merge-base "$1" HEAD)"

render() {
  if command -v kubectl >/dev/null; then
    kubectl kustomize "$1"
  else
    kustomize build "$1"
  fi
}

changed=0
for overlay in $( (ls -d apps/*/overlays/*/; cd "$before/tree"; ls -d apps/*/overlays/*/) 2>/dev/null | sort -u); do
  for side in before after; do
    : >"$work/$side.yaml"
  done
  [ ! -d "$before/tree/$overlay" ] || render "$before/tree/$overlay" >"$work/before.yaml"
  [ ! -d "$overlay" ] || render "$overlay" >"$work/after.yaml"
  if ! (cd "$work" && diff -u before.yaml after.yaml) >"$work/difference"; then
    changed=1
    printf '### %s\n\n' "${overlay%/}"
    # Tildes: what is rendered may hold backticks.
    printf '~~~~diff\n%s\n~~~~\n\n' "$(tail -n +3 "$work/difference" | head -c 12000)"
  fi
done
[ "$changed" -eq 1 ] || echo "No environment changes."
