/**
 * Rules about clients that sent nothing, or used a nonexistent host, because of their configuration.
 */
import { configuration } from "./configuration.ts"
import { regions } from "./host.ts"
import { state } from "./state.ts"

/** The rules. */
export const client = [...configuration, ...regions, ...state] as const
