/**
 * Uploads files with `@holdfast/durable` and prints the lines of `holdfast upload --json` that a judge needs: the queue without
 * the command.
 *
 *     node packages/bench/shared/queue.ts API TOKENS JOURNAL [--create-again] [--recording=FILE] FILE…
 *
 * JOURNAL is a folder, or the address of a PostgreSQL database.
 */
import * as C2c from "@holdfast/c2c/C2c"
import { C2cConfig } from "@holdfast/c2c/C2cConfig"
import type { UploadEvent } from "@holdfast/c2c/UploadEvent"
import { RealtimeUploader } from "@holdfast/c2c/RealtimeUploader"
import type { RealtimeEvent } from "@holdfast/c2c/RealtimeUploader"
import { Uploader } from "@holdfast/c2c/Uploader"
import { Authorization } from "@holdfast/core/Authorization"
import { Journal } from "@holdfast/durable/Journal"
import { Queue } from "@holdfast/durable/Queue"
import { TokenStore } from "@holdfast/oauth/TokenStore"
import * as Credentials from "@holdfast/sandbox/Credentials"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { writeSync } from "node:fs"

const [api = "", tokens = "", place = "", ...rest] = process.argv.slice(2)
const createAgain = rest.includes("--create-again")
const paths = rest.filter((path) => !path.startsWith("--"))
/** Ends after the quiet time, which is longer than the pauses of the recorder. */
const recordingOf = (path: string) =>
  rest.includes(`--recording=${path}`) ? { recording: { quietTime: "40 seconds" } as const } : {}

/** A pipe that is full must not lose a line, so the program waits for each line. */
const print = (line: object) =>
  Effect.sync(() => void writeSync(1, `${JSON.stringify({ time: new Date().toISOString(), ...line })}\n`))

const types: Partial<Record<(RealtimeEvent | UploadEvent)["_tag"], string>> = {
  AssetCreated: "created",
  Resumed: "resumed",
  ChunkConfirmed: "chunk-confirmed",
  ChunkFailed: "chunk-failed",
  Recreated: "recreated",
}

const fieldsOf = (event: RealtimeEvent | UploadEvent): object => {
  switch (event._tag) {
    case "AssetCreated":
    case "Resumed":
      return { assetId: event.assetId }
    case "ChunkConfirmed":
    case "ChunkFailed":
      return { index: event.index }
    case "Recreated":
      return { reason: event.reason }
    default:
      return {}
  }
}

const main = Effect.gen(function* () {
  const queue = yield* Queue
  yield* print({ type: "started" })
  const added = yield* queue.add(paths.map((path) => ({ path, createAgain, skipUploaded: true, ...recordingOf(path) })))
  const failures = new Map<string, { readonly tag: string; readonly message: string }>()
  yield* queue.drain({
    only: new Set(added.map(({ id }) => id)),
    onEvent: (event) => {
      switch (event._tag) {
        case "Upload": {
          const type = types[event.event._tag]
          return type === undefined ? Effect.void : print({ type, path: event.path, ...fieldsOf(event.event) })
        }
        case "Done":
          return print({ type: "file", path: event.record.path, outcome: "uploaded" })
        case "Failed": {
          const error = { tag: event.error._tag, message: event.error.message }
          failures.set(event.record.path, error)
          return print({ type: "file", path: event.record.path, outcome: "failed", error })
        }
        default:
          return Effect.void
      }
    },
  })
  const records = (yield* queue.list).filter(({ id }) => added.some((record) => record.id === id))
  const files = records.map(({ error, path, resentBytes, resumed, state }) => ({
    path,
    outcome: state === "done" ? "uploaded" : "failed",
    resumed,
    resentBytes,
    ...(error === undefined ? {} : { error: { ...error, state } }),
  }))
  yield* print({ type: "summary", files })
  return records.every(({ state }) => state === "done") ? 0 : 3
})

/**
 * Ends the program when only a person can sign in again, as `holdfast upload --no-pair` does. A program would wait for that
 * person. The parts in flight need no token, and get 20 s.
 */
const signedOut = Effect.gen(function* () {
  const { gate } = yield* Authorization
  yield* gate.changes.pipe(
    Stream.filter(({ _tag }) => _tag === "NeedsHuman"),
    Stream.runHead,
  )
  yield* Effect.sleep("20 seconds")
  yield* print({ type: "error", error: { tag: "NeedsHuman", message: "the device has to be signed in again" } })
  return 4
})

const Config = C2cConfig.layer({ api, clientVersion: "1.0.0", ...Credentials })
const Uploads = place.startsWith("postgres://")
  ? Journal.layerSql({ path: "the database" }).pipe(Layer.provide(PgClient.layer({ url: Redacted.make(place) })))
  : Journal.layer({ directory: place })
const Live = Queue.layer.pipe(
  Layer.provide(RealtimeUploader.layer),
  Layer.provideMerge(Uploader.layer),
  Layer.provideMerge(C2c.layer),
  Layer.provideMerge(Layer.mergeAll(Uploads, Config, NodeHttpClient.layerUndici)),
  Layer.provideMerge(TokenStore.layerFile(tokens).pipe(Layer.provide(NodeServices.layer))),
)

NodeRuntime.runMain(
  Effect.raceFirst(main, signedOut).pipe(
    Effect.provide(Live),
    Effect.tap((code) => Effect.sync(() => void (process.exitCode = code))),
  ),
)
