/**
 * The rules for presigned URLs, signed headers, parts, bodies, destinations and services. Within a phase, the rules of
 * earlier topics come first.
 */
import { address, destination } from "./address/index.ts"
import { barred } from "./barred/index.ts"
import { body } from "./body/index.ts"
import { client } from "./client/index.ts"
import { clock } from "./time/clock.ts"
import { copy } from "./copy.ts"
import { dialect } from "./dialect.ts"
import { digest } from "./digest.ts"
import { edge } from "./edge/index.ts"
import { headerAuth } from "./headerAuth.ts"
import { lastWords, native } from "./native/index.ts"
import { multipart } from "./multipart/index.ts"
import { operations } from "./operations/index.ts"
import { permission } from "./permission.ts"
import { place } from "./place.ts"
import { refusal } from "./refusal.ts"
import { region } from "./region.ts"
import { role } from "./role.ts"
import { service } from "./service/index.ts"
import { signature } from "./signature/index.ts"
import { signedHeaders } from "./signedHeaders.ts"
import { stated } from "./stated.ts"
import { urlParameters } from "./urlParameters.ts"
import { urlTime } from "./time/urlTime.ts"
import { vendor } from "./vendor.ts"
import { token } from "./token/index.ts"

/** All rules that do not concern a form. */
export const requests = [
  ...client,
  ...destination,
  ...vendor,
  ...edge,
  ...native,
  ...headerAuth,
  ...urlParameters,
  ...region,
  ...urlTime,
  ...clock,
  ...token,
  ...signedHeaders,
  ...signature,
  ...address,
  ...operations,
  ...place,
  ...refusal,
  ...barred,
  ...role,
  ...permission,
  ...multipart,
  ...copy,
  ...dialect,
  ...digest,
  ...body,
  ...service,
  ...stated,
  ...lastWords,
] as const
