/** A cluster in memory with one runner, over a journal that outlives it. */
import { RealtimeUploader } from "@holdfast/c2c/RealtimeUploader"
import { Uploader } from "@holdfast/c2c/Uploader"
import type { Journal } from "@holdfast/durable"
import { DeviceClients, type DeviceError, Dispatcher, UploadRunner } from "@holdfast/durable/cluster"
import { Context, Effect, Layer, type Scope } from "effect"
import { ClusterWorkflowEngine, TestRunner } from "effect/cluster"
import { type api, quiet, type storage, uploader } from "./bench.ts"

/** What the test's cluster sends, and with which clients. */
export interface Options extends UploadRunner.Options, Dispatcher.Options {
  readonly journal: Layer.Layer<Journal>
  readonly store: ReturnType<typeof storage>
  readonly server: Pick<ReturnType<typeof api>, "layer">
  /** Where the objects are that are uploaded. Default: only files can be uploaded. */
  readonly source?: Layer.Layer<never>
  /** Fails if the clients of a device cannot be provided. */
  readonly check?: (device: string) => Effect.Effect<void, DeviceError>
}

/** The devices whose clients were requested, in order, and a runner that runs the body beside its uploads. */
export const make = (options: Options) => {
  const { source = Layer.empty } = options
  const devices: Array<string> = []
  const events: Array<UploadRunner.RunnerEvent> = []
  const clients = Layer.effect(
    DeviceClients,
    Effect.map(Effect.context<RealtimeUploader | Uploader>(), (context) => ({
      of: (device: string) =>
        Effect.suspend(() => {
          devices.push(device)
          const found = Context.pick(RealtimeUploader, Uploader)(context)
          return Effect.as(options.check?.(device) ?? Effect.void, found)
        }),
    })),
  ).pipe(Layer.provide(uploader(options.store, options.server).pipe(Layer.provide(source))))
  const layer = Dispatcher.layerWith(options).pipe(
    Layer.provideMerge(
      UploadRunner.layerWith({ onEvent: (event) => Effect.sync(() => void events.push(event)), ...options }),
    ),
    Layer.provide([clients, source]),
    Layer.provideMerge(ClusterWorkflowEngine.layer),
    Layer.provideMerge(TestRunner.layer),
    Layer.provideMerge(options.journal),
  )
  /** Runs a body beside the runner, which ends with the body. */
  const run = <A, E>(
    body: Effect.Effect<A, E, Journal | Scope.Scope | UploadRunner.UploadRunner>,
  ): Effect.Effect<A, E> => Effect.scoped(body).pipe(Effect.provide(Layer.fresh(layer)), quiet)
  return { devices, events, run }
}
