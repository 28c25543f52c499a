/** Amazon's published example of a signed form (HTTP POST, Signature Version 4). */
import { readFileSync } from "node:fs"

const text = readFileSync(new URL("../fixtures/aws-sigv4-post-example.txt", import.meta.url), "utf8")

const after = (label: RegExp): string => {
  const found = new RegExp(`^${label.source}\\s+(\\S+)$`, "m").exec(text)?.[1]
  if (found === undefined) throw new Error(`the example has no ${label.source}`)
  return found
}

export const knownAnswer = {
  accessKeyId: after(/access key/),
  secretAccessKey: after(/secret/),
  /** The policy in base64, which is the string to sign. */
  policy: after(/policy base64 \(= string to sign\):/),
  signature: after(/signature/),
}
