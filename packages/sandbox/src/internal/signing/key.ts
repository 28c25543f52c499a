/**
 * The signing key of Signature Version 4.
 */
import * as Redacted from "effect/Redacted"
import { createHmac, createSecretKey, type KeyObject } from "node:crypto"

interface Derived {
  readonly secret: Redacted.Redacted<string>
  readonly date: string
  readonly region: string
  readonly key: KeyObject
}

/** The key that was derived last: all requests of a day use the same one. */
let last: Derived | undefined

/** Derives the key for S3 on a day (`20261121`) and in a region. */
export const derive = (secret: Redacted.Redacted<string>, date: string, region: string): KeyObject => {
  if (last?.secret === secret && last.date === date && last.region === region) return last.key
  const derived = [date, region, "s3", "aws4_request"].reduce(
    (key, part) => createHmac("sha256", key).update(part).digest(),
    Buffer.from(`AWS4${Redacted.value(secret)}`),
  )
  const key = createSecretKey(derived)
  last = { secret, date, region, key }
  return key
}
