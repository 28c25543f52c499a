/**
 * Addresses: the style in which they name the bucket, and whether they are those of the API.
 */
import { accelerationOff, bucketNotOfS3, notTheApi, urlEscaped } from "./endpoint.ts"
import { bucketMisstated, hostMalformed, notTheStorage } from "./misplaced.ts"
import { bucketNamedTwice, bucketNotSeen, pathStyleRefused } from "./style.ts"

/** The topic's rules, the most telling first. */
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

/** Where the request went to at all: asked before its signature. */
export const destination = [notTheStorage, bucketMisstated] as const
