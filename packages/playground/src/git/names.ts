/** What Gitea accepts as the name of an owner or a repository. */
export function isName(name: string): boolean {
  return (
    /^[A-Za-z0-9_.-]{1,100}$/.test(name) &&
    !/^\.+$/.test(name) &&
    !name.startsWith('-') &&
    !/\.(git|wiki)$/.test(name)
  );
}

/** A branch or tag that git itself would accept, and that can never be read as an option or a range. */
export function isRefName(name: string): boolean {
  return (
    /^[A-Za-z0-9_][A-Za-z0-9_./+-]{0,200}$/.test(name) &&
    !/\.\.|\/\/|\.lock$|[./]$|\/\./.test(name)
  );
}

export function isSha(text: string): boolean {
  return /^[0-9a-f]{4,40}$/.test(text);
}

/** A path in a repository. */
export function isPath(path: string): boolean {
  return (
    path !== '' &&
    !path.startsWith('/') &&
    !path.endsWith('/') &&
    !path.includes('\0') &&
    path
      .split('/')
      .every(
        part => part !== '' && part !== '.' && part !== '..' && part !== '.git',
      )
  );
}
