/**
 * Rules for bodies that have an unknown length, contain too many bytes, ended early, or were stored with their frames.
 */
import { shortBody, stalled } from "./arrival.ts"
import { notImplemented } from "./feature.ts"
import { storedWithFrame } from "./framed.ts"
import { headersTooLarge, metadataTooLarge } from "./head.ts"
import { lengthUnknown, tooLarge } from "./length.ts"

/** All rules of this topic, in the order in which S3 performs the checks. */
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
