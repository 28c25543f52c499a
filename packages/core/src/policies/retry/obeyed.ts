/**
 * Passes a policy's hint settings to the stage that runs the schedule's steps.
 */
import * as Context from "effect/Context"
import type { Hints } from "./options.ts"

/**
 * Contains the hint settings of a policy. The hint settings are passed through the context because the policy can be part of
 * another schedule, which hides the policy's settings.
 */
export const Obeyed = /* @__PURE__ */ Context.Reference<{ hints: Hints | undefined } | undefined>(
  "@holdfast/core/Retry/Obeyed",
  {
    defaultValue: () => undefined,
  },
)
