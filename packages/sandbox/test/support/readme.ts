import { FaultPlan, Sandbox } from "@holdfast/sandbox"
import { Console, Effect } from "effect"

const program = Effect.gen(function* () {
  const { url, assets, log } = yield* Sandbox
  // Let a client upload to `url`. This one only asks whether the server responds.
  const health = yield* Effect.promise(() => fetch(`${url}/health`))
  yield* Console.log(health.headers.get("content-type"), yield* assets)
  for (const fault of yield* log) yield* Console.log(`server: ${fault.message}`)
})

export const main = program.pipe(Effect.provide(Sandbox.layer({ plan: FaultPlan.named.storm, seed: 7 })))
