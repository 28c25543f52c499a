/**
 * Rules about signatures that do not match, and why they differ.
 */
import { foreignParameter, multiRegion, otherHost } from "./address.ts"
import { headerInQuery, proxyHeaderSigned, signatureDamaged, signedContentType } from "./headers.ts"
import { pathEncodedTwice, pathNormalised, pathPrefixed, signerEncodedPath } from "./path.ts"
import { changedOnTheWay } from "./received.ts"
import { signatureWrong } from "./secret.ts"
import { formToPutUrl, wrongMethod } from "./use.ts"

/** The rules, the most specific first. */
export const signature = [
  multiRegion,
  changedOnTheWay,
  signatureDamaged,
  wrongMethod,
  formToPutUrl,
  pathEncodedTwice,
  pathPrefixed,
  pathNormalised,
  proxyHeaderSigned,
  signedContentType,
  foreignParameter,
  otherHost,
  signerEncodedPath,
  headerInQuery,
  signatureWrong,
] as const
