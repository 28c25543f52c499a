/**
 * Addresses: the style in which they name the bucket, and whether they are those of the API.
 */
import { accelerationOff, bucketNotOfS3, notTheApi, urlEscaped } from "./endpoint.ts"
import { bucketNamedTwice, bucketNotSeen, pathStyleRefused } from "./style.ts"

/** The topic's rules, the most telling first. */
export const address = [
  accelerationOff,
  pathStyleRefused,
  bucketNotOfS3,
  urlEscaped,
  notTheApi,
  bucketNotSeen,
  bucketNamedTwice,
] as const
