/**
 * Rules about bodies of unknown length, above the size limit, incomplete, or stored with their framing.
 */
import { shortBody, stalled } from "./arrival.ts"
import { notImplemented } from "./feature.ts"
import { storedWithFrame } from "./framed.ts"
import { headersTooLarge, metadataTooLarge } from "./head.ts"
import { lengthUnknown, tooLarge } from "./length.ts"

/** The rules, in the order of S3's checks. */
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
