/**
 * Removes the secrets from an exchange but keeps those properties of each secret that a diagnosis needs.
 *
 * Each value that is not known to be harmless is replaced by a mark such as `[hidden-3:812]`, which represents the third
 * secret of this exchange, 812 bytes long. Equal secrets have equal numbers, so that rules can compare them. A mark does not
 * reveal the secret that it replaces. Only redacted exchanges are shown, printed, saved or passed to rules, so an explanation
 * cannot leak a secret.
 */
import type { Exchange } from "./Exchange.ts"
import * as Mark from "./internal/redaction/mark.ts"
import * as Places from "./internal/redaction/places.ts"
import * as Known from "./internal/redaction/redactor.ts"
import * as Secrets from "./internal/redaction/secrets.ts"
import type { Vocabulary } from "./internal/redaction/vocabulary.ts"
import { type Names, walk } from "./internal/redaction/walk.ts"

export type { Hide, Mask, Vocabulary } from "./internal/redaction/vocabulary.ts"

/** Whether a value is or contains a redaction mark. */
export const isHidden = (value: string): boolean => Mark.pattern.test(value)

export { bytesOf } from "./internal/redaction/mark.ts"
export type { Trait } from "./internal/redaction/mark.ts"
export type { Redactor } from "./internal/redaction/redactor.ts"

/**
 * Whether a value has a trait, even if parts of the value are hidden. The traits describe whether the value contains
 * whitespace or percent-encoding, is a JWT, or is a placeholder from an example.
 */
export const has = (value: string, trait: "blanks" | "jwt" | "literal" | "percent"): boolean => {
  const marks = Mark.all(value)
  let at = 0
  for (const { end, index, traits } of marks) {
    if (traits.includes(trait) || Mark.traits[trait].test(value.slice(at, index))) return true
    at = end
  }
  return Mark.traits[trait].test(value.slice(at))
}

/** Whether a value begins with another value; `undefined` if a mark hides the characters to compare. */
export const startsWith = (value: string, beginning: string): boolean | undefined => {
  const wholes = Mark.all(value)
  const parts = Mark.all(beginning)
  let at = 0
  let from = 0
  for (let index = 0; ; index++) {
    const whole = wholes[index]
    const part = parts[index]
    const seen = beginning.slice(from, part?.index)
    const upTo = Math.min(seen.length, (whole?.index ?? value.length) - at)
    if (value.slice(at, at + upTo) !== seen.slice(0, upTo)) return false
    // The value, or the start of its secret, is shorter than the visible prefix.
    if (upTo < seen.length) return whole === undefined ? false : undefined
    if (part === undefined) return true
    if (whole === undefined) return value.length === at + upTo ? false : undefined
    if (whole.index - at !== part.index - from) return undefined
    if (whole.number !== part.number)
      return part.traits.includes("start") || part.bytes > whole.bytes ? false : undefined
    if (part.traits.includes("start")) return true
    at = whole.end
    from = part.end
  }
}

export { unmarked } from "./internal/redaction/lookalikes.ts"

/** Returns a value in readable form: `ASIA…(redacted, 20 bytes)`. */
export const shown = (value: string): string => {
  let text = ""
  let at = 0
  for (const { bytes, end, index } of Mark.all(value)) {
    text += `${value.slice(at, index)}${index > 0 ? "…" : ""}(redacted, ${bytes} ${bytes === 1 ? "byte" : "bytes"})`
    at = end
  }
  return text + value.slice(at)
}

/**
 * Builds a function that redacts exchanges according to the given vocabularies.
 *
 * **Details**
 *
 * Masks every header, parameter, form field, JSON field, element and attribute that no vocabulary lists. Also masks the user
 * info and fragment of URLs, request bodies that are neither a document nor a form, and comments and scripts. Only the first
 * 2,000 characters of a response in an unknown format are kept. Each secret that is found is also masked everywhere else in
 * the exchange, whether it occurs verbatim or encoded. Secrets with fewer than 8 characters, and ordinary words in fields
 * whose names do not indicate a secret, are masked only in their original place. Any text that looks like a key or a token is
 * also masked. If two vocabularies mask the same name, the first one applies. Redaction is idempotent.
 *
 * **Gotchas**
 *
 * The host and all names, such as those of headers and fields, remain visible. A media type, a region, a date, or a value
 * that is also the name of a header or field of the exchange is hidden only in places that no vocabulary lists. Such values
 * are not searched for elsewhere, because masking them everywhere would make the exchange unreadable.
 */
export const make = (vocabularies: ReadonlyArray<Vocabulary>): ((exchange: Exchange) => Exchange) => {
  const visible = (place: Exclude<keyof Vocabulary, "masks">): ReadonlySet<string> =>
    new Set(vocabularies.flatMap((vocabulary) => [...(vocabulary[place] ?? [])]))
  const names: Names = {
    headers: visible("headers"),
    query: visible("query"),
    fields: visible("fields"),
    members: visible("members"),
    answers: new Set([...visible("members"), ...visible("answers")]),
    elements: visible("elements"),
    masks: new Map(vocabularies.toReversed().flatMap(({ masks = {} }) => Object.entries(masks))),
  }
  const { masks, ...places } = names
  const known = new Set(Object.values(places).flatMap((place) => [...place]))
  return (exchange) => {
    const own = new Set(Places.namesIn(exchange))
    const secrets = Secrets.make(exchange, (word) => known.has(word) || own.has(word) || masks.has(word))
    // The first pass finds the secrets by their places. Later passes remove them from all other places, together with texts
    // that look like secrets, which may in turn occur elsewhere.
    walk(exchange, names, secrets)
    secrets.settle()
    let clean = walk(exchange, names, secrets)
    for (let walks = 2; secrets.settle() && walks < 5; walks++) clean = walk(exchange, names, secrets)
    return clean
  }
}

/**
 * Builds a redactor that removes known secrets from external text: `Redaction.redactor([token]).text(message)`.
 *
 * **When to use**
 *
 * If the client knows which secrets it sent, use this redactor for an error message that quotes the server's response. For a
 * complete exchange, whose secrets are identified by their fields, use `make`.
 *
 * **Details**
 *
 * Finds secrets that occur verbatim, in any letter case, percent-encoded, with JSON escapes or HTML entities, or with several
 * of these encodings applied in turn. The redactor also finds secrets in base64 (either alphabet, at any offset) and in
 * hexadecimal. Because text is often truncated, the redactor also finds pieces of at least 12 octets, except pieces of
 * secrets that consist of words. A secret of 4 to 7 octets is found only if it is a whole word, and a shorter secret is not
 * found at all. The running time depends on the length of the text, not on the number of secrets.
 *
 * **Gotchas**
 *
 * Redact text before truncating it, because the redactor does not find pieces with fewer than 12 octets.
 */
export const redactor = (secrets: Iterable<string>): Known.Redactor => Known.make(secrets)

/**
 * Returns the secrets of a request, so that a `redactor` can remove them from the response: credentials in headers, the user
 * info of the URL, and the values of parameters, form fields and JSON fields with names such as `token`, `password` or
 * `signature`.
 */
export { secretsOf } from "./internal/redaction/places.ts"
