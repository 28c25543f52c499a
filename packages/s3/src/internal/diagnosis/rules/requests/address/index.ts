/**
 * Rules about addresses: where they name the bucket, and whether they are the API's.
 */
import { accelerationOff, bucketNotOfS3, notTheApi, urlEscaped } from "./endpoint.ts"
import { bucketMisstated, hostMalformed, notTheStorage } from "./misplaced.ts"
import { bucketNamedTwice, bucketNotSeen, pathStyleRefused } from "./style.ts"

/** The rules, the most specific first. */
export const address = [
  accelerationOff,
  pathStyleRefused,
  bucketNotOfS3,
  urlEscaped,
  notTheApi,
  hostMalformed,
  bucketNotSeen,
  bucketNamedTwice,
] as const

/** Rules about the target of a request, checked before its signature. */
export const destination = [notTheStorage, bucketMisstated] as const
