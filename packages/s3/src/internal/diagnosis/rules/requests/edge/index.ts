/**
 * Rules for CloudFront in front of a storage: what it may read, and what it requires of its viewers.
 */
import { originForbidden } from "./origin.ts"
import { viewerRefused } from "./viewer.ts"

/** All rules of this topic, most specific first. */
export const edge = [viewerRefused, originForbidden] as const
