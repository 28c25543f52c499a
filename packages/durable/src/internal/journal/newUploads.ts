/**
 * The identifiers and the first records of new uploads.
 */
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type { SqlError } from "effect/sql/SqlError"
import type { NewUpload, UploadRecord } from "../../UploadRecord.ts"
import type { Run } from "./access.ts"
import * as Tables from "./tables.ts"

/** Returns an identifier that no upload has: 60 random bits in an alphabet without letters that are easily confused. */
export const unusedId = (run: Run): Effect.Effect<string, SqlError | Tables.RowDamaged> =>
  Effect.gen(function* () {
    const high = yield* Random.nextIntBetween(0, 2 ** 30)
    let low = yield* Random.nextIntBetween(0, 2 ** 30)
    // A seeded program can draw the same numbers as the program before it.
    while ((yield* Tables.uploadById(run, identifier(high, low))) !== undefined) low = (low + 1) % 2 ** 30
    return identifier(high, low)
  })

const identifier = (...words: ReadonlyArray<number>): string =>
  words.map((word) => [25, 20, 15, 10, 5, 0].map((shift) => digits[(word >>> shift) & 31]).join("")).join("")

const digits = "0123456789abcdefghjkmnpqrstvwxyz"

/** Returns the record of an upload that has just been added. */
export const toRecord = (upload: NewUpload, id: string, seq: number, now: number): UploadRecord => ({
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
  addedAt: now,
  changedAt: now,
})
