/**
 * Redacts addresses, and text that people write for people.
 */
import * as Mark from "./mark.ts"
import { type Secrets, shortest } from "./secrets.ts"
import { isRandom, percent } from "./spellings.ts"

/** Redacts the value of a name. */
export type Redact = (name: string, value: string) => string

/** What redacts text. */
export interface Text {
  /** An address: where it leads is shown, who asks and with which parameters is not. */
  readonly url: (text: string) => string
  /** One `name=value` of a query or an encoded form. */
  readonly pair: (pair: string, redact: Redact) => string
  /** A value that is shown by its place: it loses secrets that are known, a sentence also what looks like one. */
  readonly visible: (name: string, value: string) => string
  /** Text of no known form. */
  readonly free: (text: string) => string
}

/** Makes what redacts text; `parameter` redacts the parameters of addresses. */
export const make = (secrets: Secrets, parameter: Redact): Text => {
  const pair = (text: string, redact: Redact): string =>
    // Old servers divide pairs by other signs too; that of an entity which was left in an address is none.
    text
      .split(/((?<!^amp);(?=[\w.~%-]{1,60}=)|\r?\n)/)
      .map((part) => (part === "" || /^[;\r\n]/.test(part) ? part : onePair(part, redact)))
      .join("")

  const onePair = (text: string, redact: Redact): string => {
    const equals = text.indexOf("=")
    const name = text.slice(0, equals === -1 ? undefined : equals)
    const isSecret = isRandom(decoded(name))
    const shownName = isSecret ? secrets.hide(decoded(name)) : secrets.without(name)
    if (equals === -1 || (/^=+$/.test(text.slice(equals)) && (isSecret || text.endsWith("==")))) {
      // A bare word is the name of an operation, or a token; one of base64 may end with its own signs.
      const word = decoded(text)
      return redact(word, word) === word ? shownName : secrets.hide(word)
    }
    const raw = text.slice(equals + 1)
    const value = decoded(raw)
    const clean = redact(decoded(name), value)
    if (clean === value) return `${shownName}=${raw}`
    secrets.alias(raw, clean)
    return `${shownName}=${encodeMarked(clean)}`
  }

  const url = (text: string): string => {
    const [, base = "", query, fragment] = /^([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(text) ?? []
    const [, scheme = "", user, host = "", path = ""] =
      /^((?:[a-z][a-z0-9+.-]*:)?\/\/)(?:([^/]*)@)?([^/]*)(.*)$/is.exec(base) ?? [undefined, "", undefined, "", base]
    if (scheme === "" && isUserFirst(base)) return secrets.hide(text)
    const authority = scheme + (user === undefined ? "" : `${userInfo(user)}@`) + host
    const shownQuery = query
      ?.split("&")
      .map((one) => (one === "" ? one : pair(one, parameter)))
      .join("&")
    return (
      authority +
      pathOf(path) +
      (shownQuery === undefined ? "" : `?${shownQuery}`) +
      (fragment === undefined ? "" : `#${fragmentOf(fragment)}`)
    )
  }

  const userInfo = (user: string): string => {
    if (!Mark.isMark(user))
      for (const word of user.split(":")) if (word.length >= shortest) secrets.hide(decoded(word), true)
    return secrets.hide(user, true)
  }

  const pathOf = (path: string): string =>
    Mark.between(secrets.without(path), (gap) =>
      keyIds(gap)
        // Other programs take a query whose first sign was encoded for a part of the path.
        .replaceAll(
          /(%3F|%26|&)([\w.~-]{1,60})(=|%3D)((?:(?!%26)[^&/;])+)/gi,
          (_, sign: string, name: string, equals: string, value: string) =>
            `${sign}${name}${equals}${pair(`${name}=${value}`, parameter).slice(name.length + 1)}`,
        )
        .replaceAll(token, (word) => secrets.hide(word))
        .replaceAll(/;([\w.~-]{1,40})=([^;/]+)/g, (_, name: string, value: string) => `;${name}=${secrets.hide(value)}`)
        .replaceAll(/[\w-]{40,}/g, (segment) =>
          /\d/.test(segment) && /[a-z]/.test(segment) && /[A-Z]/.test(segment) ? secrets.mark(segment) : segment,
        ),
    )

  /** Some servers hand tokens back in the fragment, as pairs; or an error, whose parameters may be shown as those of a query. */
  const fragmentOf = (fragment: string): string => {
    if (/^error(?:_description)?=/.test(fragment)) {
      return fragment
        .split("&")
        .map((one) => pair(one, parameter))
        .join("&")
    }
    if (!Mark.isMark(fragment)) {
      for (const one of fragment.split("&")) secrets.hide(decoded(one.slice(one.indexOf("=") + 1)), true)
    }
    return secrets.hide(fragment)
  }

  /** A key id keeps the letters that tell its kind. */
  const keyIds = (text: string): string =>
    text.replaceAll(
      /\b(A(?:KIA|SIA|ROA|IDA))([A-Z0-9]{12,})/g,
      (_, kind: string, rest: string) => kind + secrets.hide(rest),
    )

  const stated = (text: string): string =>
    secrets.collecting() ? text : text.replaceAll(credential, (all, word: string) => withEnd(all, word, secrets))

  /** What looks like a secret, in the order in which it is looked for. */
  const suspects: ReadonlyArray<(gap: string) => string> = [
    keyIds,
    (gap) =>
      gap.replaceAll(scoped, (all, before: string, head: string) =>
        before === "/" || head.includes("/") ? `${before}${secrets.mark(head)}/` : all,
      ),
    (gap) => gap.replaceAll(token, (word) => secrets.hide(word)),
    (gap) =>
      gap.replaceAll(bearer, (all, word: string) => (/[A-Z\d=_+/.-]/.test(word) ? withEnd(all, word, secrets) : all)),
    stated,
    (gap) =>
      gap.replaceAll(/[\w+/=-]{40,}/g, (run) => (looksSecret(run) && !streaming.test(run) ? secrets.mark(run) : run)),
    (gap) => gap.replaceAll(/[A-Za-z\d+/]{20,}={0,2}/g, (run) => (isMixed(run) ? secrets.mark(run) : run)),
  ]

  const suspicious = (text: string): string => {
    // Known secrets are searched for first, so that the same secret has the same mark everywhere.
    if (secrets.collecting() || text.length < shortestSuspect) return text
    return Mark.between(text, (gap) =>
      gap.length < shortestSuspect ? gap : suspects.reduce((clean, step) => Mark.between(clean, step), gap),
    )
  }

  const free = (written: string): string => {
    const text = secrets.without(written)
    if (text.length < shortestPiece) return text
    let clean = ""
    let from = 0
    for (const found of text.matchAll(pieces)) {
      clean += suspicious(text.slice(from, found.index))
      const [piece, whole, parameters] = found
      if (whole !== undefined) clean += url(whole)
      else if (parameters !== undefined) clean += parameters.slice(0, 1) + pair(parameters.slice(1), parameter)
      else clean += piece
      from = found.index + piece.length
    }
    return clean + suspicious(text.slice(from))
  }

  const visible = (name: string, value: string): string => {
    if (sentences.test(name) || (name === "" && /\s/.test(value))) return free(value)
    if (address.test(value)) return url(value)
    return Mark.between(secrets.without(value), (gap) => stated(keyIds(gap)))
  }

  return { url, pair, visible, free }
}

/**
 * Names whose values are written for people, even where they are one word. What stands under another name that is shown is
 * what it is: a boundary or an id is long and has digits, and is no secret for that.
 */
const sentences = /(?:message|details?|description|title|reason|warning|hint|cause|errors?)$/i

/** A value that is an address, with a query or without. */
const address = /^(?:[a-z][a-z0-9+.-]{0,20}:\/\/|\/[^?#]*\?)/i

/** The shortest piece of a text that is redacted by its form, in characters: `?a=b`. */
const shortestPiece = 4

/** What a text is cut into: addresses, parameters without their address, marks. */
const pieces = new RegExp(
  `([a-z][a-z0-9+.-]{0,20}://[^\\s"'<>]+)|([?&][\\w.~%-]{1,60}=[^&\\s"'<>#]+)|${Mark.pattern.source}`,
  "gi",
)

/** Whether capitals, small letters and digits change as often as chance makes them, and no name or sentence does. */
const isMixed = (run: string): boolean => {
  const changes = run.match(/[A-Z](?=[a-z\d])|[a-z](?=[A-Z\d])|\d(?=[A-Za-z])/g)?.length ?? 0
  return changes > 0.35 * run.length && /[A-Z]/.test(run) && /[a-z]/.test(run)
}

/** An address that begins with a user and a password: its parts cannot be distinguished. */
const isUserFirst = (base: string): boolean => {
  const at = base.indexOf("@")
  const start = base.slice(0, Math.max(0, at))
  return start.includes(":") && !start.includes("/")
}

/** The shortest suspect, in characters: the name of a scheme or of a credential, and eight characters of its value. */
const shortestSuspect = 8

/** A JSON web token (RFC 7519): three parts of base64, of which the first begins with `{"`. */
const token = /(?<![\w-])eyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?/g

/**
 * What stands before the scope of a credential, `20261110/us-east-1/s3/aws4_request`. A key id has no slashes; a secret that was put in
 * its place, or behind it, can have some.
 */
const scoped =
  /(^\/|(?<![\w+=/-]))([\w+=-]{1,64}(?:\/[\w+=-]{1,64}){0,8})\/(?=\d{8}\/[a-z][\w-]{0,30}\/[\w-]{1,20}\/\w{2,8}_request)/g

/** What follows the name of a scheme. */
const bearer = /\b(?:Bearer|Basic)[ \t]+([^\s"',;<>]{8,})/gi

/** A value that the text names as a credential. The lookahead is bounded, so that a run of such words takes linear time. */
const credential =
  /(?:token|secret|passw(?:or)?d|signature|credential|cookie|session|api[_-]?key|authorization)[\w-]{0,20}["']?[ \t]{0,3}(?:=|:(?=[ \t]{0,3}["']?[^\s"']{0,200}\d))[ \t]{0,3}["']?([^\s"'<>&,;]{8,})/gi

const withEnd = (all: string, word: string, secrets: Secrets): string =>
  all.slice(0, all.length - word.length) + secrets.hide(word, true)

/** A word of S3 that is as long as a secret: `STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER`. */
const streaming = /^STREAMING-(?:[A-Z0-9]+-){1,8}[A-Z0-9]+$/

/** Long runs as keys, tokens and hashes have them; a long path is none unless one of its steps is. */
const looksSecret = (run: string): boolean =>
  /\d/.test(run) &&
  (!run.includes("/") ||
    /[+=]/.test(run) ||
    run.split("/").some((step) => step.length >= 16 && /\d/.test(step) && /[a-z]/.test(step) && /[A-Z]/.test(step)))

/** Percent-encoded around its marks, so that a value that is shown in part stays one parameter. */
const encodeMarked = (text: string): string => Mark.between(text, percent)

const decoded = (text: string): string => {
  if (!/[%+]/.test(text)) return text
  try {
    return decodeURIComponent(text.replaceAll("+", " "))
  } catch {
    return text
  }
}
