/**
 * Reads the challenges of a `WWW-Authenticate` header (RFC 9110, section 11.6.1).
 */

/** One challenge in the header. */
export interface Challenge {
  /** The scheme, in lower case. */
  readonly scheme: string
  /** The parameters, keyed by name in lower case. */
  readonly parameters: ReadonlyMap<string, string>
}

/** Matches a token in the header. The token is the name of a parameter if `=` follows, and a scheme otherwise. */
const word = /([A-Za-z][\w!#$%&'*+.^`|~-]{0,63})([ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"?|([^\s,"]*)))?/y

/** The maximum number of characters to read from a header. */
const longest = 8192

/** Returns the challenges in the order in which they appear in the header. Total and linear. */
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

/** Authentication schemes that carry tokens. The last scheme is used by WSO2. */
const schemes: ReadonlySet<string> = new Set(["bearer", "dpop", "oauth2"])

/**
 * Returns a challenge from a resource that accepts tokens. The first challenge that contains an error takes precedence. If no
 * challenge contains an error, the first challenge is returned.
 */
export const ofToken = (header: string): Challenge | undefined => {
  const all = read(header).filter(({ scheme }) => schemes.has(scheme))
  return all.find(({ parameters }) => parameters.has("error")) ?? all[0]
}
