/**
 * Identifies the vendor of a key id by its documented format.
 */
import { bytesOf, has } from "@holdfast/diagnosis/Redaction"
import * as Asked from "../../../asked.ts"
import type { S3Facts } from "../../../facts.ts"
import { crossedOut } from "../../../redaction/credential.ts"

/** The prefixes of vendors' key ids, as redaction leaves them, with the vendor's systems. */
const kinds: ReadonlyArray<readonly [letters: RegExp, vendor: string, systems: ReadonlyArray<string>]> = [
  [/^A(?:KIA|SIA)/, "Amazon", ["s3", "cloudfront"]],
  [/^GOOG/, "Google Cloud Storage", ["gcs"]],
  [/^(?:LTAI|STS\.)/, "Alibaba Cloud", ["oss"]],
  [/^AKID/, "Tencent Cloud", ["cos"]],
  [/^DO\[/, "DigitalOcean Spaces", ["spaces"]],
  [/^SCW/, "Scaleway", ["scaleway"]],
  [/^GK\[/, "Garage", ["garage"]],
]

/** A hint from the format of an unknown key id. Empty without one. */
export const hint = (facts: S3Facts): string => {
  const { dialect } = facts
  const id = facts.keyId ?? Asked.keyIdSaid(facts)?.value ?? ""
  if (crossedOut.test(id)) {
    return ` In the place of the key id stands ${id}: unless that was written for this report, the link or the setting was copied from a log that masks keys.`
  }
  const oddity = odd(facts, id)
  if (oddity !== undefined) return ` ${oddity}`
  const kind = kinds.find(([letters]) => letters.test(id))
  if (kind === undefined || !dialect.isKnown || kind[2].includes(dialect.system)) return ""
  // Many other vendors imitate Amazon's format.
  if (kind[1] === "Amazon" && !["gcs", "oss", "cos", "spaces", "r2", "b2"].includes(dialect.system)) return ""
  return ` By its form the key id is one of ${kind[1]}, and ${dialect.name} was asked: the endpoint, or the key, is that of another vendor.`
}

/** A blank before or after the key id in the response document. One at a line break does not count. */
const blank = /<\w{0,6}AccessKeyId>(?:[ \t]{1,8}\S|[^<\n]{0,200}\S[ \t]{1,8}<)/i

/** Evidence that a value is not a key id. */
const odd = ({ answer, dialect }: S3Facts, id: string): string | undefined => {
  if (blank.test(answer.body) || (id !== "" && has(id, "blanks")))
    return "The key id that arrived has a blank before, in or behind it: it was copied with it."
  if (id === "") return undefined
  if (has(id, "literal")) return "What arrived is no key id, but what examples and empty variables have in its place."
  const bytes = bytesOf(id)
  // Amazon's secrets have 40 characters and its key ids between 16 and 128 (IAM, "AccessKey"). Alibaba's lengths are similar.
  if (!["s3", "oss"].includes(dialect.system) || !dialect.isKnown) return undefined
  if (bytes === 40) return "What arrived is 40 characters long, as secret keys are: key id and secret may be exchanged."
  return bytes < 16
    ? `What arrived is ${bytes} ${bytes === 1 ? "character" : "characters"} long, and no key id of ${dialect.name} is so short.`
    : undefined
}
