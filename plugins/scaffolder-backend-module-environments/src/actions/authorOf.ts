/** The person who runs a template as the author of a commit; another where the catalog does not say enough. */
export function authorOf(
  profile: { displayName?: string; email?: string } | undefined,
  fallback: { name: string; email: string },
): { name: string; email: string } {
  return profile?.displayName && profile.email
    ? { name: profile.displayName, email: profile.email }
    : fallback;
}
