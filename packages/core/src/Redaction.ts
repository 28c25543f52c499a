/**
 * Takes the secrets out of an exchange and leaves everything a diagnosis needs to know about them.
 *
 * A value that is not known to be harmless is replaced by a mark, `[hidden-3:812]`: the third secret of this exchange, 812
 * bytes. Equal secrets have equal numbers, so that rules can still compare them; nothing leads back to the secret. What is
 * shown, printed or saved is only ever a redacted exchange, and so are the facts that rules see: they cannot leak what they
 * never had.
 */
import { type Exchange, type FormPart, isFile, type Request, type Response } from "./Exchange.ts"

/** Makes the mark of a secret. */
export interface Hide {
  (secret: string): string
  /** The mark of a beginning, as a condition names it: it says whose beginning it is, if it is that of `whole`. */
  readonly beginning: (beginning: string, whole: string | undefined) => string
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
  /** Elements of XML documents. */
  readonly elements?: ReadonlySet<string>
  /** Values that may be seen in part, by the name they have anywhere. */
  readonly masks?: Readonly<Record<string, Mask>>
}

const mark = /\[hidden-(\d+):(\d+)((?::[a-z]+)*)\]/

/** Whether a value is a mark, or has one in it. */
export const isHidden = (value: string): boolean => mark.test(value)

/** The length of what a value stood for, in bytes. */
export const bytesOf = (value: string): number => {
  let bytes = 0
  let rest = value
  for (let found = mark.exec(rest); found !== null; found = mark.exec(rest)) {
    bytes += utf8.encode(rest.slice(0, found.index)).length + Number(found[2])
    rest = rest.slice(found.index + found[0].length)
  }
  return bytes + utf8.encode(rest).length
}

/** Something that can be told of a secret without telling it. */
export type Trait = "blanks" | "percent" | "start"

/** Whether a value, hidden or not, has a trait: blanks in it, or percent-encoding. */
export const has = (value: string, trait: "blanks" | "percent"): boolean => {
  const found = mark.exec(value)
  return found === null ? traits[trait].test(value) : (found[3] ?? "").split(":").includes(trait)
}

/** Whether a value begins with another; `undefined` where a mark hides the answer. */
export const startsWith = (value: string, beginning: string): boolean | undefined => {
  const part = mark.exec(beginning)
  const whole = mark.exec(value)
  if (part === null)
    return whole === null || beginning === "" || whole.index >= beginning.length
      ? value.startsWith(beginning)
      : undefined
  if (whole === null) return undefined
  return whole[1] === part[1] && value.slice(0, whole.index) === beginning.slice(0, part.index)
}

/** A value as people read it: `ASIA…(redacted, 20 bytes)`. */
export const shown = (value: string): string =>
  value.replaceAll(
    new RegExp(mark, "g"),
    (_, _number, bytes: string, _traits, at: number) =>
      `${at > 0 ? "…" : ""}(redacted, ${bytes} ${bytes === "1" ? "byte" : "bytes"})`,
  )

/**
 * Makes the redaction for exchanges of the systems whose vocabularies are given.
 *
 * **Details**
 *
 * Hidden are: headers, parameters, fields, members and elements that no vocabulary names; the user info of URLs; bodies of
 * no known form but for their first 2,000 characters; and, wherever else they stand in the exchange, the secrets that were
 * found so and words that look like keys or tokens. Redacting a second time changes nothing.
 */
export const make = (vocabularies: ReadonlyArray<Vocabulary>): ((exchange: Exchange) => Exchange) => {
  const visible = (place: Exclude<keyof Vocabulary, "masks">): ReadonlySet<string> =>
    new Set(vocabularies.flatMap((vocabulary) => [...(vocabulary[place] ?? [])]))
  const names: Names = {
    headers: visible("headers"),
    query: visible("query"),
    fields: visible("fields"),
    members: visible("members"),
    elements: visible("elements"),
    masks: new Map(vocabularies.flatMap(({ masks = {} }) => Object.entries(masks))),
  }
  return (exchange) => {
    const secrets = secretsOf(exchange)
    // The first walk finds the secrets, the second takes them out of the places that were read before they were known.
    walk(exchange, names, secrets)
    return walk(exchange, names, secrets)
  }
}

