/**
 * The signing key of Signature Version 4.
 */
import * as Redacted from "effect/Redacted"
import { createHmac } from "node:crypto"

/** Derives the key for S3 on a day (`20261121`) and in a region. */
export const derive = (secret: Redacted.Redacted<string>, date: string, region: string): Buffer =>
  [date, region, "s3", "aws4_request"].reduce(
    (key, part) => createHmac("sha256", key).update(part).digest(),
    Buffer.from(`AWS4${Redacted.value(secret)}`),
  )
