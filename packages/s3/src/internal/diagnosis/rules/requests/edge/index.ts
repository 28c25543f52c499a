/**
 * CloudFront in front of a storage: what it may read, and what it demands of its viewers.
 */
import { originForbidden } from "./origin.ts"
import { viewerRefused } from "./viewer.ts"

/** The topic's rules, the most telling first. */
export const edge = [viewerRefused, originForbidden] as const
