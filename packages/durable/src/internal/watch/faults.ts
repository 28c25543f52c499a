/**
 * What operating system error codes mean for a watched folder.
 */

/** The path does not exist, or a part of it is not a folder. */
export const isGone = (code: string): boolean => code === "ENOENT" || code === "ENOTDIR"

/** The fault concerns this path alone. Any other fault may mean that the medium is gone. */
export const isLocal = (code: string): boolean =>
  isGone(code) || code === "EACCES" || code === "EPERM" || code === "ELOOP" || code === "ENAMETOOLONG"

/** Explains an error code to the user. */
export const explain = (code: string): string => {
  switch (code) {
    case "ENOENT":
      return "it does not exist (ENOENT)"
    case "ENOTDIR":
      return "it is not a folder (ENOTDIR)"
    case "EACCES":
    case "EPERM":
      return `permission denied (${code})`
    case "EIO":
    case "ENODEV":
    case "ENXIO":
    case "ENOTCONN":
    case "EHOSTDOWN":
    case "ESTALE":
      return `the medium is gone or does not answer (${code})`
    default:
      return code
  }
}

/** Explains why the operating system does not watch a folder. */
export const explainWatch = (code: string): string => {
  switch (code) {
    case "ENOSPC":
      return "this user has no free inotify watches (ENOSPC); raise fs.inotify.max_user_watches"
    case "EMFILE":
    case "ENFILE":
      return `this user has no free inotify instances or file descriptors (${code}); raise fs.inotify.max_user_instances`
    default:
      return `the folder cannot be watched (${code})`
  }
}
