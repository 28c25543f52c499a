/**
 * Whose a key id is by its form, as far as vendors document it.
 */
import type { S3Facts } from "../../../facts.ts"
import { crossedOut } from "../../../redaction/credential.ts"

/** The letters that key ids of a vendor begin with, as redaction leaves them, and the vendor's systems. */
const kinds: ReadonlyArray<readonly [letters: RegExp, vendor: string, systems: ReadonlyArray<string>]> = [
  [/^A(?:KIA|SIA)/, "Amazon", ["s3", "cloudfront"]],
  [/^GOOG/, "Google Cloud Storage", ["gcs"]],
  [/^(?:LTAI|STS\.)/, "Alibaba Cloud", ["oss"]],
  [/^AKID/, "Tencent Cloud", ["cos"]],
  [/^DO\[/, "DigitalOcean Spaces", ["spaces"]],
  [/^SCW/, "Scaleway", ["scaleway"]],
  [/^GK\[/, "Garage", ["garage"]],
]

/** What the form of an unknown key id tells; empty where it tells nothing. */
export const hint = ({ answer, dialect, keyId }: S3Facts): string => {
  const id = keyId ?? answer.element("AWSAccessKeyId") ?? ""
  if (crossedOut.test(id)) {
    return ` In the place of the key id stands ${id}: unless that was written for this report, the link or the setting was copied from a log that masks keys.`
  }
  const kind = kinds.find(([letters]) => letters.test(id))
  if (kind === undefined || !dialect.isKnown || kind[2].includes(dialect.system)) return ""
  // Amazon's form is that of many others, too, whose keys are made to look like it.
  if (kind[1] === "Amazon" && !["gcs", "oss", "cos", "spaces", "r2", "b2"].includes(dialect.system)) return ""
  return ` By its form the key id is one of ${kind[1]}, and ${dialect.name} was asked: the endpoint, or the key, is that of another vendor.`
}
