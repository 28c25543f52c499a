/**
 * The spellings of a secret that `fold` does not undo: base64, and hexadecimal octets.
 */

/** Base64, in either alphabet. */
export const base64s = (secret: string): ReadonlyArray<string> => {
  const base64 = btoa(octetsOf(secret))
  const padding = base64.indexOf("=", base64.length - 2)
  const bare = padding === -1 ? base64 : base64.slice(0, padding)
  const forms = padding === -1 ? [base64] : [base64, bare]
  return /[+/]/.test(bare) ? [...forms, bare.replaceAll("+", "-").replaceAll("/", "_")] : forms
}

/** The part of the base64 that does not depend on preceding content, and the hexadecimal octets. */
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

/** The longest secret that is searched for in these encodings. */
const longestEncoded = 4096

/** Whether a word looks random: keys and tokens mix capitals, lower-case letters and digits. */
export const isRandom = (word: string): boolean => randomRuns(word).length > 0

/** The random part of a word. The other parts, such as the scope of a credential, also occur elsewhere. */
export const randomRuns = (word: string): ReadonlyArray<string> =>
  word.length < shortestRun
    ? []
    : (word.match(/[A-Za-z\d+/]{16,}/g) ?? []).filter(
        (run) => /[\da-f]{24}/i.test(run) || (/[A-Z]/.test(run) && /[a-z]/.test(run) && /\d/.test(run)),
      )

/** The shortest run of characters that can look random. */
const shortestRun = 16

/**
 * Whether a text is made of words, which also occur in other texts: `request has`, `SlowDown`, `correct-horse-battery`. In
 * random letters the case changes too often for words.
 */
export const isWords = (text: string): boolean => {
  if (!/^[\p{L}\s'_.,:;!?/-]+$/u.test(text)) return false
  const words = text.split(/[^\p{L}]+|(?<=\p{Ll})(?=\p{Lu})/u).filter((word) => word !== "")
  const letters = words.reduce((sum, word) => sum + word.length, 0)
  return letters >= shortestWords * words.length && words.every((word) => word.length <= longestWord)
}

/** The least mean length of words, in letters. */
const shortestWords = 3

/** The longest word of a sentence, in letters. */
const longestWord = 15

/** The trimmed text, and the lines of a key, which a server may quote one by one. */
export const partsOf = (secret: string): ReadonlyArray<string> =>
  secret.includes("\n") ? [secret.trim(), ...secret.split("\n").map((line) => line.trim())] : [secret.trim()]

/** Percent-encodes. A lone surrogate, which has no such form, becomes the replacement character. */
export const percent = (text: string): string => encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, "\ufffd"))

const octetsOf = (text: string): string => {
  // oxlint-disable-next-line no-control-regex -- control characters are ASCII too
  if (/^[\0-\x7f]*$/.test(text)) return text
  let binary = ""
  for (const octet of new TextEncoder().encode(text)) binary += String.fromCharCode(octet)
  return binary
}
