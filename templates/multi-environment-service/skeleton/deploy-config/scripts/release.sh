#!/usr/bin/env bash
# Brings a release that was just built to {= first.name =}: release.sh SERVICE VERSION [DIGEST [SOURCE_COMMIT]]
#
# Called by the workflow of the source repository, in a clone of this one. Commits and pushes; a release that is there already makes no commit.
# The commit that it was built from goes along as a trailer. A digest that is not known is "-".
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib/release.sh

[ $# -ge 2 ] && [ $# -le 4 ] || fail "usage: scripts/release.sh SERVICE VERSION [DIGEST [SOURCE_COMMIT]]"
service=$1 version=$2 digest=${3:--} source_commit=${4:-} environment="{= first.name =}"
check_service "$service"
check_version "$version"
[[ $digest =~ ^(-|sha256:[0-9a-f]{64})$ ]] || fail "'$digest' is not a digest"
[[ $source_commit =~ ^([0-9a-f]{7,64})?$ ]] || fail "'$source_commit' is not a commit"

current=$(release_of "$service" "$environment")
if [ "$current" = "$version $digest" ]; then
  echo "$environment has $version already" >&2
  exit 0
fi
set_release "$service" "$environment" "$version" "$digest"
commit "$(message_of "Release $service $version to $environment" "$source_commit")" "$(overlay_of "$service" "$environment")"
scripts/push.sh
