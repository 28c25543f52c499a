/**
 * Parses JSON objects.
 */

export type Json = Readonly<Record<string, unknown>>

export const isObject = (u: unknown): u is Json => typeof u === "object" && u !== null && !Array.isArray(u)

/** Parses a JSON object, which may have been escaped inside a JSON string. */
export const parse = (text: string): Json | undefined => {
  for (const form of /\\"/.test(text.slice(0, 200)) ? [text, text.replace(/\\(["\\/])/g, "$1")] : [text]) {
    try {
      const json: unknown = JSON.parse(form)
      if (isObject(json)) return json
    } catch {
      // Not this format.
    }
  }
  return undefined
}
