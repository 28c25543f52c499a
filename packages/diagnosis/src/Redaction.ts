/**
 * Takes the secrets out of an exchange and leaves everything a diagnosis needs to know about them.
 *
 * A value that is not known to be harmless is replaced by a mark, `[hidden-3:812]`: the third secret of this exchange, 812
 * bytes. Equal secrets have equal numbers, so that rules can still compare them; nothing leads back to the secret. What is
 * shown, printed or saved is only ever a redacted exchange, and so are the facts that rules see: they cannot leak what they
 * never had.
 */
import { type Exchange, type FormPart, isFile, type Request, type Response, timeOf } from "./Exchange.ts"
import * as Mark from "./internal/redaction/mark.ts"
import * as Places from "./internal/redaction/places.ts"
import * as Body from "./internal/redaction/body.ts"
import * as Text from "./internal/redaction/text.ts"
import * as Known from "./internal/redaction/redactor.ts"
import * as Secrets from "./internal/redaction/secrets.ts"

/** Makes the mark of a secret. */
export interface Hide {
  (secret: string): string
  /** The mark for the value of a name. A value made of words is searched for in other places only if the name marks a secret. */
  readonly named: (name: string, value: string) => string
  /** The mark of a beginning, as a condition names it: it says whose beginning it is, if it is that of `whole`. */
  readonly beginning: (beginning: string, whole: string | undefined) => string
  /** The mark of a text that says again what stands elsewhere, or that names nothing: it is not looked for in other places. */
  readonly once: (text: string) => string
  /** What is shown of a value whose name is no secret, here as in its own place. */
  readonly visible: (name: string, value: string) => string
}

/** Hides the secret parts of a value that is worth seeing in part. */
export type Mask = (value: string, hide: Hide, exchange: Exchange) => string

/**
 * What a system's exchanges may show, by place; names are in lower case. Everything else is hidden.
 */
export interface Vocabulary {
  /** Headers of requests and responses. */
  readonly headers?: ReadonlySet<string>
  /** Parameters of a URL's query. */
  readonly query?: ReadonlySet<string>
  /** Fields of forms, multipart and encoded, in requests. */
  readonly fields?: ReadonlySet<string>
  /** Members of JSON objects, at any depth. */
  readonly members?: ReadonlySet<string>
  /** Members that are harmless where a server says them, and may be secrets where a client does: a `code`. */
  readonly answers?: ReadonlySet<string>
  /** Elements of XML documents. */
  readonly elements?: ReadonlySet<string>
  /** Values that may be seen in part, by the name they have anywhere. */
  readonly masks?: Readonly<Record<string, Mask>>
}

/** Whether a value is a mark, or has one in it. */
export const isHidden = (value: string): boolean => Mark.pattern.test(value)

/** The length of what a value stood for, in bytes. */
export const bytesOf = (value: string): number => {
  const marks = Mark.all(value)
  const seen = marks.reduce((sum, { bytes, end, index }) => sum + bytes - (end - index), 0)
  return Mark.lengthOf(value) + seen
}

/** Something that can be told of a secret without telling it. */
export type Trait = Mark.Trait

/** Whether a value, hidden in part or not, has a trait: blanks in it, or percent-encoding. */
export const has = (value: string, trait: "blanks" | "percent"): boolean => {
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

/**
 * A request whose marks are nobody's: in one that was never redacted, what looks like a mark is somebody's text.
 *
 * **Details**
 *
 * The bracket before it becomes a parenthesis, of which the length is the same; in addresses and in a policy's base64 too.
 */
export const unmarked = (request: Request): Request => {
  const { body, form, headers, url } = request
  if (![body, url, ...Object.values(headers ?? {})].some(hasLookalike) && form?.some(isLookalike) !== true) {
    return request
  }
  return {
    ...request,
    ...(url === undefined ? {} : { url: plain(url) }),
    ...(body === undefined ? {} : { body: plain(body) }),
    ...(headers === undefined
      ? {}
      : { headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, plain(value)])) }),
    ...(form === undefined
      ? {}
      : {
          form: form.map((part) =>
            isFile(part) ? part : { ...part, name: plain(part.name), value: plain(part.value) },
          ),
        }),
  }
}

