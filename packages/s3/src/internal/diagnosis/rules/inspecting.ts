/**
 * The rules that inspect only a request. Together, these rules form the lint. This module does not load the other rules,
 * which make up two thirds of the code.
 */
import { phases } from "../answer.ts"
import type { S3Rule } from "../rule.ts"
import { credential } from "./forms/credential.ts"
import { encoding } from "./forms/encoding.ts"
import { file } from "./forms/file.ts"
import { fit } from "./forms/fit.ts"
import { length } from "./forms/length.ts"
import { order } from "./forms/order.ts"
import { policy } from "./forms/policy.ts"
import { proof } from "./forms/proof.ts"
import { required } from "./forms/required.ts"
import { signature } from "./forms/signature.ts"
import { size } from "./forms/size.ts"
import { token } from "./forms/token.ts"
import type { DefectName } from "./index.ts"
import { notImplemented } from "./requests/body/feature.ts"
import { metadataTooLarge } from "./requests/body/head.ts"
import { lengthUnknown, tooLarge } from "./requests/body/length.ts"
import { clock } from "./requests/time/clock.ts"
import { digest } from "./requests/digest.ts"
import { headerAuth } from "./requests/headerAuth.ts"
import { documentMalformed, partMismatch, partsOutOfOrder, tagNotRead } from "./requests/multipart/list.ts"
import { partNumberOutOfRange, partTooSmall } from "./requests/multipart/part.ts"
import { place } from "./requests/place.ts"
import { region } from "./requests/region.ts"
import { multiRegion } from "./requests/signature/address.ts"
import { signedHeaders } from "./requests/signedHeaders.ts"
import { tokenAppended, tokenDamaged, tokenMissing, tokenOfAnotherKey } from "./requests/token/request.ts"
import { urlParameters } from "./requests/urlParameters.ts"
import { urlTime } from "./requests/time/urlTime.ts"

/** A rule that inspects only a request. */
export type Inspecting = S3Rule<DefectName> & { readonly inspect: NonNullable<S3Rule["inspect"]> }

const all: ReadonlyArray<S3Rule<DefectName>> = [
  ...encoding,
  ...length,
  ...order,
  ...required,
  ...file,
  ...token,
  ...credential,
  ...proof,
  ...signature,
  ...policy,
  ...fit,
  ...size,
  ...headerAuth,
  ...urlParameters,
  ...region,
  ...urlTime,
  ...clock,
  tokenMissing,
  tokenDamaged,
  tokenAppended,
  tokenOfAnotherKey,
  ...signedHeaders,
  multiRegion,
  ...place,
  partNumberOutOfRange,
  documentMalformed,
  partTooSmall,
  partsOutOfOrder,
  tagNotRead,
  partMismatch,
  ...digest,
  lengthUnknown,
  tooLarge,
  metadataTooLarge,
  notImplemented,
]

/** The rules in the order of the server's phases. */
export const inspecting: ReadonlyArray<Inspecting> = phases.flatMap((phase) =>
  all.filter((rule): rule is Inspecting => rule.phase === phase && rule.inspect !== undefined),
)
