/**
 * Finds an upload that is done and had the same content as a file.
 */
import * as LocalFile from "@holdfast/c2c/LocalFile"
import type { SourceError, SourceFile } from "@holdfast/c2c/SourceFile"
import * as Effect from "effect/Effect"
import type { Journal } from "../../Journal.ts"
import type { JournalError } from "../../JournalError.ts"
import type { PartRecord, UploadRecord } from "../../UploadRecord.ts"

/** Returns the parts in order if they cover all bytes of a file exactly once, and `undefined` otherwise. */
const covering = (parts: ReadonlyArray<PartRecord>, bytes: number) => {
  const confirmed = parts.filter((part) => part.state === "confirmed").toSorted((a, b) => a.index - b.index)
  let end = 0
  for (const { length, offset } of confirmed) {
    if (offset !== end) return undefined
    end += length
  }
  return confirmed.length > 0 && end === bytes ? confirmed : undefined
}

/**
 * Returns an upload that is done and whose bytes equal the bytes of the file, or `undefined`.
 *
 * **Details**
 *
 * Only the size and the MD5 of each part are compared. The file is read up to the first part that differs. A part is hashed
 * once, even if it is compared with several uploads. An upload with parts that are not proven to be stored does not count.
 */
export const find = (
  journal: Pick<Journal["Service"], "parts">,
  records: ReadonlyArray<UploadRecord>,
  file: SourceFile,
): Effect.Effect<UploadRecord | undefined, JournalError | SourceError> =>
  Effect.gen(function* () {
    const hashes = new Map<string, string>()
    const hash = (offset: number, length: number) => {
      const key = `${offset}:${length}`
      const known = hashes.get(key)
      if (known !== undefined) return Effect.succeed(known)
      return Effect.tap(LocalFile.md5(file, offset, length), (md5) => Effect.sync(() => hashes.set(key, md5)))
    }
    for (const record of records) {
      if (record.state !== "done" || record.file.bytes !== file.bytes) continue
      const parts = covering(yield* journal.parts(record.id), file.bytes)
      if (parts === undefined || parts.some(({ proof }) => proof === "none")) continue
      let isSame = true
      for (const { length, md5, offset } of parts) {
        isSame = (yield* hash(offset, length)) === md5
        if (!isSame) break
      }
      if (!isSame) continue
      // A file that changes while it is read may have had this content in no version.
      yield* file.unchanged
      return record
    }
    return undefined
  })
