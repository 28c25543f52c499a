/**
 * Passes a policy's hint settings to the stage that runs the schedule's steps.
 */
import * as Context from "effect/Context"
import type { Hints } from "./options.ts"

/**
 * Holds the hint settings of a policy. They are passed through the context because the policy may be part of another schedule,
 * which hides its settings.
 */
export const Obeyed = Context.Reference<{ hints: Hints | undefined } | undefined>("@holdfast/core/Retry/Obeyed", {
  defaultValue: () => undefined,
})
