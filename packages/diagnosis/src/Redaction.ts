/**
 * Takes the secrets out of an exchange and leaves everything a diagnosis needs to know about them.
 *
 * A value that is not known to be harmless is replaced by a mark, `[hidden-3:812]`: the third secret of this exchange, 812
 * bytes. Equal secrets have equal numbers, so that rules can still compare them; nothing leads back to the secret. What is
 * shown, printed or saved is only ever a redacted exchange, and so are the facts that rules see: they cannot leak what they
 * never had.
 */
import type { Exchange } from "./Exchange.ts"
import * as Mark from "./internal/redaction/mark.ts"
import * as Places from "./internal/redaction/places.ts"
import * as Known from "./internal/redaction/redactor.ts"
import * as Secrets from "./internal/redaction/secrets.ts"
import type { Vocabulary } from "./internal/redaction/vocabulary.ts"
import { type Names, walk } from "./internal/redaction/walk.ts"

export type { Hide, Mask, Vocabulary } from "./internal/redaction/vocabulary.ts"

/** Whether a value is a mark, or has one in it. */
export const isHidden = (value: string): boolean => Mark.pattern.test(value)

export { bytesOf } from "./internal/redaction/mark.ts"
export type { Trait } from "./internal/redaction/mark.ts"
export type { Redactor } from "./internal/redaction/redactor.ts"

/** Whether a value, hidden in part or not, has a trait: blanks or percent-encoding in it, a JWT, or a word of an example. */
export const has = (value: string, trait: "blanks" | "jwt" | "literal" | "percent"): boolean => {
  const marks = Mark.all(value)
  let at = 0
  for (const { end, index, traits } of marks) {
    if (traits.includes(trait) || Mark.traits[trait].test(value.slice(at, index))) return true
    at = end
  }
  return Mark.traits[trait].test(value.slice(at))
}

/** Whether a value begins with another; `undefined` where a mark hides the answer. */
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

/** A value as people read it: `ASIA…(redacted, 20 bytes)`. */
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
 * Makes the redaction for exchanges of the systems whose vocabularies are given.
 *
 * **Details**
 *
 * Masks headers, parameters, fields, members, elements and attributes that no vocabulary names; the user info and fragment of
 * URLs; request bodies that are neither a document nor a form; comments and scripts. Of a response of unknown format the first
 * 2,000 characters are kept. The secrets that were found are masked everywhere else in the exchange too, verbatim or encoded, if
 * they have at least 8 characters and are not ordinary words under a name that does not mark a secret. So is every text that looks
 * like a key or token. If two vocabularies have a mask for a name, the first one counts. Redaction is idempotent.
 *
 * **Gotchas**
 *
 * Names are shown, and so is the host. A value that is the name of a header or field of the exchange, a media type, a region
 * or a date is hidden where its place is unknown, and not searched for elsewhere: the rest would become unreadable.
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
    // The first walk finds the secrets by their places. The next ones take them out of all other places, and with them
    // what looks like a secret, which may in turn stand elsewhere.
    walk(exchange, names, secrets)
    secrets.settle()
    let clean = walk(exchange, names, secrets)
    for (let walks = 2; secrets.settle() && walks < 5; walks++) clean = walk(exchange, names, secrets)
    return clean
  }
}

/**
 * Makes a redactor of known secrets for external text: `Redaction.redactor([token]).text(message)`.
 *
 * **When to use**
 *
 * Use it for an error that quotes a server, when the client knows the secrets that it sent. For a complete exchange, whose secrets
 * are known by their fields, use `make`.
 *
 * **Details**
 *
 * Finds secrets verbatim, in any letter case, percent-encoded, with JSON escapes or HTML entities, and in repeated combinations of
 * these; in base64 of either alphabet at any offset; and in hexadecimal. Of a secret that is not made of words, pieces from 12
 * octets are found too, because texts get truncated. A secret of 4 to 7 octets is found only as a whole word, a shorter one never.
 * The time grows with the text and not with the number of secrets.
 *
 * **Gotchas**
 *
 * Redact before truncating: a piece of fewer than 12 octets is not found.
 */
export const redactor = (secrets: Iterable<string>): Known.Redactor => Known.make(secrets)

/**
 * The secrets of a request, for a `redactor` of its response: credentials in headers, the user info of the URL, and the values of
 * names such as `token`, `password` or `signature` in parameters, fields and members.
 */
export { secretsOf } from "./internal/redaction/places.ts"
