/**
 * Generates the spellings of a secret that `fold` does not reverse: base64 and hexadecimal octets.
 */

/** Returns a secret in base64, in the standard alphabet and in the URL-safe alphabet. */
export const base64s = (secret: string): ReadonlyArray<string> => {
  const base64 = btoa(octetsOf(secret))
  const padding = base64.indexOf("=", base64.length - 2)
  const bare = padding === -1 ? base64 : base64.slice(0, padding)
  const forms = padding === -1 ? [base64] : [base64, bare]
  return /[+/]/.test(bare) ? [...forms, bare.replaceAll("+", "-").replaceAll("/", "_")] : forms
}

/**
 * Returns the parts of a secret's base64 encoding that do not depend on preceding content, and the octets of the secret in
 * hexadecimal.
 */
export const encodings = (secret: string): ReadonlyArray<string> => {
  if (secret.length > longestEncoded) return []
  const octets = octetsOf(secret)
  const inside = ["\0", "\0\0", ""].map((before) =>
    btoa(before + octets.slice(0, octets.length - ((before.length + octets.length) % 3))).slice(
      before === "" ? 0 : before.length + 1,
    ),
  )
  const hex = Array.from(octets, (octet) => octet.charCodeAt(0).toString(16).padStart(2, "0"))
  return [
    ...inside,
    ...inside.map((one) => one.replaceAll("+", "-").replaceAll("/", "_")),
    hex.join(""),
    hex.join(" "),
    hex.join(":"),
  ]
}

/** The maximum length, in characters, of a secret for which `encodings` returns spellings. */
const longestEncoded = 4096

/** Whether a word looks random. Keys and tokens mix upper-case letters, lower-case letters and digits. */
export const isRandom = (word: string): boolean => randomRuns(word).length > 0

/**
 * Returns the parts of a word that look random. The other parts of a word, such as the scope of a credential, also occur in
 * other text.
 */
export const randomRuns = (word: string): ReadonlyArray<string> =>
  word.length < shortestRun
    ? []
    : (word.match(/[A-Za-z\d+/]{16,}/g) ?? []).filter(
        (run) => /[\da-f]{24}/i.test(run) || (/[A-Z]/.test(run) && /[a-z]/.test(run) && /\d/.test(run)),
      )

/** The minimum length of a run of characters that can look random. */
const shortestRun = 16

/**
 * Whether text consists of words, which can also occur in other text. Examples are `request has`, `SlowDown` and
 * `correct-horse-battery`. In random text, letters change case more often than in words.
 */
export const isWords = (text: string): boolean => {
  if (!/^[\p{L}\s'_.,:;!?/-]+$/u.test(text)) return false
  const words = text.split(/[^\p{L}]+|(?<=\p{Ll})(?=\p{Lu})/u).filter((word) => word !== "")
  const letters = words.reduce((sum, word) => sum + word.length, 0)
  return letters >= shortestWords * words.length && words.every((word) => word.length <= longestWord)
}

/** The minimum average length of words, in letters. */
const shortestWords = 3

/** The maximum length of a word, in letters. */
const longestWord = 15

/**
 * Returns the trimmed text and, if the text has several lines, each trimmed line. A server may quote a key one line at a
 * time.
 */
export const partsOf = (secret: string): ReadonlyArray<string> =>
  secret.includes("\n") ? [secret.trim(), ...secret.split("\n").map((line) => line.trim())] : [secret.trim()]

/** Percent-encodes. A lone surrogate cannot be percent-encoded and is replaced with the replacement character. */
export const percent = (text: string): string => encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, "\ufffd"))

const octetsOf = (text: string): string => {
  // oxlint-disable-next-line no-control-regex -- control characters are ASCII too
  if (/^[\0-\x7f]*$/.test(text)) return text
  let binary = ""
  for (const octet of new TextEncoder().encode(text)) binary += String.fromCharCode(octet)
  return binary
}
