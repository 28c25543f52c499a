/**
 * Accounts and buckets that a provider has shut.
 */
import { accountBarred } from "./account.ts"
import { bucketDisabled } from "./bucket.ts"

/** The topic's rules, the most telling first. */
export const barred = [bucketDisabled, accountBarred] as const
