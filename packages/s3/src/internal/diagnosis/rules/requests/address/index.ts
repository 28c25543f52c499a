/**
 * Rules for the style in which an address names the bucket, and for addresses outside of the API.
 */
import { accelerationOff, bucketNotOfS3, notTheApi, urlEscaped } from "./endpoint.ts"
import { bucketMisstated, hostMalformed, notTheStorage } from "./misplaced.ts"
import { bucketNamedTwice, bucketNotSeen, pathStyleRefused } from "./style.ts"

/** All rules of this topic, most specific first. */
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

/** The rules about the destination of the request, which are checked before its signature. */
export const destination = [notTheStorage, bucketMisstated] as const
