/**
 * Redacts URLs and human-readable text.
 */
import * as Mark from "./mark.ts"
import { type Secrets, shortest } from "./secrets.ts"
import { isRandom, percent } from "./spellings.ts"

/** Redacts the value that belongs to a name. */
export type Redact = (name: string, value: string) => string

/** Functions that redact text. */
export interface Text {
  /** Redacts a URL. The destination of the URL remains visible, but user info and unknown parameters are hidden. */
  readonly url: (text: string) => string
  /** Redacts a `name=value` pair of a query or an encoded form. */
  readonly pair: (pair: string, redact: Redact) => string
  /**
   * Redacts a value in a listed place. The function removes known secrets; in sentences, it also removes text that looks like
   * a secret.
   */
  readonly visible: (name: string, value: string) => string
  /** Redacts text of unknown format. */
  readonly free: (text: string) => string
}

/** Old servers also separate pairs by these signs. In an entity that was left in a URL, a semicolon separates nothing. */
const otherSeparator = /(?<!^amp);(?=[\w.~%-]{1,60}=)|(?:\r?\n)+/g

/** Builds the functions that redact text. `parameter` redacts the parameters of URLs. */
export const make = (secrets: Secrets, parameter: Redact): Text => {
  const pair = (text: string, redact: Redact): string => {
    let shown = ""
    let from = 0
    for (const { 0: sign, index } of text.matchAll(otherSeparator)) {
      shown += (from === index ? "" : onePair(text.slice(from, index), redact)) + sign
      from = index + sign.length
    }
    return from === text.length ? shown : shown + onePair(text.slice(from), redact)
  }

  const onePair = (text: string, redact: Redact): string => {
    const equals = text.indexOf("=")
    const name = text.slice(0, equals === -1 ? undefined : equals)
    const isSecret = isRandom(decoded(name))
    const shownName = isSecret ? secrets.hide(decoded(name)) : secrets.without(name)
    if (equals === -1 || (text.endsWith("=") && /^=+$/.test(text.slice(equals)) && (isSecret || text.endsWith("==")))) {
      // A bare word is the name of an operation or a token; base64 may end with its own signs.
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
        // Other programs treat a query with an encoded question mark as part of the path.
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

  /**
   * Some servers return tokens as pairs in the fragment. Other servers return an error in the fragment, and the parameters of
   * that error may be shown as they are in a query.
   */
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

  /** Redacts key IDs but keeps the letters that identify the kind of key. */
  const keyIds = (text: string): string =>
    text.replaceAll(
      /\b(A(?:KIA|SIA|ROA|IDA))([A-Z0-9]{12,})/g,
      (_, kind: string, rest: string) => kind + secrets.hide(rest),
    )

  const stated = (text: string): string =>
    secrets.collecting() ? text : text.replaceAll(credential, (all, word: string) => withEnd(all, word, secrets))

  /** The functions that redact text that looks like a secret, in the order in which they are applied. */
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
 * Matches names whose values are human-readable, even if a value is a single word. Under any other listed name, a value such
 * as a boundary or an ID may be long and contain digits without being a secret.
 */
const sentences = /(?:message|details?|description|title|reason|warning|hint|cause|errors?)$/i

/** Matches a value that is an absolute URL or a path with a query. */
const address = /^(?:[a-z][a-z0-9+.-]{0,20}:\/\/|\/[^?#]*\?)/i

/** The length of the shortest text that can contain a parameter, in characters: `?a=b`. */
const shortestPiece = 4

/**
 * Matches the pieces of text that are handled separately. The pieces are URLs, parameters that appear without a URL, and
 * marks.
 */
const pieces = new RegExp(
  `([a-z][a-z0-9+.-]{0,20}://[^\\s"'<>]+)|([?&][\\w.~%-]{1,60}=[^&\\s"'<>#]+)|${Mark.pattern.source}`,
  "gi",
)

/**
 * Whether upper-case letters, lower-case letters and digits alternate as often as in random text. In names and sentences,
 * letters and digits alternate less often.
 */
const isMixed = (run: string): boolean => {
  const changes = run.match(/[A-Z](?=[a-z\d])|[a-z](?=[A-Z\d])|\d(?=[A-Za-z])/g)?.length ?? 0
  return changes > 0.35 * run.length && /[A-Z]/.test(run) && /[a-z]/.test(run)
}

/**
 * Whether a URL begins with a user name and a password. The parts of a URL in this form cannot be distinguished reliably.
 */
const isUserFirst = (base: string): boolean => {
  const at = base.indexOf("@")
  const start = base.slice(0, Math.max(0, at))
  return start.includes(":") && !start.includes("/")
}

/**
 * The minimum length, in characters, of text that is checked for values that look like secrets. The value that follows the
 * name of a scheme or a credential must have at least eight characters.
 */
const shortestSuspect = 8

/** Matches a JSON Web Token (RFC 7519), which consists of three base64 parts. The decoded first part begins with `{"`. */
const token = /(?<![\w-])eyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?/g

/**
 * Matches the text before the scope of a credential. An example of a scope is `20261110/us-east-1/s3/aws4_request`. A key ID
 * does not contain slashes, but a secret that replaces or follows a key ID can contain slashes.
 */
const scoped =
  /(^\/|(?<![\w+=/-]))([\w+=-]{1,64}(?:\/[\w+=-]{1,64}){0,8})\/(?=\d{8}\/[a-z][\w-]{0,30}\/[\w-]{1,20}\/\w{2,8}_request)/g

/** Matches the value that follows the name of an authentication scheme. */
const bearer = /\b(?:Bearer|Basic)[ \t]+([^\s"',;<>]{8,})/gi

/**
 * Matches a value that the surrounding text identifies as a credential. The length of the lookahead is limited, so that the
 * search takes linear time even if the text repeats these words.
 */
const credential =
  /(?:token|secret|passw(?:or)?d|signature|credential|cookie|session|api[_-]?key|authorization)[\w-]{0,20}["']?[ \t]{0,3}(?:=|:(?=[ \t]{0,3}["']?[^\s"']{0,200}\d))[ \t]{0,3}["']?([^\s"'<>&,;]{8,})/gi

const withEnd = (all: string, word: string, secrets: Secrets): string =>
  all.slice(0, all.length - word.length) + secrets.hide(word, true)

/** Matches an S3 keyword that is as long as a secret. An example is `STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER`. */
const streaming = /^STREAMING-(?:[A-Z0-9]+-){1,8}[A-Z0-9]+$/

/**
 * Whether a long run of characters looks like a key, a token or a hash. A long path looks like a secret only if one of its
 * segments looks like a secret.
 */
const looksSecret = (run: string): boolean =>
  /\d/.test(run) &&
  (!run.includes("/") ||
    /[+=]/.test(run) ||
    run.split("/").some((step) => step.length >= 16 && /\d/.test(step) && /[a-z]/.test(step) && /[A-Z]/.test(step)))

/** Percent-encodes a value but not its marks, so that a partly visible value remains a single parameter. */
const encodeMarked = (text: string): string => Mark.between(text, percent)

const decoded = (text: string): string => {
  if (!/[%+]/.test(text)) return text
  try {
    return decodeURIComponent(text.replaceAll("+", " "))
  } catch {
    return text
  }
}
