/**
 * Walks through an exchange once, finds secrets by the names of the fields that contain them, and removes known secrets from
 * all places.
 */
import { type Exchange, type FormPart, isFile, type Request, type Response, timeOf } from "../../Exchange.ts"
import * as Body from "./body.ts"
import * as Mark from "./mark.ts"
import * as Places from "./places.ts"
import type * as Secrets from "./secrets.ts"
import * as Text from "./text.ts"
import type { Hide, Mask, Vocabulary } from "./vocabulary.ts"

/** The names from all vocabularies, grouped by place. */
export interface Names extends Required<Omit<Vocabulary, "masks">> {
  readonly masks: ReadonlyMap<string, Mask>
}

/** Redacts an exchange in one pass, based on the listed names and the secrets that are known so far. */
export const walk = (exchange: Exchange, names: Names, secrets: Secrets.Secrets): Exchange => {
  const { attempt, failure, isExcerpt, request, response } = exchange
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
    saying?: ReadonlySet<string>,
  ): string =>
    Body.redact(raw, contentType(of), {
      field: (name, v) => value(name, v, names.fields),
      member: (name, v) => value(name, v, members),
      element: (name, v) => value(name, v, names.elements),
      other,
      text,
      hide,
      ...(saying === undefined ? {} : { saying }),
    })
  /** Redacts text and also registers words from it, because a server may quote a single word. */
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
          bytes: one.bytes ?? Mark.bytesOf(one.value),
        }
  // A server repeats its own IDs in several headers, of which one may be shown: the value of a hidden header is not hidden
  // there.
  const isIncidental = (name: string): boolean => {
    const key = name.toLowerCase()
    return !names.headers.has(key) && !names.masks.has(key) && !addresses.test(key) && !Places.isTelling(key)
  }
  // Redacted member by member: extra members that a program has added are not known to be harmless.
  const cleanRequest = (held: Request): Request => ({
    ...(held.operation === undefined || !/^[A-Z][A-Za-z0-9]{2,60}$/.test(held.operation)
      ? {}
      : { operation: held.operation }),
    ...(held.method === undefined ? {} : { method: text.visible("method", held.method) }),
    ...(held.url === undefined ? {} : { url: text.url(held.url) }),
    ...(held.headers === undefined ? {} : { headers: headers(held.headers, () => false) }),
    ...(held.form === undefined ? {} : { form: held.form.map(part) }),
    ...(held.body === undefined
      ? held.size === undefined
        ? {}
        : { size: held.size }
      : { body: body(held.body, held, names.members, whole), size: held.size ?? Mark.bytesOf(held.body) }),
    ...(held.sent === undefined ? {} : { sent: held.sent }),
  })
  const cleanResponse = (answer: Response): Response => ({
    status: answer.status,
    ...(answer.isStatusAssumed === true ? { isStatusAssumed: true } : {}),
    ...(answer.reason === undefined ? {} : { reason: text.free(answer.reason) }),
    ...(answer.headers === undefined ? {} : { headers: headers(answer.headers, isIncidental) }),
    ...(answer.body === undefined
      ? {}
      : { body: body(answer.body, answer, names.answers, (one) => Body.quoted(text.free(one)), saying) }),
  })
  const at = typeof exchange.at === "string" && !/^[\w :,.+-]{1,40}$/.test(exchange.at) ? timeOf(exchange) : exchange.at
  return {
    ...(request === undefined ? {} : { request: cleanRequest(request) }),
    ...(response === undefined ? {} : { response: cleanResponse(response) }),
    ...(failure === undefined ? {} : { failure: text.free(failure) }),
    ...(at === undefined ? {} : { at }),
    ...(attempt === undefined ? {} : { attempt }),
    ...(isExcerpt === true ? { isExcerpt } : {}),
  }
}

/** The maximum number of words from one string that are searched for individually. */
const mostWords = 100

/** Names of response fields whose objects contain messages about request fields. */
const saying: ReadonlySet<string> = new Set([
  "errors",
  "error",
  "detail",
  "details",
  "fielderrors",
  "field_errors",
  "validation_errors",
])

/** Matches headers whose values are URLs. */
const addresses = /^(?:content-location|location|origin|referer)$/i

const contentType = ({ headers = {} }: Request | Response): string =>
  Object.entries(headers).find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? ""
