#!/usr/bin/env bash
# Checks the rules and runs their tests. Needs promtool, which comes with Prometheus.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for rules in monitoring/rules/*.yaml; do
  # A PrometheusRule holds under `spec` what Prometheus reads as a file.
  awk 'inside { sub(/^  /, ""); print } /^spec:/ { inside = 1 }' "$rules" >"$work/$(basename "$rules")"
done
promtool check rules "$work"/*.yaml
cp monitoring/tests/*.test.yaml "$work"
promtool test rules "$work"/*.test.yaml
