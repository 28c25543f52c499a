/**
 * The rules about POST forms. Within a phase, the rules of earlier topics come first.
 */
import { credential } from "./credential.ts"
import { encoding } from "./encoding.ts"
import { file } from "./file.ts"
import { fit } from "./fit.ts"
import { key } from "./key.ts"
import { keyId } from "./keyId.ts"
import { length } from "./length.ts"
import { order } from "./order.ts"
import { permission } from "./permission.ts"
import { policy } from "./policy.ts"
import { proof } from "./proof.ts"
import { required } from "./required.ts"
import { signature } from "./signature.ts"
import { size } from "./size.ts"
import { token } from "./token.ts"

/** All rules for forms. */
export const forms = [
  ...encoding,
  ...length,
  ...order,
  ...required,
  ...file,
  ...token,
  ...key,
  ...credential,
  ...proof,
  ...signature,
  ...keyId,
  ...policy,
  ...fit,
  ...size,
  ...permission,
] as const
