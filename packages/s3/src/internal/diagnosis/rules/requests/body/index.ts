/**
 * Rules for bodies of unknown length, with too many bytes, that ended early, or that were stored with their frames.
 */
import { shortBody, stalled } from "./arrival.ts"
import { notImplemented } from "./feature.ts"
import { storedWithFrame } from "./framed.ts"
import { headersTooLarge, metadataTooLarge } from "./head.ts"
import { lengthUnknown, tooLarge } from "./length.ts"

/** All rules of this topic, in the order in which S3 checks. */
export const body = [
  headersTooLarge,
  lengthUnknown,
  tooLarge,
  metadataTooLarge,
  shortBody,
  stalled,
  notImplemented,
  storedWithFrame,
] as const
