#!/usr/bin/env bash
# The machine takes the role of a root, as itself: a profile for the SDK, and no key anywhere.
set -euo pipefail
root=${1:?usage: role.sh ROOT plan|apply}
purpose=${2:?usage: role.sh ROOT plan|apply}
case "$root" in
{%- for root in roots %}
  {= root.name =}) account={= root.account_id =} region={= root.region =} ;;
{%- endfor %}
  *) echo "there is no root $root" >&2; exit 1 ;;
esac
case "$purpose" in
  plan | apply) ;;
  *) echo "a role is for plan or apply, not for $purpose" >&2; exit 1 ;;
esac
config=$(mktemp)
cat > "$config" <<CONFIG
[profile root]
role_arn = arn:aws:iam::$account:role/{= service =}-$root-$purpose
credential_source = Ec2InstanceMetadata
region = $region
CONFIG
{
  echo "AWS_CONFIG_FILE=$config"
  echo "AWS_PROFILE=root"
  echo "AWS_REGION=$region"
} >> "${GITHUB_ENV:?}"
