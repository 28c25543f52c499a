/**
 * Reads a curl command above a response, which contains the whole request as it was sent (https://curl.se/docs/manpage.html).
 */
import type { FormPart, Request } from "@holdfast/diagnosis/Exchange"
import type { Recognized } from "../recognized.ts"

/** The maximum length of a command, in characters, and the maximum number of commands to read from the end of the text. */
const longest = 16_000
const most = 8

/** Options that accept a value, listed by letter and by name. Of the other options, only a few flags are relevant. */
const lettersWithValue = new Set("AbCcdDeEFhHKmoPQrtTuUwxXyYz")
const namesWithValue =
  /^--(?:request|header|url|data|data-raw|data-binary|data-ascii|data-urlencode|json|form|form-string|upload-file|user|user-agent|referer|cookie|cookie-jar|output|write-out|max-time|connect-timeout|retry|retry-delay|retry-max-time|proxy|proxy-user|cacert|capath|cert|key|range|resolve|interface|limit-rate|config|oauth2-bearer|aws-sigv4|connect-to|unix-socket|dump-header|trace|trace-ascii|stderr|ciphers)$/

/** Maps the letters of options to the names of the options. */
const letters: Readonly<Record<string, string>> = {
  A: "--user-agent",
  d: "--data",
  e: "--referer",
  F: "--form",
  G: "--get",
  H: "--header",
  I: "--head",
  T: "--upload-file",
  u: "--user",
  X: "--request",
}

/** A word of the command. `isOpen` indicates that the shell substitutes a value that is not known here. */
interface Word {
  readonly text: string
  readonly isOpen: boolean
}

/**
 * Splits a command into words up to the end of the command, and handles quotes, escapes and line continuations. The function
 * reads each character only once.
 */
const wordsOf = (text: string): ReadonlyArray<Word> => {
  const words: Array<Word> = []
  let word = ""
  let isWord = false
  let isOpen = false
  let quote = ""
  const close = () => {
    if (isWord) words.push({ text: word, isOpen })
    word = ""
    isWord = isOpen = false
  }
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? ""
    if (quote === "'") {
      if (character === "'") quote = ""
      else word += character
    } else if (character === "\\") {
      at++
      const escaped = text[at] ?? ""
      if (escaped !== "\n") {
        word += quote === '"' && !/["\\$`]/.test(escaped) ? `\\${escaped}` : escaped
        isWord = true
      }
    } else if (quote === '"') {
      if (character === '"') quote = ""
      else word += character
      if (character === "$" || character === "`") isOpen = true
    } else if (character === "'" || character === '"') {
      quote = character
      isWord = true
    } else if (character === "\n" || character === "|" || character === ";" || character === ">") {
      break
    } else if (character === "&" && /^[&\s]/.test(text.slice(at + 1, at + 2) || " ")) {
      break
    } else if (/\s/.test(character)) {
      close()
    } else {
      word += character
      isWord = true
      if (character === "$" || character === "`") isOpen = true
    }
  }
  close()
  return words
}

/** Separates the options of a command, with their values, from the other words. */
const optionsOf = (words: ReadonlyArray<Word>) => {
  const options: Array<{ readonly name: string; readonly value: Word }> = []
  const others: Array<Word> = []
  const none: Word = { text: "", isOpen: false }
  for (let at = 0; at < words.length; at++) {
    const { isOpen, text } = words[at] ?? none
    if (text.startsWith("--")) {
      const [name = "", ...rest] = text.split("=")
      const isTaking = namesWithValue.test(text)
      options.push({
        name: isTaking ? text : name,
        value: isTaking ? (words[++at] ?? none) : { text: rest.join("="), isOpen },
      })
    } else if (/^-[A-Za-z]/.test(text)) {
      for (let index = 1; index < text.length; index++) {
        const letter = text[index] ?? ""
        const name = letters[letter] ?? `-${letter}`
        if (!lettersWithValue.has(letter)) {
          options.push({ name, value: none })
          continue
        }
        const rest = text.slice(index + 1)
        options.push({ name, value: rest === "" ? (words[++at] ?? none) : { text: rest, isOpen } })
        break
      }
    } else others.push({ text, isOpen })
  }
  return { options, others }
}

