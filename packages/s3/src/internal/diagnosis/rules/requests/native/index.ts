/**
 * Rules for the storage services' own protocols and for messages that S3 does not send.
 */
import { internalEndpoint } from "./internal.ts"
import { session } from "./session.ts"
import { tokenRefused } from "./token.ts"
import { ownWords } from "./words.ts"

/** Rules that are specific to a vendor's protocol. They run before the S3 rules. */
export const native = [internalEndpoint, session, tokenRefused] as const

/** Rules that run after all others. */
export const lastWords = [ownWords] as const
