#!/usr/bin/env bash
# Promotes a version: promote.sh SERVICE TO VERSION
#
# Makes one commit, which changes the release of one environment, and says in which way it has to reach main. It pushes nothing. A
# version that its environment has already makes no commit.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib/release.sh

[ $# -eq 3 ] || fail "usage: scripts/promote.sh SERVICE TO VERSION"
service=$1 to=$2 version=$3
check_service "$service"
check_version "$version"
case "$to" in
{%- for environment in promoted %}
  {= environment.name =}) from={= environment.from =} way={= environment.change =} ;;
{%- endfor %}
  *) fail "'$to' is not an environment that is promoted into" ;;
esac

release=$(release_of "$service" "$from")
read -r tag digest <<<"$release"
[ "$tag" = "$version" ] || fail "$from has $tag, not $version: only what was tried there is promoted"

# For the workflow's next step: on standard output, and where the runner wants it.
say() {
  printf '%s\n' "$1"
  if [ -n "${GITHUB_OUTPUT:-}" ]; then
    printf '%s\n' "$1" >>"$GITHUB_OUTPUT"
  fi
}

current=$(release_of "$service" "$to")
if [ "$current" = "$release" ]; then
  say "way=none"
  echo "$to has $version already" >&2
  exit 0
fi
set_release "$service" "$to" "$tag" "$digest"
title="Promote $service $version to $to"
files=("$(overlay_of "$service" "$to")")
while read -r pin; do
  move_pin "$pin" "$service" "$tag" "$digest" "$(git rev-parse HEAD)"
  files+=("$pin")
done < <(pins_of "$service" "$to")
commit "$(message_of "$title" "$(source_commit_of "$service" "$from" "$version")")" "${files[@]}"
say "way=$way"
say "branch=promote/$to-$version"
say "title=$title"
