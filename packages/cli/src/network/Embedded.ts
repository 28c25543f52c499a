/**
 * A sandbox inside this process. Imported only by commands that start one, because it is a tenth of what the command loads.
 */
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as FaultPlan from "@holdfast/sandbox/FaultPlan"
import { Sandbox } from "@holdfast/sandbox/Sandbox"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Remedy from "./Remedy.ts"

/** The faults of a sandbox: a plan's name or file, and the seed that makes a run replayable. */
export interface Faults {
  readonly faults: string
  readonly seed: number
}

/** A sandbox with the named faults; what is wrong with the plan or the port is the person's error. */
export const layer = (options: Faults & { readonly port: number }) =>
  Layer.unwrap(
    Effect.map(FaultPlan.load(options.faults), (plan) =>
      Sandbox.layer({ plan, seed: options.seed, port: options.port }),
    ),
  ).pipe(
    Layer.catch((error) => Layer.effect(Sandbox, Effect.fail(Remedy.sandbox(error)))),
    Layer.provide(NodeServices.layer),
  )
