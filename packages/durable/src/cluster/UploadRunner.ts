/**
 * Sends the uploads that the cluster assigns to this process.
 */
import { SourceFiles } from "@holdfast/c2c/SourceFile"
import * as InvalidPolicy from "@holdfast/core/InvalidPolicy"
import * as EntityId from "effect/cluster/EntityId"
import { Sharding } from "effect/cluster/Sharding"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Activity from "effect/workflow/Activity"
import type { WorkflowEngine } from "effect/workflow/WorkflowEngine"
import { hostname } from "node:os"
import { Bandwidth } from "../Bandwidth.ts"
import * as Complete from "../internal/cluster/complete.ts"
import * as Lanes from "../internal/cluster/lanes.ts"
import * as Prepare from "../internal/cluster/prepare.ts"
import * as Suspension from "../internal/cluster/suspension.ts"
import * as Transfer from "../internal/cluster/transfer.ts"
import type { Describe, Run, Runner, RunnerEvent } from "../internal/cluster/types.ts"
import * as DescribeError from "../internal/queue/describe.ts"
import { defaultFiles } from "../internal/queue/lanes.ts"
import * as PauseSwitch from "../internal/queue/pauseSwitch.ts"
import * as Limits from "../internal/queue/sharedLimits.ts"
import type { DrainOptions } from "../internal/queue/types.ts"
import { Journal } from "../Journal.ts"
import { DeviceClients } from "./DeviceClients.ts"
import { UploadWorkflow } from "./UploadWorkflow.ts"

export type { Describe, Refusal, RunnerEvent } from "../internal/cluster/types.ts"

/** The options of a runner. */
export interface Options extends Pick<DrainOptions, "onRewrite" | "onUnverified" | "verifySource"> {
  /**
   * The number of files that this runner sends at once. Uploads of a lost runner are continued at once, even if they exceed this
   * number. Default: 8.
   */
  readonly files?: number | undefined
  /** The maximum number of parts in flight on this runner, across all files. Default: 16. */
  readonly parallel?: number | undefined
  /** Describes an error for the journal. Default: the tag and the message, with exit code 1. */
  readonly describe?: Describe | undefined
  readonly onEvent?: ((event: RunnerEvent) => Effect.Effect<void>) | undefined
}

/** The time after which the journal is asked again whether the queue is paused, if it did not answer. */
const askAgainAfter = "1 second"

/** How often a runner that ends looks whether its parts have ended. */
const lookEvery = Duration.millis(100)

/**
 * The uploads of this process.
 *
 * **Details**
 *
 * `drain` prepares the end of the process: no other upload and no other part begins from then on. It waits until the parts in
 * flight and the creations of assets have ended, at most for the given time, and returns whether they have. Close the scope of
 * the runner afterwards. Other runners then continue the uploads, and nothing is sent twice.
 */
export class UploadRunner extends Context.Service<
  UploadRunner,
  {
    /** The number of parts in flight. */
    readonly inFlight: Effect.Effect<number>
    readonly drain: (atMost: Duration.Input) => Effect.Effect<boolean>
  }
>()("@holdfast/durable/UploadRunner") {
  /** Registers the workflow with the default options. */
  static readonly layer: Layer.Layer<UploadRunner, never, DeviceClients | Journal | Sharding | WorkflowEngine> =
    Layer.suspend(() => layerWith())
}

/** Like `layer`, with options. The uploads use the `Bandwidth` of the context, if there is one. */
export const layerWith = (
  options: Options = {},
): Layer.Layer<UploadRunner, never, DeviceClients | Journal | Sharding | WorkflowEngine> => {
  const read = InvalidPolicy.reader("UploadRunner")
  const atOnce = read.integer("files", options.files ?? defaultFiles, { min: 1 })
  const parallel = read.integer("parallel", options.parallel ?? Limits.most, { min: 1 })
  return Layer.unwrap(
    Effect.gen(function* () {
      const journal = yield* Journal
      const clients = yield* DeviceClients
      const files = yield* SourceFiles
      const limits = Limits.make(Option.getOrUndefined(yield* Effect.serviceOption(Bandwidth)), parallel)
      const pause = PauseSwitch.make()
      const admitting = Latch.makeUnsafe(true)
      const creating = new Set<string>()
      let isEnding = false

      const follow = Stream.merge(Stream.succeed(undefined), journal.changes).pipe(
        Stream.runForEach(() =>
          Effect.flatMap(journal.paused, (paused) => (isEnding ? Effect.void : pause.set(paused))),
        ),
        Effect.retry(Schedule.spaced(askAgainAfter)),
        Effect.ignore,
      )
      const runner: Runner = {
        journal,
        clients,
        files,
        describe: options.describe ?? DescribeError.describe,
        emit: options.onEvent ?? (() => Effect.void),
        lanes: Lanes.make(atOnce),
        limits: (id, urgent) => pause.over(limits.of(id, urgent)),
        parallel,
        options,
        host: hostname(),
        admitted: admitting.await,
        creating,
        suspension: yield* Suspension.make,
      }
      const isIdle = () => limits.inFlight() === 0 && creating.size === 0
      const service = UploadRunner.of({
        inFlight: Effect.sync(limits.inFlight),
        drain: (atMost) =>
          Effect.gen(function* () {
            isEnding = true
            yield* admitting.close
            yield* pause.set(true)
            const idle = Effect.delay(Effect.sync(isIdle), lookEvery).pipe(Effect.repeat({ until: (found) => found }))
            return isIdle() || Option.isSome(yield* Effect.timeoutOption(idle, atMost))
          }),
      })
      return Layer.merge(
        Layer.succeed(UploadRunner, service),
        Layer.merge(Layer.effectDiscard(Effect.forkScoped(follow)), workflow(runner, yield* Sharding)),
      )
    }),
  )
}

/** Registers the workflow. */
const workflow = (runner: Runner, sharding: Sharding["Service"]) => {
  /** The last activity of each upload. The engine may begin an activity again before the earlier one has ended. */
  const latest = new Map<string, object>()
  const alone = <A>(payload: Payload, executionId: string, body: (run: Run) => Effect.Effect<A>): Effect.Effect<A> =>
    Effect.suspend(() => {
      const { upload } = payload
      const me = {}
      const shard = sharding.getShardId(EntityId.make(executionId), "default")
      latest.set(upload, me)
      return Effect.ensuring(
        body({ ...payload, isMine: () => latest.get(upload) === me && sharding.hasShardId(shard) }),
        Effect.sync(() => {
          if (latest.get(upload) === me) latest.delete(upload)
        }),
      )
    })
  return UploadWorkflow.toLayer((payload, executionId) =>
    Effect.gen(function* () {
      const canBegin = yield* Activity.make({
        name: "prepare",
        success: Schema.Boolean,
        execute: alone(payload, executionId, (run) => Prepare.run(runner, run)),
      })
      if (canBegin) {
        const execute = alone(payload, executionId, (run) => Transfer.run(runner, run))
        yield* Activity.make({ name: "transfer", execute })
      }
      return yield* Activity.make({
        name: "complete",
        success: UploadWorkflow.successSchema,
        execute: Complete.run(runner, payload),
      })
    }),
  )
}

type Payload = typeof UploadWorkflow.payloadSchema.Type
