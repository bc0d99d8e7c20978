#!/usr/bin/env bash
# Renders every overlay and what monitoring consists of, and holds the environments to environments.yaml. Needs kubectl or kustomize, and
# Node.js for the rules. To have the rules at hand without a download: npm install --global @envmatrix/cli@{= cli_version =}
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

render() {
  if command -v kubectl >/dev/null; then
    kubectl kustomize "$1"
  else
    kustomize build "$1"
  fi
}

environments() {
  if command -v environments >/dev/null; then
    command environments "$@"
  else
    npx --yes "@envmatrix/cli@{= cli_version =}" "$@"
  fi
}

for folder in apps/*/overlays/*/ monitoring/; do
  echo "rendering ${folder%/}"
  render "$folder" >/dev/null
done

environments verify --intent environments.yaml --deploy-config .
