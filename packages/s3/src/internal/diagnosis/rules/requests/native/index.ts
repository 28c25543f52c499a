/**
 * What storages say in their own words and their own protocols, beyond S3.
 */
import { internalEndpoint } from "./internal.ts"
import { session } from "./session.ts"
import { tokenRefused } from "./token.ts"
import { ownWords } from "./words.ts"

/** Before the rules of S3: they know the vendor's protocol. */
export const native = [internalEndpoint, session, tokenRefused] as const

/** Behind all others. */
export const lastWords = [ownWords] as const
