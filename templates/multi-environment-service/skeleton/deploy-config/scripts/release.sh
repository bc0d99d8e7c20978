#!/usr/bin/env bash
# Brings a release that was just built to {= first.name =}: release.sh SERVICE VERSION [DIGEST]
#
# Called by the workflow of the source repository, in a clone of this one. Commits and pushes; a release that is there already makes no commit.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib/release.sh

[ $# -eq 2 ] || [ $# -eq 3 ] || fail "usage: scripts/release.sh SERVICE VERSION [DIGEST]"
service=$1 version=$2 digest=${3:--} environment="{= first.name =}"
check_service "$service"
check_version "$version"
[[ $digest =~ ^(-|sha256:[0-9a-f]{64})$ ]] || fail "'$digest' is not a digest"

current=$(release_of "$service" "$environment")
if [ "$current" = "$version $digest" ]; then
  echo "$environment has $version already" >&2
  exit 0
fi
set_release "$service" "$environment" "$version" "$digest"
commit "Release $service $version to $environment" "$(overlay_of "$service" "$environment")"
scripts/push.sh
