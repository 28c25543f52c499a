/**
 * Rules for accounts and buckets that the provider has disabled.
 */
import { accountBarred } from "./account.ts"
import { bucketDisabled } from "./bucket.ts"

/** All rules of this topic, with the most specific rule first. */
export const barred = [bucketDisabled, accountBarred] as const
