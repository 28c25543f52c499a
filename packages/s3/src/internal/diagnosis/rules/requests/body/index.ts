/**
 * Bodies of unknown length, of too many bytes, and bodies that ended early or were stored with their frame.
 */
import { shortBody, stalled } from "./arrival.ts"
import { notImplemented } from "./feature.ts"
import { storedWithFrame } from "./framed.ts"
import { headersTooLarge, metadataTooLarge } from "./head.ts"
import { lengthUnknown, tooLarge } from "./length.ts"

/** The topic's rules, in the order in which S3 looks. */
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
