/**
 * Recognizes semantic versions. This code is in a separate module so that code that only reads a header does not load
 * anything else.
 */

/** Returns whether the text is a semantic version (semver.org, 2.0.0) without a leading "v". */
export const isSemver = (text: string): boolean => {
  const match = /^(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+([0-9A-Za-z.-]+))?$/.exec(text)
  if (match === null || text.length > 256) return false
  const [, major = "", minor = "", patch = "", prerelease, build] = match
  return (
    [major, minor, patch].every(isNumeric) &&
    (prerelease === undefined ||
      prerelease.split(".").every((id) => id !== "" && (!/^\d+$/.test(id) || isNumeric(id)))) &&
    (build === undefined || build.split(".").every((id) => id !== ""))
  )
}

/** Returns whether a string of digits is a number without leading zeros. */
const isNumeric = (digits: string): boolean => digits === "0" || !digits.startsWith("0")
