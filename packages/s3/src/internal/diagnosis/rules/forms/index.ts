/**
 * The rules about POST forms; within a step of the server, the earlier topic comes first.
 */
import { postCredential } from "./credential.ts"
import { postEncoding } from "./encoding.ts"
import { postFile } from "./file.ts"
import { postFit } from "./fit.ts"
import { postKey } from "./key.ts"
import { postLength } from "./length.ts"
import { postOrder } from "./order.ts"
import { postPermission } from "./permission.ts"
import { postPolicy } from "./policy.ts"
import { postProof } from "./proof.ts"
import { postRequired } from "./required.ts"
import { postSignature } from "./signature.ts"
import { postSize } from "./size.ts"
import { postToken } from "./token.ts"

/** Every rule about forms. */
export const forms = [
  ...postEncoding,
  ...postLength,
  ...postOrder,
  ...postRequired,
  ...postFile,
  ...postToken,
  ...postKey,
  ...postCredential,
  ...postProof,
  ...postSignature,
  ...postPolicy,
  ...postFit,
  ...postSize,
  ...postPermission,
] as const
