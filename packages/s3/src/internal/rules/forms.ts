/**
 * The rules about POST forms; within a step of the server, the earlier topic comes first.
 */
import { postBody } from "./postBody.ts"
import { postFile } from "./postFile.ts"
import { postOrder } from "./postOrder.ts"
import { postPermission } from "./postPermission.ts"
import { postPolicy } from "./postPolicy.ts"
import { postSign } from "./postSign.ts"
import { postToken } from "./postToken.ts"

/** Every rule about forms. */
export const forms = [
  ...postBody,
  ...postOrder,
  ...postFile,
  ...postToken,
  ...postSign,
  ...postPolicy,
  ...postPermission,
] as const
