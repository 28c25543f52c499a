/**
 * Reads the state from which an upload continues.
 */
import type { Saved } from "@holdfast/c2c/UploadSession"
import * as Effect from "effect/Effect"
import type { Journal } from "../../Journal.ts"
import type { JournalError } from "../../JournalError.ts"
import type { UploadRecord } from "../../UploadRecord.ts"

/** Returns the state of an upload whose asset exists, or `undefined` if the upload begins with a new asset. */
export const load = (
  journal: Pick<Journal["Service"], "asset" | "parts">,
  { assetId, id }: UploadRecord,
): Effect.Effect<Saved | undefined, JournalError> =>
  // A new upload has nothing to read, which matters for thousands of small files.
  assetId === undefined
    ? Effect.succeed(undefined)
    : Effect.gen(function* () {
        const asset = yield* journal.asset(id)
        if (asset === undefined) return undefined
        const parts = yield* journal.parts(id)
        return {
          asset,
          confirmed: parts.filter((part) => part.state === "confirmed"),
          begun: new Set(parts.flatMap(({ index, state }) => (state === "sending" ? [index] : []))),
        }
      })
