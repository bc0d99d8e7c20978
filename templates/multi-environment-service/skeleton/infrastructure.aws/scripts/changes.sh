#!/usr/bin/env bash
# What a saved plan would change: addresses and actions, and no values.
set -euo pipefail
root=${1:?usage: changes.sh ROOT}
terraform=${TERRAFORM:-{% if terraform == "opentofu" %}tofu{% else %}terraform{% endif %}}
cd "$(dirname "${BASH_SOURCE[0]}")/../environments/$root"
echo "Plan of $root:"
"$terraform" show -json plan.out |
  jq -r '[.resource_changes[]? | select(.change.actions != ["no-op"] and .change.actions != ["read"])]
    | if length == 0 then "nothing to change" else .[] | "- " + (.change.actions | join(", ")) + " " + .address end'
