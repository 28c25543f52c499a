/**
 * Rules for session keys and their tokens in URLs and signed headers.
 */
import { keyDisabled, keyUnknown, sessionEnded, tokenRefused } from "./refusal.ts"
import { tokenAppended, tokenDamaged, tokenMissing, tokenOfAnotherKey } from "./request.ts"

/** All rules of this topic, in the order in which S3 performs the checks. */
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
