/**
 * How a retry policy tells the stage that runs its steps how it obeys the hints of servers.
 */
import * as Context from "effect/Context"
import type { Hints } from "./options.ts"

/**
 * Passes a policy's hint settings to the stage that runs its steps, because the policy may be part of another
 * schedule, which hides its settings.
 */
export const Obeyed = Context.Reference<{ hints: Hints | undefined } | undefined>("@holdfast/core/Retry/Obeyed", {
  defaultValue: () => undefined,
})
