/**
 * Finds the part of a key that a server rejects.
 */
import { bytesOf } from "@holdfast/diagnosis/Redaction"
import * as Asked from "../../asked.ts"
import type { S3Facts } from "../../facts.ts"

/** The defect of a request's key, as a sentence. */
export const of = (facts: S3Facts): string =>
  facts.dialect.system === "supabase"
    ? supabaseFlaw
    : keyFlaw(facts.answer.element("Key") ?? Asked.placeOf(facts)?.key ?? "")

const supabaseFlaw =
  "Supabase takes letters and digits of ASCII in a name, blanks and the signs ! - . * ' ( ) & $ @ = ; : + , ? / and _; accents, other alphabets, brackets, # and % are characters that it refuses."

const keyFlaw = (key: string): string => {
  const segments = key.split("/")
  if (key.includes("\\")) {
    return "The key has a backslash in it: a program on Windows joined its folders with it, and this server takes / only."
  }
  if (segments.some((segment) => segment === "." || segment === "..")) {
    return "A segment of the key is one dot or two, which this server takes for a step in a file system."
  }
  if (segments.some((segment) => bytesOf(segment) > 255)) return "A segment of the key has over 255 bytes."
  if (key.includes("//") || key.startsWith("/")) return "The key begins with a slash or has two side by side."
  const odd = /[:*?"<>|]/.exec(key)?.[0]
  if (odd !== undefined) return `The key has ${odd} in it, which a file system on Windows does not take.`
  return "The server does not take the key that it received."
}
