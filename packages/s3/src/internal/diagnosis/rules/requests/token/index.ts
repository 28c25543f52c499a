/**
 * Keys of sessions and their tokens, in URLs and in signed headers.
 */
import { keyDisabled, keyUnknown, sessionEnded, tokenRefused } from "./refusal.ts"
import { tokenAppended, tokenDamaged, tokenMissing, tokenOfAnotherKey } from "./request.ts"

/** The topic's rules, in the order in which S3 looks. */
export const token = [
  tokenMissing,
  tokenDamaged,
  tokenAppended,
  tokenOfAnotherKey,
  sessionEnded,
  tokenRefused,
  keyDisabled,
  keyUnknown,
] as const
