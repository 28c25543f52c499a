/**
 * Signatures that do not match, and what made them differ.
 */
import { foreignParameter, otherHost, pathEncodedTwice } from "./address.ts"
import { changedOnTheWay } from "./received.ts"
import { signatureWrong } from "./secret.ts"
import { formToPutUrl, signedContentType, wrongMethod } from "./use.ts"

/** The topic's rules, the most telling first. */
export const signature = [
  changedOnTheWay,
  wrongMethod,
  formToPutUrl,
  signedContentType,
  pathEncodedTwice,
  foreignParameter,
  otherHost,
  signatureWrong,
] as const
