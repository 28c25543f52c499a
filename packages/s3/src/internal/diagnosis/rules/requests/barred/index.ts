/**
 * Rules about accounts and buckets that a provider has blocked.
 */
import { accountBarred } from "./account.ts"
import { bucketDisabled } from "./bucket.ts"

/** The rules, the most specific first. */
export const barred = [bucketDisabled, accountBarred] as const