const hasLookalike = (text: string | undefined): boolean =>
  text !== undefined && (/(?:\[|%5B)hidden-/i.test(text) || Secrets.base64Marks.test(text))

const isLookalike = (part: FormPart): boolean => hasLookalike(part.name) || (!isFile(part) && hasLookalike(part.value))

const plain = (text: string): string => {
  const seen = text.replaceAll("[hidden-", "(hidden-").replaceAll(/%5B(?=hidden-)/gi, "%28")
  if (!Secrets.base64Marks.test(seen)) return seen
  try {
    return btoa(atob(seen).replaceAll("[hidden-", "(hidden-"))
  } catch {
    return seen
  }
}

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
 * or a date is hidden where its place is unknown, and not looked for elsewhere: nobody could read the rest otherwise.
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

/** Removes known secrets from external text. */
export type Redactor = Known.Redactor

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
export const redactor = (secrets: Iterable<string>): Redactor => Known.make(secrets)

/**
 * The secrets of a request, for a `redactor` of its response: credentials in headers, the user info of the URL, and the values of
 * names such as `token`, `password` or `signature` in parameters, fields and members.
 */
export { secretsOf } from "./internal/redaction/places.ts"

interface Names extends Required<Omit<Vocabulary, "masks">> {
  readonly masks: ReadonlyMap<string, Mask>
}

const walk = (exchange: Exchange, names: Names, secrets: Secrets.Secrets): Exchange => {
  const { attempt, failure, request, response } = exchange
  const text: Text.Text = Text.make(secrets, (name, v) => value(name, v, names.query))
  const named = (name: string, secret: string): string => secrets.hide(secret, Places.isTelling(name))
  const hide: Hide = Object.assign((secret: string) => secrets.hide(secret, true), {
    named,
    beginning: secrets.beginning,
    once: secrets.mark,
    visible: text.visible,
  })
  const value = (name: string, raw: string, visible: ReadonlySet<string>): string => {
    const key = name.toLowerCase()
    const mask = names.masks.get(key)
    if (mask === undefined && visible.has(key)) return text.visible(key, raw)
    if (mask === undefined) {
      for (const [inner, one] of Places.membersOf(raw)) named(inner, one)
      return named(key, raw)
    }
    const masked = mask(raw, hide, exchange)
    if (masked !== raw) secrets.alias(raw, masked)
    return secrets.without(masked)
  }
  const headers = (
    all: Readonly<Record<string, string>>,
    isIncidental: (name: string) => boolean,
  ): Readonly<Record<string, string>> =>
    Object.fromEntries(
      Object.entries(all).map(([name, raw]) => {
        for (const inner of Places.credentialsIn(name, raw)) secrets.hide(inner, true)
        if (isIncidental(name)) return [name, secrets.mark(raw)]
        return [name, addresses.test(name) ? text.url(raw) : value(name, raw, names.headers)]
      }),
    )
  const body = (
    raw: string,
    of: Request | Response,
    members: ReadonlySet<string>,
    other: (text: string) => string,
  ): string =>
    Body.redact(raw, contentType(of), {
      field: (name, v) => value(name, v, names.fields),
      member: (name, v) => value(name, v, members),
      element: (name, v) => value(name, v, names.elements),
      other,
      text,
      hide,
    })
  /** A text, and its words that a server may quote alone. */
  const whole = (raw: string): string => {
    const hidden = named("", raw)
    for (const word of raw.split(/\s+/, mostWords)) if (word.length >= 8 && /\d/.test(word)) named("", word)
    return hidden
  }
  const part = (one: FormPart): FormPart =>
    isFile(one)
      ? {
          name: one.name,
          ...(one.filename === undefined ? {} : { filename: secrets.without(one.filename) }),
          ...(one.size === undefined ? {} : { size: one.size }),
          ...(one.type === undefined ? {} : { type: text.visible("content-type", one.type) }),
        }
      : {
          name: one.name,
          value: value(one.name, one.value, names.fields),
          bytes: one.bytes ?? bytesOf(one.value),
        }
  // A server's own ids stand in several headers, one of which may be shown: hidden here, they are not hidden there.
  const isIncidental = (name: string): boolean => {
    const key = name.toLowerCase()
    return !names.headers.has(key) && !names.masks.has(key) && !addresses.test(key) && !Places.isTelling(key)
  }
  // Member by member: what a program has put beside them is not known to be harmless.
  const cleanRequest = (held: Request): Request => ({
    ...(held.method === undefined ? {} : { method: text.visible("method", held.method) }),
    ...(held.url === undefined ? {} : { url: text.url(held.url) }),
    ...(held.headers === undefined ? {} : { headers: headers(held.headers, () => false) }),
    ...(held.form === undefined ? {} : { form: held.form.map(part) }),
    ...(held.body === undefined
      ? held.size === undefined
        ? {}
        : { size: held.size }
      : { body: body(held.body, held, names.members, whole), size: held.size ?? bytesOf(held.body) }),
    ...(held.sent === undefined ? {} : { sent: held.sent }),
  })
  const cleanResponse = (answer: Response): Response => ({
    status: answer.status,
    ...(answer.headers === undefined ? {} : { headers: headers(answer.headers, isIncidental) }),
    ...(answer.body === undefined
      ? {}
      : { body: body(answer.body, answer, names.answers, (one) => Body.quoted(text.free(one))) }),
  })
  const at = typeof exchange.at === "string" && !/^[\w :,.+-]{1,40}$/.test(exchange.at) ? timeOf(exchange) : exchange.at
  return {
    ...(request === undefined ? {} : { request: cleanRequest(request) }),
    ...(response === undefined ? {} : { response: cleanResponse(response) }),
    ...(failure === undefined ? {} : { failure: text.free(failure) }),
    ...(at === undefined ? {} : { at }),
    ...(attempt === undefined ? {} : { attempt }),
  }
}

/** The most words of a text that are searched for alone. */
const mostWords = 100

/** Headers whose values are addresses. */
const addresses = /^(?:content-location|location|origin|referer)$/i

const contentType = ({ headers = {} }: Request | Response): string =>
  Object.entries(headers).find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? ""
