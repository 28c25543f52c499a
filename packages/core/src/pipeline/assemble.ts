/**
 * Combines the built stages of a pipeline into one step, and into the form for calls without a fiber.
 */
import type { Step } from "./engine/call.ts"
import type { Direct } from "./engine/direct.ts"
import { Guards, type AnyGuard } from "./engine/guard.ts"
import { attempted, sending, sent } from "./engine/send.ts"
import type { Stages } from "./run.ts"
import type { Built } from "./stage.ts"

/** Combines the stages into a single step that wraps the sending of a call. Adjacent guards become a single step. */
export const assembled = (stages: Stages, built: ReadonlyArray<Built>): Step => {
  // The stages of an attempt are innermost: the stages around them see attempts that have ended.
  const outer = stages.findIndex(({ name }) => name === "timeout" || name === "decode")
  const attempt = outer < 0 ? sent : wrapped(built.slice(outer), sent)
  return wrapped(outer < 0 ? built : built.slice(0, outer), attempted(attempt))
}

/** A pipeline runs without a fiber if it consists of guards with at most a retry around them. */
export const directOf = (built: ReadonlyArray<Built>): Direct | false => {
  const around = built[0]?.direct
  const inner = around === undefined ? built : built.slice(1)
  const guards = inner.flatMap((stage) => stage.guards ?? [])
  const isDirect = inner.every((stage) => stage.guards !== undefined && stage.around === undefined)
  if (!isDirect || guards.some(({ isFree }) => isFree === undefined)) return false
  const dated = around !== undefined || guards.some((guard) => guard.dated)
  const passage = new Guards(guards, sending, dated)
  return { passage, around: around?.(wrapped(inner, sending, dated)) }
}

const wrapped = (built: ReadonlyArray<Built>, inner: Step, dated = false): Step => {
  const surroundings = {
    dated: dated || built.some(({ asks }) => asks?.dated),
    retried: built.some(({ asks }) => asks?.retried),
    budget: built.find(({ asks }) => asks?.budget)?.asks?.budget,
  }
  let step = inner
  let guards: ReadonlyArray<AnyGuard> = []
  for (const [index, stage] of [...built.entries()].reverse()) {
    if (stage.guards !== undefined) guards = [...stage.guards, ...guards]
    if (stage.around !== undefined) step = stage.around(step, surroundings)
    // Guards of adjacent stages share one step.
    if (guards.length > 0 && built[index - 1]?.guards === undefined) {
      step = stage.guardedBy?.(guards, step, surroundings.dated) ?? step
      guards = []
    }
  }
  return step
}
