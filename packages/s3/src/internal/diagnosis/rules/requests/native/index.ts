/**
 * Rules about messages and protocols of storages beyond S3.
 */
import { internalEndpoint } from "./internal.ts"
import { session } from "./session.ts"
import { tokenRefused } from "./token.ts"
import { ownWords } from "./words.ts"

/** Come before the rules of S3, because they know the vendor's protocol. */
export const native = [internalEndpoint, session, tokenRefused] as const

/** Comes after all other rules. */
export const lastWords = [ownWords] as const
