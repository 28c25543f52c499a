/**
 * The rules of HTTP: from the connection to the answer.
 */
import { answer } from "./answer.ts"
import { connection } from "./connection.ts"
import { intermediary } from "./intermediary.ts"
import { limit } from "./limit.ts"
import { name } from "./name.ts"
import { portal } from "./portal.ts"
import { status } from "./status.ts"
import { tls } from "./tls.ts"

/** Every rule. */
export const rules = [...name, ...connection, ...tls, ...portal, ...answer, ...intermediary, ...limit, ...status]
