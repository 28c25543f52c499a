/**
 * Sends the queue of a remote API.
 */
import { Journal } from "@holdfast/durable/Journal"
import { TokenStore } from "@holdfast/oauth/TokenStore"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import * as Client from "../network/Client.ts"
import * as Remedy from "../network/Remedy.ts"
import * as Target from "../network/Target.ts"
import { Output } from "../terminal/Output.ts"
import { willBeSent } from "../queue/Actions.ts"
import * as Place from "../queue/Place.ts"
import * as Problem from "../queue/Problem.ts"
import * as UploadClient from "./Client.ts"
import * as Detach from "./Detach.ts"
import * as UploadRun from "./Run.ts"
import type { UploadState } from "./State.ts"

/** The maximum time that a run without a terminal waits for another process to pair this device. */
const defaultPairWait = Duration.minutes(10)

/** Whether an earlier run left uploads in the queue of the API. */
export const hasOpen = (target: Target.Target) =>
  Effect.flatMap(Target.queueDirectory(target), (directory) =>
    Fs.existsSync(directory)
      ? Journal.use(({ list }) => Effect.mapError(list, Problem.of)).pipe(
          Effect.map((records) => records.some(willBeSent)),
          Effect.provide(Place.layer(directory)),
        )
      : Effect.succeed(false),
  )

/** Adds the files of a run to the queue of the API, and sends the queue. */
export const send = (run: UploadState, target: Target.Target, options: Omit<UploadRun.Options, "api" | "embedded">) =>
  Effect.gen(function* () {
    const output = yield* Output
    const file = yield* Target.tokenFile(target)
    const directory = yield* Target.queueDirectory(target)
    const api = target.config.api
    if (options.detach === true) {
      return yield* Detach.add(run, Place.layer(directory), `${Remedy.uploadCommand(api)} sends the queue`, {
        ...options,
        api,
      })
    }
    // An unusable token file is reported before anything is sent. A missing or damaged token pair can still be
    // replaced.
    yield* TokenStore.use((store) => Effect.mapError(store.load, (error) => Remedy.tokenStore(error, api))).pipe(
      Effect.provide(Client.tokenStore(file, api)),
      Effect.catchTag("PairingNeeded", () => Effect.void),
    )
    const present = output.stderr.isTerminal && !options.json
    const pairWait = options.pairWait ?? (present ? undefined : defaultPairWait)
    yield* UploadRun.sendAll(run, { ...options, pairWait, api, embedded: false }).pipe(
      Effect.provide(UploadClient.remote(target, { ...options, tokenFile: file, directory, present })),
    )
  })
