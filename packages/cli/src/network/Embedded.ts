/**
 * Runs a sandbox inside this process. Only commands that start a sandbox import this module, because the sandbox makes up a
 * tenth of the command's code.
 */
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as FaultPlan from "@holdfast/sandbox/FaultPlan"
import { Sandbox } from "@holdfast/sandbox/Sandbox"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Remedy from "./Remedy.ts"

/** The faults of a sandbox: the name or file of a fault plan, and the seed that makes a run reproducible. */
export interface Faults {
  readonly faults: string
  readonly seed: number
}

/** Creates a sandbox with the specified faults. An invalid plan or port causes a user error. */
export const layer = (options: Faults & { readonly port: number }) =>
  Layer.unwrap(
    Effect.map(FaultPlan.load(options.faults), (plan) =>
      Sandbox.layer({ plan, seed: options.seed, port: options.port }),
    ),
  ).pipe(
    Layer.catch((error) => Layer.effect(Sandbox, Effect.fail(Remedy.sandbox(error)))),
    Layer.provide(NodeServices.layer),
  )
