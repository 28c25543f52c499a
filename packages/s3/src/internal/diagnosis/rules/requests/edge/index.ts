/**
 * Rules about CloudFront in front of a storage: its permission to read, and its requirements for viewers.
 */
import { originForbidden } from "./origin.ts"
import { viewerRefused } from "./viewer.ts"

/** The rules, the most specific first. */
export const edge = [viewerRefused, originForbidden] as const
