/**
 * Parses the JSON of a policy as S3 does. The check and the redaction of a policy must use the same parser.
 */

/** Parses the text of a policy. Throws for text that S3 cannot parse either. */
export const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return JSON.parse(withoutOwnEscapes(text))
  }
}

/** S3's documentation also escapes a dollar sign and a vertical tab, in ways that JSON does not know. */
const withoutOwnEscapes = (text: string): string =>
  text.replace(/\\(.)/gs, (whole, escaped: string) => (escaped === "$" ? "$" : escaped === "v" ? "\\u000b" : whole))
