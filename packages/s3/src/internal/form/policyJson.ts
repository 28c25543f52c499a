/**
 * The JSON of a policy as S3 reads it: the check of a policy and its redaction must read the same one.
 */

/** Parses the text of a policy; throws where it is no JSON for S3 either. */
export const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return JSON.parse(withoutOwnEscapes(text))
  }
}

/** S3's documentation escapes a dollar sign and a vertical tab as well, in ways that JSON does not know. */
const withoutOwnEscapes = (text: string): string =>
  text.replace(/\\(.)/gs, (whole, escaped: string) => (escaped === "$" ? "$" : escaped === "v" ? "\\u000b" : whole))
