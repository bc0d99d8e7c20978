#!/bin/sh
# Checks the rules and runs their tests. Needs promtool, which comes with Prometheus, or Docker. For any shell, as images of Prometheus have no bash.
set -eu
cd "$(dirname "$0")/.."

image=docker.io/prom/prometheus:v3.5.0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for rules in monitoring/rules/*.yaml; do
  # A PrometheusRule holds under `spec` what Prometheus reads as a file.
  awk 'inside { sub(/^  /, ""); print } /^spec:/ { inside = 1 }' "$rules" >"$work/$(basename "$rules")"
done
cp monitoring/tests/*.test.yaml "$work"

test='promtool check rules $(ls | grep -v "[.]test[.]yaml$") && promtool test rules *.test.yaml'
if command -v promtool >/dev/null; then
  cd "$work"
  sh -c "$test"
else
  # Copied and not mounted: where a workflow itself runs in a container, the daemon does not see its files.
  container=$(docker create --user 0 --workdir /rules --entrypoint sh "$image" -c "$test")
  trap 'docker rm --force "$container" >/dev/null; rm -rf "$work"' EXIT
  docker cp --quiet "$work/." "$container:/rules"
  docker start --attach "$container"
fi
