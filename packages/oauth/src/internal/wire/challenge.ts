/**
 * Reads the challenges of a `WWW-Authenticate` header (RFC 9110, section 11.6.1).
 */

/** One challenge of the header. */
export interface Challenge {
  /** The scheme, in lower case. */
  readonly scheme: string
  /** The parameters by their names in lower case. */
  readonly parameters: ReadonlyMap<string, string>
}

/** A token of the header: the name of a parameter if `=` follows, otherwise a scheme. */
const word = /([A-Za-z][\w!#$%&'*+.^`|~-]{0,63})([ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"?|([^\s,"]*)))?/y

/** The maximum length of a header that is read, in characters. */
const longest = 8192

/** Returns the challenges in order. Total and linear. */
export const read = (header: string): ReadonlyArray<Challenge> => {
  const text = header.slice(0, longest)
  const challenges: Array<{ readonly scheme: string; readonly parameters: Map<string, string> }> = []
  let at = 0
  while (at < text.length) {
    word.lastIndex = at
    const found = word.exec(text)
    if (found === null) {
      at++
      continue
    }
    at = word.lastIndex
    const [, name = "", assigned, quoted, bare] = found
    if (assigned === undefined) challenges.push({ scheme: name.toLowerCase(), parameters: new Map() })
    else {
      const value = quoted === undefined ? (bare ?? "") : quoted.replaceAll(/\\(.)/g, "$1")
      challenges.at(-1)?.parameters.set(name.toLowerCase(), value)
    }
  }
  return challenges
}

/** Schemes that carry tokens; the last is that of WSO2. */
const schemes: ReadonlySet<string> = new Set(["bearer", "dpop", "oauth2"])

/** The challenge of a resource that accepts tokens: the one that names an error, or else the first. */
export const ofToken = (header: string): Challenge | undefined => {
  const all = read(header).filter(({ scheme }) => schemes.has(scheme))
  return all.find(({ parameters }) => parameters.has("error")) ?? all[0]
}
