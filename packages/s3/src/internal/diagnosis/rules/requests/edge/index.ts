/**
 * Rules for CloudFront in front of a storage service: what it is allowed to read, and what it requires from viewers.
 */
import { originForbidden } from "./origin.ts"
import { viewerRefused } from "./viewer.ts"

/** All rules of this topic, with the most specific rule first. */
export const edge = [viewerRefused, originForbidden] as const
