/** A journal in memory. It survives the layers that use it, like a file, and can fail or stop a process at each write. */
import type { SavedAsset } from "@holdfast/c2c/UploadSession"
import * as Verdict from "@holdfast/core/Verdict"
import { Journal, type JournalError, type UploadRecord } from "@holdfast/durable"
import { JournalFenced, JournalOwned } from "@holdfast/durable/JournalError"
import type { Change, Owner } from "@holdfast/durable/Journal"
import { Clock, Effect, Layer, PubSub, Stream } from "effect"
import * as Lanes from "../../src/internal/queue/lanes.ts"

type Row = UploadRecord.UploadRecord
type Mutable<A> = { -readonly [K in keyof A]: A[K] }

interface Stored {
  row: Row
  asset: SavedAsset | undefined
  parts: Map<number, UploadRecord.PartRecord>
}

const path = "/memory/journal.db"
const verdict = Verdict.never({ change: "human" })

export interface Memory {
  /** The uploads that are done and that a killed or interrupted owner may not have reported. */
  readonly unreported: Set<string>
  readonly layer: Layer.Layer<Journal>
  readonly rows: Map<string, Stored>
  /** The changes that were written, in order. */
  readonly written: Array<Change>
  readonly events: Array<UploadRecord.UploadEventRecord>
  readonly row: (id: string) => Row
  /** Runs before each change is written, with the number of the write from 1. */
  hook: (write: number, changes: ReadonlyArray<Change>) => Effect.Effect<void, JournalError>
  /** Runs before each reading of the list. */
  reading: Effect.Effect<void, JournalError>
  /** Ends the ownership of the current owner, as if another process had taken over. */
  readonly fence: () => void
  /** The crash of a process: its owner is gone, and the next owner counts a stop. */
  readonly crash: () => void
}

const empty = { assetId: undefined, serverTime: undefined, chunks: undefined, chunkSize: undefined }

