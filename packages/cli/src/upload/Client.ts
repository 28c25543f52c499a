/**
 * Provides the services for sending the queue of a remote API.
 */
import { RealtimeUploader } from "@holdfast/c2c/RealtimeUploader"
import { Uploader } from "@holdfast/c2c/Uploader"
import type { Timetable } from "@holdfast/durable/Bandwidth"
import { Bandwidth } from "@holdfast/durable/Bandwidth"
import * as Queue from "@holdfast/durable/Queue"
import * as Layer from "effect/Layer"
import * as Client from "../network/Client.ts"
import * as Remedy from "../network/Remedy.ts"
import type * as Target from "../network/Target.ts"
import * as Place from "../queue/Place.ts"
import { Keys } from "../signIn/Keys.ts"
import { Person } from "../signIn/Person.ts"

/** The paths of the files that the client keeps on this machine, and its settings. */
export interface Options {
  readonly tokenFile: string
  /** The directory of the queue. */
  readonly directory: string
  /** Whether the user signs in at this terminal. */
  readonly present: boolean
  /** The maximum number of chunks in flight. */
  readonly parallel: number
  /** The bandwidth limit. Default: none. */
  readonly bandwidth?: Timetable | undefined
}

/** Without a limit, the uploads are not paced, which takes less CPU time. */
const limited = <A, E, R>(queue: Layer.Layer<A, E, R>, bandwidth: Timetable | undefined) =>
  bandwidth === undefined ? queue : Layer.provide(queue, Bandwidth.layer(bandwidth))

/** Creates the queue of a remote API, and its client. */
export const remote = (target: Target.Target, { bandwidth, directory, parallel, present, tokenFile }: Options) => {
  const { api } = target.config
  const command = Remedy.pairCommand(api)
  return Layer.mergeAll(
    limited(Queue.layerWith({ describe: Remedy.saved(api), parallel }), bandwidth),
    present ? Person.layerPresent(command).pipe(Layer.provide(Keys.layer)) : Person.layerAbsent(command),
  ).pipe(
    Layer.provide(RealtimeUploader.layer),
    Layer.provideMerge(Uploader.layer),
    Layer.provideMerge(Place.layer(directory)),
    // Uploads wait before they create an asset while a person has paused the device.
    Layer.provideMerge(Client.deviceSocket(target)),
    Layer.provideMerge(Client.remote(target, tokenFile)),
  )
}
