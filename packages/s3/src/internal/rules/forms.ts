/**
 * The rules about POST forms; within a step of the server, the earlier topic comes first.
 */
import { postCredential } from "./postCredential.ts"
import { postEncoding } from "./postEncoding.ts"
import { postFile } from "./postFile.ts"
import { postFit } from "./postFit.ts"
import { postKey } from "./postKey.ts"
import { postLength } from "./postLength.ts"
import { postOrder } from "./postOrder.ts"
import { postPermission } from "./postPermission.ts"
import { postPolicy } from "./postPolicy.ts"
import { postProof } from "./postProof.ts"
import { postRequired } from "./postRequired.ts"
import { postSignature } from "./postSignature.ts"
import { postSize } from "./postSize.ts"
import { postToken } from "./postToken.ts"

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
