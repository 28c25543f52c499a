/**
 * Rules about session keys and their tokens, in URLs and in signed headers.
 */
import { keyDisabled, keyUnknown, sessionEnded, tokenRefused } from "./refusal.ts"
import { tokenAppended, tokenDamaged, tokenMissing, tokenOfAnotherKey } from "./request.ts"

/** The rules, in the order of S3's checks. */
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
