/**
 * Rules for how an address names the bucket, and for addresses outside the API.
 */
import { accelerationOff, bucketNotOfS3, notTheApi, urlEscaped } from "./endpoint.ts"
import { bucketMisstated, hostMalformed, notTheStorage } from "./misplaced.ts"
import { bucketNamedTwice, bucketNotSeen, pathStyleRefused } from "./style.ts"

/** All rules of this topic, with the most specific rule first. */
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

/** The rules for the destination of the request, which the server checks before the signature. */
export const destination = [notTheStorage, bucketMisstated] as const
