/**
 * Rules for the storages' own protocols and messages beyond S3.
 */
import { internalEndpoint } from "./internal.ts"
import { session } from "./session.ts"
import { tokenRefused } from "./token.ts"
import { ownWords } from "./words.ts"

/** Rules that know the vendor's protocol. They run before the rules of S3. */
export const native = [internalEndpoint, session, tokenRefused] as const

/** Rules that run after all others. */
export const lastWords = [ownWords] as const
