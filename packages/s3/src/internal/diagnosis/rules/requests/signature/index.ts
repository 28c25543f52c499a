/**
 * Rules for signature mismatches and their causes.
 */
import { foreignParameter, multiRegion, otherHost } from "./address.ts"
import { formBodyInQuery } from "./formBody.ts"
import { proxyHeaderSigned, signatureDamaged, signedContentType } from "./headers.ts"
import { headerInQuery } from "./hoisted.ts"
import { pathEncodedTwice, pathNormalised, pathPrefixed, signerEncodedPath } from "./path.ts"
import { changedOnTheWay } from "./received.ts"
import { signatureWrong } from "./secret.ts"
import { formToPutUrl, wrongMethod } from "./use.ts"

/** All rules of this topic, with the most specific rule first. */
export const signature = [
  multiRegion,
  formBodyInQuery,
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