interface Names extends Required<Omit<Vocabulary, "masks">> {
  readonly masks: ReadonlyMap<string, Mask>
}

interface Secrets {
  readonly hide: Hide
  readonly scrub: (text: string) => string
}

const utf8 = new TextEncoder()

const traits = { blanks: /[ \t\r\n]/, percent: /%[0-9a-f]{2}/i } as const

/** Shorter secrets are not looked for in other places: they would be found in innocent words. */
const shortest = 8

/** Words in free text that look like a credential: key ids, bearer tokens, and long runs as keys, tokens and hashes have. */
const suspicious = /\b(?:A(?:KIA|SIA|ROA|IDA)[A-Z0-9]{12,}|(?<=Bearer\s|Basic\s)\S{4,}|(?=[\w+/=-]*\d)[\w+/=-]{40,})/g

const secretsOf = (exchange: Exchange): Secrets => {
  const numbers = new Map<string, number>()
  // An exchange that was redacted before keeps its marks; new ones are counted on from them.
  let last = Math.max(0, ...Array.from(JSON.stringify(exchange).matchAll(new RegExp(mark, "g")), ([, n]) => Number(n)))
  const numberOf = (secret: string): number => {
    const known = numbers.get(secret)
    if (known !== undefined) return known
    last += 1
    numbers.set(secret, last)
    return last
  }
  const write = (number: number, text: string, more: ReadonlyArray<Trait> = []): string => {
    const has = (["blanks", "percent"] as const).filter((trait) => traits[trait].test(text))
    return `[${["hidden-" + String(number), utf8.encode(text).length, ...has, ...more].join(":")}]`
  }
  const hide = (secret: string): string =>
    secret === "" || isHidden(secret) ? secret : write(numberOf(secret), secret)
  return {
    hide: Object.assign(hide, {
      beginning: (beginning: string, whole: string | undefined): string =>
        beginning === "" || isHidden(beginning)
          ? beginning
          : whole?.startsWith(beginning)
            ? write(numberOf(whole), beginning, ["start"])
            : write(numberOf(beginning), beginning, ["start"]),
    }),
    scrub: (text) => {
      let clean = text
      for (const secret of [...numbers.keys()].toSorted((a, b) => b.length - a.length)) {
        if (secret.length < shortest) continue
        for (const form of new Set([secret, percent(secret)])) clean = clean.replaceAll(form, () => hide(secret))
      }
      return clean.replaceAll(suspicious, (word) => (isHidden(word) ? word : hide(word)))
    },
  }
}

const percent = (text: string): string => encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, "\ufffd"))

const walk = (exchange: Exchange, names: Names, secrets: Secrets): Exchange => {
  const { failure, request, response } = exchange
  const value = (name: string, text: string, visible: ReadonlySet<string>): string => {
    const key = name.toLowerCase()
    const mask = names.masks.get(key)
    if (mask !== undefined) return mask(text, secrets.hide, exchange)
    return visible.has(key) ? secrets.scrub(text) : secrets.hide(text)
  }
  const url = (text: string): string => redactUrl(text, (name, v) => value(name, v, names.query), secrets)
  const headers = (all: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(all).map(([name, text]) => [
        name,
        /^(?:location|referer|origin)$/i.test(name) ? url(text) : value(name, text, names.headers),
      ]),
    )
  const body = (text: string): string =>
    redactBody(text, {
      field: (name, v) => value(name, v, names.fields),
      member: (name, v) => value(name, v, names.members),
      element: (name, v) => value(name, v, names.elements),
      secrets,
    })
  const part = (one: FormPart): FormPart =>
    isFile(one)
      ? one
      : { ...one, value: value(one.name, one.value, names.fields), bytes: one.bytes ?? bytesOf(one.value) }

  const cleanRequest = (held: Request): Request => ({
    ...held,
    ...(held.url === undefined ? {} : { url: url(held.url) }),
    ...(held.headers === undefined ? {} : { headers: headers(held.headers) }),
    ...(held.form === undefined ? {} : { form: held.form.map(part) }),
    ...(held.body === undefined ? {} : { body: body(held.body), size: held.size ?? bytesOf(held.body) }),
  })
  const cleanResponse = (answer: Response): Response => ({
    ...answer,
    ...(answer.headers === undefined ? {} : { headers: headers(answer.headers) }),
    ...(answer.body === undefined ? {} : { body: body(answer.body) }),
  })
  return {
    ...exchange,
    ...(request === undefined ? {} : { request: cleanRequest(request) }),
    ...(response === undefined ? {} : { response: cleanResponse(response) }),
    ...(failure === undefined ? {} : { failure: secrets.scrub(failure) }),
  }
}

