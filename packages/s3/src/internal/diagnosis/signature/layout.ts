/**
 * Splits a signed text into lines, even if its line endings were replaced with spaces, `\n`, or entities.
 *
 * Redaction and comparison both use this module, so they split a signed text into the same lines.
 */

/** The lines of a signed text; `undefined` for any other text. A truncated text has fewer lines. */
export const lines = (text: string): ReadonlyArray<string> | undefined => {
  const given = text.includes("\n") ? text : text.replaceAll(/\\{1,2}(?:r\\{1,2})?n|&#(?:10|xa);/gi, "\n")
  if (!given.includes("\n")) return fromBlanks(given.trim())
  const written = given.trimStart()
  const first = written.slice(0, (written + "\n").indexOf("\n")).trim()
  if (!algorithm.test(first) && !method.test(first) && !cosSigning.test(first)) return undefined
  return written.split("\n").map((line) => line.replace(/^[ \t]+/, "").replace(/\r$/, ""))
}

/** The first line of a version 4 string to sign. */
export const algorithm = /^(?:AWS4|GOOG4|OSS4)-[A-Z0-9-]{1,40}$/

/** The first line of a canonical request or of a version 2 string to sign, which is an HTTP method. */
export const method = /^[A-Z]{3,10}$/

/** The first line of Tencent COS's signed texts, which write methods in lowercase ("Request signature"). */
const cosSigning = /^(?:sha1|get|put|post|head|delete|options)$/

/** The header names in a list of signed headers. */
export const nameList = /^[A-Za-z0-9-]{1,100}(?:;[A-Za-z0-9-]{1,100})*$/

const fromBlanks = (text: string): ReadonlyArray<string> | undefined => {
  const end = text.indexOf(" ")
  if (end === -1) return undefined
  const first = text.slice(0, end)
  const rest = text.slice(end + 1)
  if (algorithm.test(first)) return [first, ...rest.split(" ").filter((word) => word !== "")]
  if (!method.test(first)) return undefined
  return rest.startsWith("/") ? [first, ...canonical(rest)] : [first, ...older(rest)]
}

/**
 * A canonical request: the path, the query, the headers, their names, and the digest of the body. Only header values contain
 * spaces.
 */
const canonical = (text: string): ReadonlyArray<string> => {
  const [path = "", ...words] = text.split(" ")
  const [word = ""] = words
  const hasQuery = word === "" || /^[^:]*=/.test(word)
  const query = hasQuery ? word : ""
  const tail = hasQuery ? words.slice(1) : words
  const names = tail.at(-2) ?? ""
  const isWhole = nameList.test(names) && names.split(";").every((name) => tail.some((one) => startsWith(one, name)))
  const headers = headerLines(isWhole ? tail.slice(0, -2) : tail)
  return isWhole ? [path, query, ...headers, "", names, tail.at(-1) ?? ""] : [path, query, ...headers]
}

const startsWith = (word: string, name: string): boolean => word.toLowerCase().startsWith(`${name.toLowerCase()}:`)

/** Each word that looks like the start of a header starts a line; other words belong to the preceding value. */
const headerLines = (words: ReadonlyArray<string>): ReadonlyArray<string> => {
  const found: Array<Array<string>> = []
  for (const word of words) {
    if (/^[a-z][a-z0-9-]{1,100}:/.test(word) && !/^https?:\/\//.test(word)) found.push([word])
    else if (word !== "") found.at(-1)?.push(word)
  }
  return found.map((line) => line.join(" "))
}

/**
 * A version 2 string to sign: digest, type and date (each may be empty), then the headers, then the resource from its first
 * slash.
 */
const older = (text: string): ReadonlyArray<string> => {
  const at = ` ${text}`.indexOf(" /")
  const resource = at === -1 ? undefined : text.slice(at)
  let head = (at === -1 ? text : text.slice(0, at)).trim()
  const take = (shape: RegExp): string => {
    const found = shape.exec(head)?.[0] ?? ""
    head = head.slice(found.length).trimStart()
    return found
  }
  const parts = [take(/^[A-Za-z0-9+/]{22}==(?= |$)/), take(mediaType), take(date)]
  return [...parts, ...headerLines(head.split(" ")), ...(resource === undefined ? [] : [resource])]
}

const mediaType = /^[a-z]{3,20}\/[\w.+-]{1,80}(?:; ?[a-z]{4,12}=[\w.-]{1,80})?(?= |$)/i
const date = /^(?:[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} [\d:]{8} (?:GMT|UTC|[+-]\d{4})|\d{9,13})(?= |$)/
