/**
 * Parses the JSON of a policy in the same way as S3. The check and the redaction of a policy must use the same parser.
 */

/** Parses the JSON text of a policy. Throws an error only for text that S3 cannot parse. */
export const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return JSON.parse(withoutOwnEscapes(text))
  }
}

/** S3's documentation also defines escape sequences for the dollar sign and the vertical tab that JSON does not support. */
const withoutOwnEscapes = (text: string): string =>
  text.replace(/\\(.)/gs, (whole, escaped: string) => (escaped === "$" ? "$" : escaped === "v" ? "\\u000b" : whole))
