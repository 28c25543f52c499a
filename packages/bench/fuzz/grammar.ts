/**
 * Grammars that generate nearly valid texts.
 */
import type { Random } from "../shared/random.ts"

/** Generates a text. */
export type Grammar = (random: Random) => string

/** A text, or a generator of texts. */
type Part = string | Grammar

const write = (part: Part, random: Random): string => (typeof part === "string" ? part : part(random))

/** A sequence. */
export const seq =
  (...parts: ReadonlyArray<Part>): Grammar =>
  (random) =>
    parts.map((part) => write(part, random)).join("")

/** One of several. */
export const one =
  (...parts: ReadonlyArray<Part>): Grammar =>
  (random) =>
    write(random.pick(parts), random)

/** Optional. */
export const maybe = (part: Part): Grammar => one(part, "")

/** From zero to `most` repetitions. */
export const some =
  (part: Part, most = 5, between = ""): Grammar =>
  (random) =>
    Array.from({ length: random.below(most + 1) }, () => write(part, random)).join(between)

/** Digits. */
export const digits: Grammar = (random) => Array.from({ length: 1 + random.below(12) }, () => random.below(10)).join("")

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~+/="

/** A word without blanks. */
export const word: Grammar = (random) =>
  Array.from({ length: 1 + random.below(20) }, () => letters[random.below(letters.length)]).join("")

/** Words with a meaning for some reader. */
export const known: Grammar = one(
  "AccessDenied",
  "SlowDown",
  "InvalidAccessKeyId",
  "SignatureDoesNotMatch",
  "EntityTooLarge",
  "NoSuchUpload",
  "authorization_pending",
  "slow_down",
  "invalid_grant",
  "Not Authorized",
  "Invalid Argument",
  "application/json",
  "multipart/form-data; boundary=b",
  "Bearer eyJhbGciOiJub25lIn0.eyJleHAiOjE3fQ.c2ln",
  "AKIAIOSFODNN7EXAMPLE/20261121/us-east-1/s3/aws4_request",
  "https://b.s3.amazonaws.com/k?X-Amz-Signature=0123456789abcdef&X-Amz-Expires=900&X-Amz-Date=20261121T172358Z",
  "https://api.frame.io/v2/devices/assets",
  "[hidden-1:20]",
  "ECONNRESET",
)

/** A sentence, including unusual characters. */
export const sentence: Grammar = some(
  one(word, known, digits, "ä", "\u{1f600}", "\u202e", "\ud800", "\0", "\u001b[2J", "%41", "&amp;"),
  6,
  " ",
)

/** Any JSON value. */
export const value: Grammar = one(word, known, sentence, digits, "")

/** JSON of any shape, up to a depth. */
export const json =
  (depth = 3, name: Part = word): Grammar =>
  (random) => {
    const kind = random.below(depth === 0 ? 4 : 6)
    if (kind === 0) return JSON.stringify(value(random))
    if (kind === 1) return one("1", "-0", "1e9", "403", "1.5", "99999999999999999999")(random)
    if (kind === 2) return one("true", "false", "null")(random)
    if (kind === 3) return JSON.stringify(JSON.stringify({ a: value(random) }))
    const inner = json(depth - 1, name)
    if (kind === 4) return `[${some(inner, 4, ",")(random)}]`
    return `{${some((r) => `${JSON.stringify(write(name, r))}:${inner(r)}`, 4, ",")(random)}}`
  }

/** An object with some of the given members. */
export const members =
  (all: Readonly<Record<string, Part>>): Grammar =>
  (random) =>
    `{${Object.entries(all)
      .filter(() => random.below(4) > 0)
      .map(([name, part]) => `${JSON.stringify(name)}:${write(part, random)}`)
      .join(",")}}`

/** A JSON string. */
export const string =
  (part: Part): Grammar =>
  (random) =>
    JSON.stringify(write(part, random))

/** Names with a meaning in some place. */
export const names: Grammar = one(
  "status",
  "headers",
  "body",
  "request",
  "response",
  "url",
  "method",
  "form",
  "name",
  "value",
  "error",
  "message",
  "errors",
  "code",
  "title",
  "detail",
  "authorization",
  "access_token",
  "policy",
  "key",
  "x-amz-signature",
  "constructor",
  "__proto__",
  word,
)

/** A date in the formats of HTTP and others. */
export const date: Grammar = one(
  seq("Mon, ", digits, " Nov 2026 08:49:37 GMT"),
  "Sun, 06 Nov 1994 08:49:37 GMT",
  "Sunday, 06-Nov-94 08:49:37 GMT",
  "Sun Nov  6 08:49:37 1994",
  "2026-11-29T10:00:00Z",
  "20261121T172358Z",
  digits,
)

/** The head of a request or a response, with some headers. */
export const head: Grammar = seq(
  one("GET", "PUT", "POST", word),
  " ",
  one("/", "https://b.s3.amazonaws.com/k?X-Amz-Signature=0", word),
  one(" HTTP/1.1", "", " HTTP/2"),
  "\n",
  some(seq(one("Host", "Authorization", "content-type", "x-amz-meta-note", word), ": ", value, "\n"), 6),
)
