/**
 * Clients that sent nothing, or sent it to a host that does not exist, because of what they were given.
 */
import { configuration } from "./configuration.ts"
import { regions } from "./host.ts"
import { state } from "./state.ts"

/** The topic's rules. */
export const client = [...configuration, ...regions, ...state] as const
