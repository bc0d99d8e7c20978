# shellcheck shell=bash
# Reads and sets the release of an overlay: tag and digest of one image. To be sourced.
#
# Line by line, and not by a program that writes the whole file anew: a promotion changes these lines and nothing else, so that a
# reviewer sees exactly what it does.

fail() {
  echo "$1" >&2
  exit 1
}

overlay_of() {
  printf 'apps/%s/overlays/%s/kustomization.yaml' "$1" "$2"
}

# release_of SERVICE ENVIRONMENT: prints "TAG DIGEST"; "-" where there is none.
release_of() {
  local file
  file=$(overlay_of "$1" "$2")
  [ -f "$file" ] || fail "$file: there is no such overlay"
  awk -v image="$1" '
    /^[^[:space:]#-]/ { inside = ($1 == "images:"); mine = 0 }
    inside && /^[[:space:]]*-/ { entries += mine = ($2 == "name:" && unquoted($3) == image) }
    inside && mine && $1 == "newTag:" { tag = unquoted($2) }
    inside && mine && $1 == "digest:" { digest = unquoted($2) }
    function unquoted(text) { gsub(/["\047]/, "", text); return text }
    END {
      if (entries != 1) exit 3
      print (tag == "" ? "-" : tag), (digest == "" ? "-" : digest)
    }
  ' "$file" || fail "$file: expected one entry of images with 'name: $1' first"
}

# set_release SERVICE ENVIRONMENT TAG DIGEST: the tag stands in the file already; the digest comes, changes or goes.
set_release() {
  local file changed
  file=$(overlay_of "$1" "$2")
  changed=$(mktemp)
  if ! awk -v image="$1" -v tag="$3" -v digest="$4" '
    /^[^[:space:]#-]/ { inside = ($1 == "images:"); mine = 0 }
    inside && /^[[:space:]]*-/ { name = $3; gsub(/["\047]/, "", name); mine = ($2 == "name:" && name == image) }
    inside && mine && $1 == "digest:" { next }
    inside && mine && $1 == "newTag:" {
      indent = $0
      sub(/newTag:.*/, "", indent)
      print indent "newTag: \"" tag "\""
      if (digest != "-") print indent "digest: " digest
      tags++
      next
    }
    { print }
    END { if (tags != 1) exit 3 }
  ' "$file" >"$changed"; then
    rm -f "$changed"
    fail "$file: expected one newTag of image '$1'"
  fi
  cat "$changed" >"$file"
  rm -f "$changed"
}

# pins_of SERVICE ENVIRONMENT: the files in which Argo CD is told of a commit and a release, where it does not follow the branch.
pins_of() {
  local file
  for file in argocd/applications/*.yaml argocd/applicationsets/*.yaml; do
    if [ -f "$file" ] && grep -qE "^ +path: apps/$1/overlays/$2\$" "$file" && grep -qE "^ +- $1=" "$file"; then
      printf '%s\n' "$file"
    fi
  done
}

# move_pin FILE SERVICE TAG DIGEST REVISION: on to the commit that was tried before. The release stands beside it, as that commit does
# not know of its own promotion.
move_pin() {
  local changed release=$3
  [ "$4" = - ] || release=$3@$4
  changed=$(mktemp)
  awk -v service="$2" -v release="$release" -v revision="$5" '
    $1 == "targetRevision:" { sub(/targetRevision:.*/, "targetRevision: \"" revision "\"") }
    $1 == "-" && index($2, service "=") == 1 {
      image = $2
      sub(/@.*$/, "", image)
      sub(/:[^\/:]*$/, "", image)
      sub(/- .*/, "- " image ":" release)
    }
    { print }
  ' "$1" >"$changed"
  cat "$changed" >"$1"
  rm -f "$changed"
}

check_service() {
  if ! [[ $1 =~ ^[a-z0-9]([-a-z0-9]*[a-z0-9])?$ && -d apps/$1/overlays ]]; then
    fail "'$1' is not a service of this repository"
  fi
}

# A tag that says by itself what it is, such as 1.4.0. One such as latest may be another image tomorrow.
check_version() {
  [[ $1 =~ ^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$ ]] || fail "'$1' is not an image tag"
  case "$1" in
    latest | *-latest | main | master{% for environment in environments %} | {= environment.name =}{% endfor %}) fail "'$1' is not a version: it names another image tomorrow" ;;
  esac
}

# source_commit_of SERVICE ENVIRONMENT VERSION: the commit of the source repository that the environment's release was built from, as the
# commit says that brought it here; nothing where it says none.
source_commit_of() {
  local file
  file=$(overlay_of "$1" "$2")
  git log -1 -S "newTag: \"$3\"" --format='%(trailers:key=Source-Commit,valueonly,separator=%x20)' -- "$file" |
    grep -oE '^[0-9a-f]{7,64}' || true
}

# message_of TITLE SOURCE_COMMIT: the portal reads the trailer, where a version is no tag of the source repository.
message_of() {
  if [ -n "$2" ]; then
    printf '%s\n\nSource-Commit: %s' "$1" "$2"
  else
    printf '%s' "$1"
  fi
}

# commit MESSAGE FILE...: exactly these files, or nothing.
commit() {
  local message=$1
  shift
  git add -- "$@"
  [ "$(git diff --cached --name-only)" = "$(printf '%s\n' "$@" | LC_ALL=C sort)" ] || fail "more than $* would change; commit or discard the rest first"
  git commit --quiet -m "$message"
}
