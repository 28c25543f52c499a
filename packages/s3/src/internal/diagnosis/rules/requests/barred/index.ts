/**
 * Rules for accounts and buckets that a provider has disabled.
 */
import { accountBarred } from "./account.ts"
import { bucketDisabled } from "./bucket.ts"

/** All rules of this topic, most specific first. */
export const barred = [bucketDisabled, accountBarred] as const