type Redact = (name: string, value: string) => string

/** The query is rewritten piece by piece and the rest left as it was: how a URL is encoded is evidence. */
const redactUrl = (text: string, parameter: Redact, secrets: Secrets): string => {
  const [, base = text, query, fragment] = /^([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(text) ?? []
  const clean = base.replace(/^([a-z][a-z+.-]*:\/\/)[^/@]*@/i, (_, scheme: string) => `${scheme}[hidden-0:0]@`)
  return (
    secrets.scrub(clean) +
    (query === undefined
      ? ""
      : `?${query
          .split("&")
          .map((pair) => redactPair(pair, parameter))
          .join("&")}`) +
    (fragment === undefined ? "" : `#${secrets.hide(fragment)}`)
  )
}

const redactPair = (pair: string, redact: Redact): string => {
  const equals = pair.indexOf("=")
  if (equals === -1) return pair
  const name = pair.slice(0, equals)
  const raw = pair.slice(equals + 1)
  const value = decoded(raw)
  const clean = redact(decoded(name), value)
  return `${name}=${clean === value ? raw : clean.includes("/") ? encodeMarked(clean) : clean}`
}

/** Percent-encoded around its marks, so that a mask that shows a part of a parameter stays one parameter. */
const encodeMarked = (text: string): string =>
  encodeURIComponent(text).replaceAll("%5B", "[").replaceAll("%5D", "]").replaceAll("%3A", ":")

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll("+", " "))
  } catch {
    return text
  }
}

/** How much of a page of no known form is kept, in characters: enough to recognise the box that wrote it. */
const quoted = 2000

const redactBody = (
  text: string,
  on: { readonly field: Redact; readonly member: Redact; readonly element: Redact; readonly secrets: Secrets },
): string => {
  const start = text.trimStart()
  if (start.startsWith("{") || start.startsWith("[")) {
    try {
      return JSON.stringify(redactJson(JSON.parse(start), "", on.member))
    } catch {
      return on.secrets.scrub(text.slice(0, quoted))
    }
  }
  if (/^<(?!!doctype html|html|head|body)/i.test(start)) {
    return text.replaceAll(
      /<([\w:.-]+)([^<>]*)>([^<]+)(?=<)/g,
      (all, name: string, attributes: string, value: string) =>
        value.trim() === "" ? all : `<${name}${attributes}>${on.element(name.replace(/^.*:/, ""), value)}`,
    )
  }
  if (/^[\w.~%+-]+=[^\s<>]*$/.test(start))
    return start
      .split("&")
      .map((pair) => redactPair(pair, on.field))
      .join("&")
  return on.secrets.scrub(text.slice(0, quoted))
}

const redactJson = (json: unknown, name: string, member: Redact): unknown => {
  if (Array.isArray(json)) return json.map((item) => redactJson(item, name, member))
  if (typeof json === "object" && json !== null) {
    return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, redactJson(value, key, member)]))
  }
  if (typeof json === "string") return member(name, json)
  // A number that is a secret (a PIN) is hidden like a word; a harmless one stays a number.
  if (typeof json === "number") {
    const text = String(json)
    const clean = member(name, text)
    return clean === text ? json : clean
  }
  return json
}
