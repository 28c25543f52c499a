import * as Pipeline from "@holdfast/core/Pipeline"

/** The description of a limit or a breaker in a pipeline. */
export const guardText = (guard: Pipeline.ReloadableGuard): string =>
  Pipeline.describe(Pipeline.makeUnsafe(Pipeline.limits(guard))).replace(" › send", "")
