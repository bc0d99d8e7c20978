#!/usr/bin/env bash
# Renders every overlay and holds the environments to environments.yaml. Needs kubectl or kustomize, and Node for the rules.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

render() {
  if command -v kubectl >/dev/null; then
    kubectl kustomize "$1"
  else
    kustomize build "$1"
  fi
}

for overlay in apps/*/overlays/*/; do
  echo "rendering ${overlay%/}"
  render "$overlay" >/dev/null
done

environments verify --intent environments.yaml --deploy-config .
