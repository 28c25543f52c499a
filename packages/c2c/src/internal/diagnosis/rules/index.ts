/**
 * The rules for Frame.io, in the order in which Frame.io checks a request.
 */
import { access } from "./access.ts"
import { asset } from "./asset.ts"
import { headers } from "./headers.ts"
import { pairing } from "./pairing.ts"
import { service } from "./service.ts"

/** Every rule. */
export const rules = [...headers, ...pairing, ...access, ...asset, ...service]