/** A part of a form: `name=value`, `file=@path;type=image/png`. */
const partOf = (text: string): FormPart | undefined => {
  const [, name, value = ""] = /^([^=\n]{1,200})=([\s\S]*)$/.exec(text) ?? []
  if (name === undefined) return undefined
  const [, path, type] = /^@"?([^;"\n]{0,1000})"?(?:;(?:.{0,200};)?type=([^;\n]{1,100}))?/.exec(value) ?? []
  return path === undefined
    ? { name, value: value.replace(/^"(.*)"$/s, "$1") }
    : { name, filename: path.replace(/^.*\//s, ""), ...(type === undefined ? {} : { type }) }
}

/**
 * Builds the request that a command sends, with its method, URL, headers and form. If the shell substitutes part of a header,
 * a form or the method, the result contains only the method and the URL.
 */
const requestOf = (words: ReadonlyArray<Word>): Request | undefined => {
  const { options, others } = optionsOf(words)
  const valuesOf = (...names: ReadonlyArray<string>) =>
    options.filter(({ name }) => names.includes(name)).map(({ value }) => value)
  const has = (...names: ReadonlyArray<string>) => options.some(({ name }) => names.includes(name))
  const address = [...valuesOf("--url"), ...others].find(({ text }) => /^https?:\/\//i.test(text))
  if (address === undefined || address.isOpen || !URL.canParse(address.text)) return undefined
  const url = address.text
  const isUpload = has("--upload-file")
  const parts = valuesOf("--form", "--form-string")
  const isForm = parts.length > 0
  const data = valuesOf("--data", "--data-raw", "--data-binary", "--data-ascii", "--data-urlencode", "--json")
  const isBody = (data.length > 0 || isForm) && !has("--get")
  const stated = valuesOf("--request").at(-1)
  const method =
    stated === undefined ? (has("--head") ? "HEAD" : isUpload ? "PUT" : isBody ? "POST" : "GET") : stated.text
  const given = valuesOf("--header")
  const isOpen = [...given, ...parts, ...(stated === undefined ? [] : [stated])].some((word) => word.isOpen)
  // What other options add to the headers is not modelled.
  if (isOpen || has("--aws-sigv4", "--oauth2-bearer", "--config", "-K", "--netrc", "-n")) return { method, url }
  const headers: Record<string, string> = { host: new URL(url).host, accept: "*/*" }
  if (isForm) headers["content-type"] = "multipart/form-data; boundary=------------------------curl"
  else if (has("--json")) headers["content-type"] = "application/json"
  else if (isBody) headers["content-type"] = "application/x-www-form-urlencoded"
  if (has("--user")) headers["authorization"] = "Basic"
  for (const { text } of given) {
    const [, name = "", sign, value = ""] = /^([\w-]{1,100})([:;])(.*)$/s.exec(text) ?? []
    if (name === "") continue
    // A header without a value is left out; with a semicolon it is sent empty.
    if (sign === ":" && value.trim() === "") delete headers[name.toLowerCase()]
    else headers[name.toLowerCase()] = value.trim()
  }
  const form = parts.map(({ text }) => partOf(text)).filter((part) => part !== undefined)
  return { method, url, headers, ...(form.length === 0 ? {} : { form }) }
}

/** Matches a curl command at the start of a line or after a prompt. */
const command = /(?:^|[$#>%][ \t]{1,4})(?:time |sudo )?curl(?:\.exe)?[ \t]{1,8}(?=\S)/gm

/** Returns the request of the last curl command in the text. */
export const requestIn = (text: string): Request | undefined => {
  for (const found of [...text.matchAll(command)].slice(-most).toReversed()) {
    const start = found.index + found[0].length
    const request = requestOf(wordsOf(text.slice(start, start + longest)))
    if (request !== undefined) return request
  }
  return undefined
}

/** Adds the request of the curl command to a response that was found without its request headers. */
export const complete = (found: Recognized, text: string): Recognized => {
  const { request } = found.exchange
  if (request?.headers !== undefined || found.exchange.response === undefined || !text.includes("curl ")) return found
  const sent = requestIn(text)
  if (sent?.url === undefined) return found
  const isSame = request?.url === undefined || sameAddress(request.url, sent.url)
  return isSame ? { ...found, exchange: { ...found.exchange, request: { ...request, ...sent } } } : found
}

const sameAddress = (one: string, other: string): boolean =>
  URL.canParse(one) && new URL(one).host === new URL(other).host && new URL(one).pathname === new URL(other).pathname
