/**
 * Objects of JSON.
 */

/** An object of JSON. */
export type Json = Readonly<Record<string, unknown>>

export const isObject = (u: unknown): u is Json => typeof u === "object" && u !== null && !Array.isArray(u)

/** An object of JSON, or one that was escaped to stand in a string of JSON. */
export const parse = (text: string): Json | undefined => {
  for (const form of /\\"/.test(text.slice(0, 200)) ? [text, text.replace(/\\(["\\/])/g, "$1")] : [text]) {
    try {
      const json: unknown = JSON.parse(form)
      if (isObject(json)) return json
    } catch {
      // Not this form.
    }
  }
  return undefined
}
