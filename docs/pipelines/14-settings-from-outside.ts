import { NodeRuntime } from "@effect/platform-node"
import { Pipeline } from "@holdfast/core"
import * as PipelineConfig from "@holdfast/core/PipelineConfig"
import * as PipelineSettings from "@holdfast/core/PipelineSettings"
import { ConfigProvider, Console, Effect } from "effect"

// #region settings
const json = `{
  "deadline": "3 minutes",
  "retry": { "attempts": 6 },
  "budget": { "kind": "ratio" },
  "bulkhead": { "permits": 4, "queue": 100, "maxWait": "10 seconds" },
  "breaker": { "window": { "duration": "30 seconds", "failureRate": 0.5 } },
  "timeout": "15 seconds"
}`

/** In a program this is the environment itself, and needs no provider. */
const environment = ConfigProvider.fromEnv({
  env: { HOLDFAST_RETRY_ATTEMPTS: "4", HOLDFAST_BREAKER: "on", HOLDFAST_TIMEOUT: "5 seconds" },
})
// #endregion

const wrong = { retry: { attempts: 0, backof: {} }, breaker: { window: { calls: "ten" } } }

// #region load
export const main = Effect.gen(function* () {
  const pipeline = yield* PipelineSettings.make(yield* PipelineConfig.parse(json, "policy.json"))
  yield* Console.log(`${Pipeline.describe(pipeline)}\n${Pipeline.worstCase(pipeline).text}\n`)

  const settings = yield* PipelineConfig.config().parse(environment)
  yield* Console.log(`${Pipeline.describe(yield* PipelineSettings.make(settings))}\n`)

  yield* Effect.flatMap(Effect.flip(PipelineConfig.load(wrong)), ({ message }) => Console.log(message))
})
// #endregion

if (import.meta.main) NodeRuntime.runMain(main)
