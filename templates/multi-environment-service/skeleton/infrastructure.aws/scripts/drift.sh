#!/usr/bin/env bash
# Compares what is there with what is written here, and writes the addresses that differ. In a workflow it sets the output `drifted`.
set -euo pipefail
root=${1:?usage: drift.sh ROOT FILE}
file=${2:?usage: drift.sh ROOT FILE}
terraform=${TERRAFORM:-{% if terraform == "opentofu" %}tofu{% else %}terraform{% endif %}}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
make -C "$here/.." init ROOT="$root" >&2
code=0
"$terraform" -chdir="$here/../environments/$root" plan -input=false -lock-timeout=5m \
  -var-file="$root.tfvars" -out=plan.out -detailed-exitcode >&2 || code=$?
case $code in
  0) drifted=false ;;
  2) drifted=true ;;
  *) exit "$code" ;;
esac
bash "$here/changes.sh" "$root" > "$file"
cat "$file"
echo "drifted=$drifted" >> "${GITHUB_OUTPUT:-/dev/null}"
