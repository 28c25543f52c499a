/**
 * The rules about POST forms; within a step of the server, the earlier topic comes first.
 */
import { postOrder } from "./postOrder.ts"

/** Every rule about forms. */
export const forms = [...postOrder] as const
