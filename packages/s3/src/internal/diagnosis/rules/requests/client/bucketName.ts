/**
 * Checks bucket names, which a server or a client may reject.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import { isHidden } from "@holdfast/diagnosis/Redaction"
import type { S3Facts } from "../../../facts.ts"

/** The defect of a bucket name. `undefined` for a possible name. */
export const flawOf = (bucket: string): string | undefined => {
  if (isHidden(bucket)) return undefined
  if (bucket.length < 3 || bucket.length > 63) return `it has ${bucket.length} characters and not 3 to 63`
  if (/[A-Z]/.test(bucket)) return "it has capital letters"
  const stray = /[^a-z0-9.-]/.exec(bucket)?.[0]
  if (stray !== undefined) return `it has ${JSON.stringify(stray)} in it`
  if (bucket.includes("..")) return "it has two dots side by side"
  if (!/^[a-z0-9].*[a-z0-9]$/.test(bucket)) return "it begins or ends with neither a letter nor a digit"
  return /^\d+(?:\.\d+){3}$/.test(bucket) ? "it looks like an address" : undefined
}

/** A finding for a name that the client rejects, or an empty one: the client sent nothing, or used a host that begins with a dot. */
export const byClient = ({ client, misnamed }: S3Facts) => {
  const isRefused = client?.fault === "bucket name" || client?.fault === "no bucket"
  if (!isRefused && misnamed?.flaw !== "no bucket") return undefined
  const name = client?.fault === "bucket name" ? client.name : ""
  const isAddress = /[/:]/.test(name ?? "")
  return found({
    confidence: "certain",
    detail:
      name === undefined || name === ""
        ? "The name of the bucket is empty: the variable or the setting that should hold it is not set."
        : `The client does not take ${JSON.stringify(name)} for a bucket's name: ${
            isAddress
              ? "it is an address or has a path in it, and the bucket's name alone belongs there"
              : (flawOf(name) ?? "it breaks the rules for names")
          }.`,
    evidence:
      client === undefined
        ? [{ at: "request.url", name: "host", observed: misnamed?.host ?? "" }]
        : [{ at: "failure", name: "failure", observed: client.text }],
  })
}