export const make = (): Memory => {
  const rows = new Map<string, Stored>()
  const written: Array<Change> = []
  const events: Array<UploadRecord.UploadEventRecord> = []
  const progress = new Set<string>()
  const changed = Effect.runSync(PubSub.sliding<void>(1))
  /** The epochs of the uploads that workers own. */
  const owners = new Map<string, number>()
  let seq = 0
  let writes = 0
  let epoch = 0
  let owner = 0
  let crashed = false
  let paused = false

  const stored = (id: string): Stored => {
    const found = rows.get(id)
    if (found === undefined) throw new Error(`no upload ${id}`)
    return found
  }

  const update = (id: string, now: number, fields: Partial<Mutable<Row>>) => {
    const found = stored(id)
    found.row = { ...found.row, ...fields, changedAt: now }
  }

  const confirmed = (id: string) =>
    [...stored(id).parts.values()].reduce((sum, part) => sum + (part.state === "confirmed" ? part.length : 0), 0)

  const apply = (change: Change, now: number): void => {
    const { id } = change
    const found = stored(id)
    switch (change._tag) {
      case "Creating":
        return update(id, now, { state: "creating", file: change.file })
      case "NotCreated":
        return update(id, now, { state: found.asset === undefined ? "queued" : "sending" })
      case "Created": {
        const { asset, chunkSize, chunks } = change
        found.asset = asset
        found.parts.clear()
        progress.add(id)
        const { assetId, serverTime, file } = asset
        return update(id, now, {
          state: "sending",
          assetId,
          serverTime,
          file,
          chunks,
          chunkSize,
          confirmed: 0,
          crashes: 0,
        })
      }
      case "Resumed":
        return update(id, now, { state: "sending", resumed: true, resentBytes: change.resentBytes })
      case "PartSending":
        if (found.parts.get(change.chunk.index)?.state !== "confirmed") {
          found.parts.set(change.chunk.index, { ...change.chunk, state: "sending" })
        }
        return update(id, now, { state: "sending" })
      case "PartConfirmed":
        found.parts.set(change.part.index, { ...change.part, state: "confirmed", confirmedAt: now })
        progress.add(id)
        if (found.row.quietMillis !== undefined && change.part.offset + change.part.length > found.row.file.bytes) {
          update(id, now, { file: { ...found.row.file, bytes: change.part.offset + change.part.length }, chunks: 0 })
        }
        return update(id, now, { confirmed: confirmed(id), crashes: 0 })
      case "Ended":
        return update(id, now, { file: change.file, chunks: change.chunks })
      case "Done":
        found.asset = undefined
        return update(id, now, { state: "done", error: undefined, wanted: undefined })
      case "Failed":
      case "Uncertain": {
        const state = change._tag === "Failed" ? "failed" : "uncertain"
        const failures = found.row.failures + (found.row.state === state ? 0 : 1)
        return update(id, now, { state, error: change.error, failures, wanted: undefined })
      }
      case "Canceled":
        found.asset = undefined
        found.parts.clear()
        return update(id, now, { ...empty, state: "canceled", wanted: undefined, confirmed: 0 })
      case "Requeued": {
        const { createAgain, fresh } = change
        if (fresh) {
          found.asset = undefined
          found.parts.clear()
          update(id, now, { ...empty, confirmed: 0, resumed: false })
        }
        return update(id, now, { state: "queued", createAgain, error: undefined, wanted: undefined, crashes: 0 })
      }
      case "Rerun":
        return update(id, now, { run: change.run })
      case "Event":
        events.push({ seq: events.length + 1, uploadId: id, at: now, kind: change.kind, detail: change.detail })
    }
  }

  const notify = Effect.asVoid(PubSub.publish(changed, undefined))

  const write =
    (own: number | undefined): Owner["write"] =>
    (...changes) =>
      Effect.gen(function* () {
        yield* memory.hook(++writes, changes)
        if (own !== undefined && own !== owner) {
          return yield* new JournalFenced({ verdict, path, detail: "the epoch is newer", action: "stop" })
        }
        const now = yield* Clock.currentTimeMillis
        for (const change of changes) {
          written.push(change)
          apply(change, now)
        }
        yield* notify
      })

  const own = Effect.acquireRelease(
    Effect.gen(function* () {
      if (owner !== 0) return yield* new JournalOwned({ verdict, path, detail: "process 1", action: "wait" })
      owner = ++epoch
      const now = yield* Clock.currentTimeMillis
      for (const [id, { row, asset }] of rows) {
        if (row.state !== "creating" && row.state !== "sending") continue
        if (crashed && !progress.has(id)) update(id, now, { crashes: row.crashes + 1 })
        if (row.state !== "creating") continue
        update(id, now, { state: row.createAgain ? (asset === undefined ? "queued" : "sending") : "uncertain" })
      }
      progress.clear()
      crashed = false
      yield* notify
      const mine = owner
      return { epoch: mine, write: write(mine) }
    }),
    ({ epoch: mine }) =>
      Effect.sync(() => {
        if (owner === mine) owner = 0
      }),
  )

  const service = Journal.of({
    path,
    opening: { damaged: undefined, damagedParts: 0 },
    add: (uploads) =>
      Effect.gen(function* () {
        const now = yield* Clock.currentTimeMillis
        const added = uploads.map(({ createAgain, priority, ...upload }): Row => ({
          name: undefined,
          filetype: undefined,
          channel: undefined,
          quietMillis: undefined,
          device: undefined,
          run: 0,
          ...upload,
          ...empty,
          id: `u${++seq}`,
          seq,
          priority: priority ?? 0,
          createAgain: createAgain ?? false,
          state: "queued",
          wanted: undefined,
          failures: 0,
          crashes: 0,
          resumed: false,
          resentBytes: 0,
          confirmed: 0,
          error: undefined,
          addedAt: now,
          changedAt: now,
        }))
        for (const row of added) rows.set(row.id, { row, asset: undefined, parts: new Map() })
        yield* notify
        return added
      }),
    list: Effect.suspend(() =>
      Effect.as(
        memory.reading,
        [...rows.values()].map(({ row }) => row),
      ),
    ),
    next: (most, ids) =>
      Effect.suspend(() => {
        const all = [...rows.values()].map(({ row }) => row)
        const isUrgent = ({ id, state, wanted }: UploadRecord.UploadRecord) =>
          state === "creating" || state === "sending" || wanted !== undefined || ids.has(id)
        const waiting = all.filter((row) => row.state === "queued" && !isUrgent(row)).toSorted(Lanes.order)
        return Effect.as(memory.reading, [...all.filter(isUrgent), ...waiting.slice(0, most)])
      }),
    get: (id) => Effect.sync(() => rows.get(id)?.row),
    parts: (id) => Effect.sync(() => [...(rows.get(id)?.parts.values() ?? [])]),
    asset: (id) =>
      Effect.sync(() => {
        const found = rows.get(id)
        return found?.asset && { ...found.asset, file: found.row.file }
      }),
    events: (id) => Effect.sync(() => events.filter(({ uploadId }) => uploadId === id)),
    want: (ids, wanted) =>
      Effect.andThen(
        Effect.sync(() => {
          for (const id of ids) update(id, stored(id).row.changedAt, { wanted })
        }),
        notify,
      ),
    prioritize: (ids, priority) =>
      Effect.andThen(
        Effect.sync(() => {
          for (const id of ids) update(id, stored(id).row.changedAt, { priority })
        }),
        notify,
      ),
    paused: Effect.sync(() => paused),
    setPaused: (next) =>
      Effect.andThen(
        Effect.sync(() => {
          paused = next
        }),
        notify,
      ),
    clean: ({ failed }) =>
      Effect.sync(() => {
        const before = rows.size
        const ended = new Set(["done", "canceled", ...(failed ? ["failed"] : [])])
        for (const [id, { row }] of rows) if (ended.has(row.state)) rows.delete(id)
        return before - rows.size
      }),
    changes: Stream.fromPubSub(changed),
    own,
    ownUpload: (id) =>
      Effect.acquireRelease(
        Effect.gen(function* () {
          const { row } = stored(id)
          const mine = (owners.get(id) ?? 0) + 1
          owners.set(id, mine)
          if (row.state === "creating") update(id, row.changedAt, { state: row.createAgain ? "queued" : "uncertain" })
          const fence = Effect.suspend(() =>
            owners.get(id) === mine
              ? Effect.void
              : Effect.fail(new JournalFenced({ verdict, path, detail: "the epoch is newer", action: "stop" })),
          )
          const owner: Owner = {
            epoch: mine,
            write: (...changes) => Effect.andThen(fence, write(undefined)(...changes)),
          }
          return owner
        }),
        () => Effect.void,
      ),
    unreported: Effect.sync(() => new Set(memory.unreported)),
    claim: Effect.void,
  })

  const memory: Memory = {
    layer: Layer.succeed(Journal, service),
    rows,
    written,
    events,
    row: (id) => stored(id).row,
    hook: () => Effect.void,
    unreported: new Set(),
    reading: Effect.void,
    fence: () => {
      owner = ++epoch
    },
    crash: () => {
      owner = 0
      crashed = true
    },
  }
  return memory
}
