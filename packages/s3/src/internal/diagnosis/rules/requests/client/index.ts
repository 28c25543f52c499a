/**
 * Rules for clients that sent nothing or called a host that does not exist because their settings are wrong.
 */
import { configuration } from "./configuration.ts"
import { regions } from "./host.ts"
import { state } from "./state.ts"

/** All rules of this topic. */
export const client = [...configuration, ...regions, ...state] as const
