/**
 * Prints once, before the first test, which peers are missing and how to install them.
 */
import * as Boto3 from "../s3/Boto3.ts"
import * as Chromium from "../browser/Chromium.ts"
import * as PostgresServer from "../postgres/PostgresServer.ts"
import * as Radosgw from "../s3/Radosgw.ts"
import * as RedisServer from "../redis/RedisServer.ts"

/** The global setup of vitest. */
export const setup = (): void => {
  for (const { missing } of [Radosgw, Boto3, Chromium, RedisServer, PostgresServer]) {
    if (missing !== undefined) console.warn(`peers: skipping the tests that need it: ${missing}`)
  }
}
