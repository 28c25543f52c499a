/**
 * The identifiers and the first records of new uploads.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type { SqlError } from "effect/sql/SqlError"
import type { NewUpload, UploadRecord } from "../../UploadRecord.ts"
import type { Run } from "./access.ts"
import * as Tables from "./tables.ts"

/** Adds uploads, except those that are in `added` and in the journal, and records them in `added`. */
export const add = (
  run: Run,
  uploads: ReadonlyArray<NewUpload>,
  added: Map<NewUpload, UploadRecord>,
): Effect.Effect<ReadonlyArray<UploadRecord>, SqlError> =>
  Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const before = yield* Tables.usedIds(
      run,
      Array.from(added.values(), ({ id }) => id),
    )
    const missing = [...new Set(uploads)].filter((upload) => !before.has(added.get(upload)?.id ?? ""))
    const ids = yield* unusedIds(run, missing.length)
    const last = yield* Tables.lastSeq(run)
    const records = missing.map((upload, n) => toRecord(upload, ids[n] ?? "", last + n + 1, now))
    yield* Tables.putUploads(
      run,
      records.map((record) => ({ record, begunEpoch: 0, progressEpoch: 0 })),
    )
    for (const [n, record] of records.entries()) {
      const upload = missing[n]
      if (upload !== undefined) added.set(upload, record)
    }
    return uploads.flatMap((upload) => added.get(upload) ?? [])
  })

/** Returns identifiers that no upload has: 60 random bits in an alphabet without letters that are easily confused. */
const unusedIds = (run: Run, count: number): Effect.Effect<ReadonlyArray<string>, SqlError> =>
  Effect.gen(function* () {
    const words: Array<readonly [high: number, low: number]> = []
    for (let n = 0; n < count; n++) {
      words.push([yield* Random.nextIntBetween(0, 2 ** 30), yield* Random.nextIntBetween(0, 2 ** 30)])
    }
    const used = new Set(
      yield* Tables.usedIds(
        run,
        words.map((pair) => identifier(...pair)),
      ),
    )
    const ids: Array<string> = []
    for (const [high, first] of words) {
      let low = first
      // A seeded program can draw the same numbers as the program before it.
      while (used.has(identifier(high, low))) {
        low = (low + 1) % 2 ** 30
        if ((yield* Tables.usedIds(run, [identifier(high, low)])).size > 0) used.add(identifier(high, low))
      }
      const id = identifier(high, low)
      used.add(id)
      ids.push(id)
    }
    return ids
  })

const identifier = (...words: ReadonlyArray<number>): string =>
  words.map((word) => [25, 20, 15, 10, 5, 0].map((shift) => digits[(word >>> shift) & 31]).join("")).join("")

const digits = "0123456789abcdefghjkmnpqrstvwxyz"

/** Returns the record of an upload that has just been added. */
const toRecord = (upload: NewUpload, id: string, seq: number, now: number): UploadRecord => ({
  id,
  seq,
  path: upload.path,
  name: upload.name,
  filetype: upload.filetype,
  channel: upload.channel,
  priority: upload.priority ?? 0,
  state: "queued",
  wanted: undefined,
  createAgain: upload.createAgain ?? false,
  file: upload.file,
  assetId: undefined,
  serverTime: undefined,
  chunks: undefined,
  chunkSize: undefined,
  failures: 0,
  crashes: 0,
  resumed: false,
  resentBytes: 0,
  confirmed: 0,
  error: undefined,
  quietMillis: upload.quietMillis,
  device: upload.device,
  run: 0,
  addedAt: now,
  changedAt: now,
})
