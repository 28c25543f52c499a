/**
 * Says once, before the first test, which peers are not here and how they get here.
 */
import * as Boto3 from "../s3/Boto3.ts"
import * as Chromium from "../browser/Chromium.ts"
import * as Radosgw from "../s3/Radosgw.ts"
import * as RedisServer from "../redis/RedisServer.ts"

/** What vitest runs before the tests. */
export const setup = (): void => {
  for (const { missing } of [Radosgw, Boto3, Chromium, RedisServer]) {
    if (missing !== undefined) console.warn(`peers: skipping the tests that need it: ${missing}`)
  }
}
