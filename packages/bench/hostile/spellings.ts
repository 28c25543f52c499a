/**
 * The spellings in which a server can echo a secret. Written independently of the redactor, so that one tests the other.
 */

const each = (text: string, write: (code: number) => string): string =>
  [...Buffer.from(text)].map((octet) => write(octet)).join("")

const hex = (octet: number): string => octet.toString(16).padStart(2, "0")

/** A spelling with its name. */
export const spellings: Readonly<Record<string, (secret: string) => string>> = {
  plain: (secret) => secret,
  "JSON slashes": (secret) => secret.replaceAll("/", "\\/"),
  "JSON unicode": (secret) => each(secret, (octet) => `\\u00${hex(octet)}`),
  "JSON unicode, capitals": (secret) => each(secret, (octet) => `\\u00${hex(octet).toUpperCase()}`),
  percent: (secret) => each(secret, (octet) => `%${hex(octet).toUpperCase()}`),
  "percent, small letters": (secret) => each(secret, (octet) => `%${hex(octet)}`),
  "percent, reserved characters": (secret) => encodeURIComponent(secret),
  "percent twice": (secret) => encodeURIComponent(encodeURIComponent(secret)),
  base64: (secret) => Buffer.from(secret).toString("base64"),
  base64url: (secret) => Buffer.from(secret).toString("base64url"),
  "base64 behind Bearer": (secret) => Buffer.from(`Bearer ${secret}`).toString("base64"),
  "base64 behind a colon": (secret) => Buffer.from(`client:${secret}`).toString("base64"),
  hex: (secret) => Buffer.from(secret).toString("hex"),
  "hex, capitals": (secret) => Buffer.from(secret).toString("hex").toUpperCase(),
  "entities, decimal": (secret) => each(secret, (octet) => `&#${octet};`),
  "entities, hexadecimal": (secret) => each(secret, (octet) => `&#x${hex(octet)};`),
}

/** How a text shows a secret, or `undefined` if it does not. Base64 is searched for without its last characters. */
export const shownAs = (text: string, secret: string): string | undefined => {
  for (const [name, write] of Object.entries(spellings)) {
    const spelled = write(secret)
    if (text.includes(name.startsWith("base64") ? spelled.replace(/=+$/, "").slice(0, -2) : spelled)) return name
  }
  return undefined
}

/** The common prefix of all secrets in the suite, by which the server recognizes them. */
const mark = "hfs0"

/** A new secret with characters that the spellings change. */
export const secret = (name: string, n: number): string =>
  `${mark}${name}-A+b/c=D.e_F~${Buffer.from(`${n} ${name} ${n * 7919}`)
    .toString("hex")
    .slice(0, 24)}`

/** The secrets of the suite in a text, including percent-encoded ones. */
export const secretsIn = (text: string): ReadonlyArray<string> => {
  const decoded = text.replace(/%([0-9a-f]{2})/gi, (_, octet: string) =>
    String.fromCharCode(Number.parseInt(octet, 16)),
  )
  return [...new Set(`${text}\n${decoded}`.match(new RegExp(`${mark}[\\w+/=.~-]{30,}`, "g")) ?? [])]
}
