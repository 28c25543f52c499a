/**
 * Identifies the vendor of a key id from the format of the id, if the vendor documents the format.
 */
import { bytesOf, has } from "@holdfast/diagnosis/Redaction"
import * as Asked from "../../../asked.ts"
import type { S3Facts } from "../../../facts.ts"
import { crossedOut } from "../../../redaction/credential.ts"

/** The vendor-specific key id prefixes that redaction keeps, each with the vendor's name and systems. */
const kinds: ReadonlyArray<readonly [letters: RegExp, vendor: string, systems: ReadonlyArray<string>]> = [
  [/^A(?:KIA|SIA)/, "Amazon", ["s3", "cloudfront"]],
  [/^GOOG/, "Google Cloud Storage", ["gcs"]],
  [/^(?:LTAI|STS\.)/, "Alibaba Cloud", ["oss"]],
  [/^AKID/, "Tencent Cloud", ["cos"]],
  [/^DO\[/, "DigitalOcean Spaces", ["spaces"]],
  [/^SCW/, "Scaleway", ["scaleway"]],
  [/^GK\[/, "Garage", ["garage"]],
]

/** What the format of an unrecognized key id reveals; empty if it reveals nothing. */
export const hint = (facts: S3Facts): string => {
  const { dialect } = facts
  const id = facts.keyId ?? Asked.keyIdSaid(facts)?.value ?? ""
  if (crossedOut.test(id)) {
    return (
      ` The key id was replaced with ${id}: unless it was masked for this report, the link or the setting was ` +
      "copied from a log that masks keys."
    )
  }
  const oddity = odd(facts, id)
  if (oddity !== undefined) return ` ${oddity}`
  const kind = kinds.find(([letters]) => letters.test(id))
  if (kind === undefined || !dialect.isKnown || kind[2].includes(dialect.system)) return ""
  // Many other vendors imitate the format of Amazon's keys.
  if (kind[1] === "Amazon" && !["gcs", "oss", "cos", "spaces", "r2", "b2"].includes(dialect.system)) return ""
  return (
    ` By its format, the key id belongs to ${kind[1]}, but the request was sent to ${dialect.name}: the endpoint or the key ` +
    "belongs to another vendor."
  )
}

/** A space before or after the key id in the response document, unless it results from a line break. */
const blank = /<\w{0,6}AccessKeyId>(?:[ \t]{1,8}\S|[^<\n]{0,200}\S[ \t]{1,8}<)/i

/** Whether the value is something other than a key id. */
const odd = ({ answer, dialect }: S3Facts, id: string): string | undefined => {
  if (blank.test(answer.body) || (id !== "" && has(id, "blanks")))
    return "The received key id contains a space that was copied by mistake."
  if (id === "") return undefined
  if (has(id, "literal"))
    return "The received value is not a key id but a placeholder from an example or an empty variable."
  const bytes = bytesOf(id)
  // Secrets of Amazon have 40 characters, key ids between 16 and 128 (IAM, "AccessKey"); those of Alibaba as many.
  if (!["s3", "oss"].includes(dialect.system) || !dialect.isKnown) return undefined
  if (bytes === 40)
    return "The received value has 40 characters, like a secret key: the key id and the secret may have been swapped."
  return bytes < 16
    ? `The received value has ${bytes} ${bytes === 1 ? "character" : "characters"}, but every key id of ` +
        `${dialect.name} has at least 16.`
    : undefined
}
