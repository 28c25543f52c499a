/**
 * Helper functions for bucket names that a server or a client rejects as invalid.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import { isHidden } from "@holdfast/diagnosis/Redaction"
import type { S3Facts } from "../../../facts.ts"

/** The fault in a name that no bucket can have; `undefined` for a valid name. */
export const flawOf = (bucket: string): string | undefined => {
  if (isHidden(bucket)) return undefined
  if (bucket.length < 3 || bucket.length > 63) return `it has ${bucket.length} characters instead of 3 to 63`
  if (/[A-Z]/.test(bucket)) return "it has capital letters"
  const stray = /[^a-z0-9.-]/.exec(bucket)?.[0]
  if (stray !== undefined) return `it contains ${JSON.stringify(stray)}`
  if (bucket.includes("..")) return "it has two adjacent dots"
  if (!/^[a-z0-9].*[a-z0-9]$/.test(bucket)) return "it must begin and end with a letter or a digit"
  return /^\d+(?:\.\d+){3}$/.test(bucket) ? "it looks like an IP address" : undefined
}

/**
 * A bucket name that the client itself rejects, or an empty bucket name: the client sent nothing or called a host that begins
 * with a dot.
 */
export const byClient = ({ client, misnamed }: S3Facts) => {
  const isRefused = client?.fault === "bucket name" || client?.fault === "no bucket"
  if (!isRefused && misnamed?.flaw !== "no bucket") return undefined
  const name = client?.fault === "bucket name" ? client.name : ""
  const isAddress = /[/:]/.test(name ?? "")
  return found({
    confidence: "certain",
    detail:
      name === undefined || name === ""
        ? "The bucket's name is empty: the variable or setting for the name has no value."
        : `The client does not accept ${JSON.stringify(name)} as a bucket name: ` +
          `${
            isAddress
              ? "it is an address or contains a path, but must be only the bucket's name"
              : (flawOf(name) ?? "it breaks the rules for names")
          }.`,
    evidence:
      client === undefined
        ? [{ at: "request.url", name: "host", observed: misnamed?.host ?? "" }]
        : [{ at: "failure", name: "failure", observed: client.text }],
  })
}
