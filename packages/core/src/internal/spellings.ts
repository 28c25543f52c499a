/**
 * How a secret may be spelled by those who repeat it, apart from what `fold` undoes: base64, and octet by octet.
 */

/** In base64, with the signs of either alphabet. */
export const base64s = (secret: string): ReadonlyArray<string> => {
  const base64 = btoa(octetsOf(secret))
  const padding = base64.indexOf("=", base64.length - 2)
  const bare = padding === -1 ? base64 : base64.slice(0, padding)
  const forms = padding === -1 ? [base64] : [base64, bare]
  return /[+/]/.test(bare) ? [...forms, bare.replaceAll("+", "-").replaceAll("/", "_")] : forms
}

/** In base64 behind something else, as what can be read there; and octet by octet. */
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

/** No server spells out a longer secret. */
const longestEncoded = 4096

/** Whether a word is nobody's name: keys and tokens have capitals, small letters and digits without an order. */
export const isRandom = (word: string): boolean => randomRuns(word).length > 0

/** What of a word is random: the scope of a credential is the same in others. */
export const randomRuns = (word: string): ReadonlyArray<string> =>
  (word.match(/[A-Za-z\d+/]{16,}/g) ?? []).filter(
    (run) => /[\da-f]{24}/i.test(run) || (/[A-Z]/.test(run) && /[a-z]/.test(run) && /\d/.test(run)),
  )

/**
 * Whether a text is made of words, which stand in other texts too: `request has`, `SlowDown`, `correct-horse-battery`.
 * Letters without an order change between capitals and small ones too often to be words.
 */
export const isWords = (text: string): boolean => {
  if (!/^[\p{L}\s'_.,:;!?/-]+$/u.test(text)) return false
  const words = text.split(/[^\p{L}]+|(?<=\p{Ll})(?=\p{Lu})/u).filter((word) => word !== "")
  const letters = words.reduce((sum, word) => sum + word.length, 0)
  return letters >= shortestWords * words.length && words.every((word) => word.length <= longestWord)
}

/** The mean length of words, in letters, from which on they are words. */
const shortestWords = 3

/** The longest word of a sentence, in letters. */
const longestWord = 15

/** Without the blanks around it, and the lines of a key that a server quotes one by one. */
export const partsOf = (secret: string): ReadonlyArray<string> =>
  secret.includes("\n") ? [secret.trim(), ...secret.split("\n").map((line) => line.trim())] : [secret.trim()]

/** Percent-encoded; half a surrogate pair, which has no such form, as the sign that stands for it in UTF-8. */
export const percent = (text: string): string => encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, "\ufffd"))

const octetsOf = (text: string): string => {
  // oxlint-disable-next-line no-control-regex -- control characters are ASCII too
  if (/^[\0-\x7f]*$/.test(text)) return text
  let binary = ""
  for (const octet of new TextEncoder().encode(text)) binary += String.fromCharCode(octet)
  return binary
}
