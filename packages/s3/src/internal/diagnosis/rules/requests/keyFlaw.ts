/**
 * The faults that cause a server to reject an object key.
 */
import { bytesOf } from "@holdfast/diagnosis/Redaction"
import * as Asked from "../../asked.ts"
import type { S3Facts } from "../../facts.ts"

/** The fault in the object key of a request, as a sentence. */
export const of = (facts: S3Facts): string =>
  facts.dialect.system === "supabase"
    ? supabaseFlaw
    : keyFlaw(facts.answer.element("Key") ?? Asked.placeOf(facts)?.key ?? "")

const supabaseFlaw =
  "In names, Supabase accepts ASCII letters, digits, spaces and the characters ! - . * ' ( ) & $ @ = ; : + , ? / and _. Supabase rejects accents, other alphabets, brackets, # and %."

const keyFlaw = (key: string): string => {
  const segments = key.split("/")
  if (key.includes("\\")) {
    return "The key contains a backslash. A Windows program probably used the backslash to separate folders, but this server accepts only /."
  }
  if (segments.some((segment) => segment === "." || segment === "..")) {
    return "A segment of the key consists of one or two dots, which this server interprets as a relative path in its file system."
  }
  if (segments.some((segment) => bytesOf(segment) > 255)) return "A segment of the key is longer than 255 bytes."
  if (key.includes("//") || key.startsWith("/")) return "The key begins with a slash or contains two adjacent slashes."
  const odd = /[:*?"<>|]/.exec(key)?.[0]
  if (odd !== undefined) return `The key contains ${odd}, which Windows file systems do not permit.`
  return "The server does not accept the key that it received."
}
