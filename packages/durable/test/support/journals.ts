/** Journals in temporary folders, and the values that the tests put into them. */
import { Journal, type UploadRecord } from "@holdfast/durable"
import type { JournalError } from "@holdfast/durable/JournalError"
import { Effect, Redacted, type Scope } from "effect"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"

/** Syncs cost nothing in memory, and no test here depends on them. */
const parent = Fs.existsSync("/dev/shm") ? "/dev/shm" : Os.tmpdir()

/** A temporary folder that is removed with the scope. */
export const folder = Effect.acquireRelease(
  Effect.sync(() => Fs.mkdtempSync(Path.join(parent, "journal-"))),
  (path) => Effect.sync(() => Fs.rmSync(path, { recursive: true, force: true })),
)

/** Opens the journal in `directory/state`, as a process of its own would, and closes it afterwards. */
export const using = <A, E>(
  directory: string,
  body: (journal: Journal["Service"]) => Effect.Effect<A, E, Scope.Scope>,
): Effect.Effect<A, E | JournalError> =>
  Effect.flatMap(Journal, body).pipe(
    Effect.scoped,
    Effect.provide(Journal.layer({ directory: Path.join(directory, "state"), marks: Path.join(directory, "marks") }), {
      local: true,
    }),
  )

/** The path of the journal file below a temporary folder. */
export const fileIn = (directory: string): string => Path.join(directory, "state", "journal.db")

export const file = { bytes: 100, modifiedNs: "1790000000123456789", inode: "42" }

export const upload = (path: string): UploadRecord.NewUpload => ({ path, file })

export const error: UploadRecord.SavedError = { tag: "ChannelPaused", message: "The channel is paused", exitCode: 4 }

export const asset = (assetId: string) => ({
  assetId,
  uploadUrls: [Redacted.make(`https://s/${assetId}/1?secret`), Redacted.make(`https://s/${assetId}/2?secret`)],
  filetype: "video/mp4",
  serverTime: 1_790_000_000_000,
  file,
})

export const chunk = (index: number) => ({ index, offset: index * 50, length: 50 })

export const part = (index: number) => ({ ...chunk(index), md5: `md5-${index}`, proof: "md5" as const })

/** Everything that a journal says. */
export const contents = (journal: Journal["Service"]) =>
  Effect.gen(function* () {
    const uploads = yield* journal.list
    const parts = new Map<string, ReadonlyArray<UploadRecord.PartRecord>>()
    const urls = new Map<string, ReadonlyArray<string> | undefined>()
    for (const { id } of uploads) {
      parts.set(id, yield* journal.parts(id))
      urls.set(id, (yield* journal.asset(id))?.uploadUrls.map(Redacted.value))
    }
    return { uploads, parts, urls }
  })

/** Fills a journal with uploads in several states, and returns what it says. */
export const fill = (directory: string, uploads: number) =>
  using(directory, (journal) =>
    Effect.gen(function* () {
      const added = yield* journal.add(Array.from({ length: uploads }, (_, n) => upload(`/media/clip-${n}.mov`)))
      const { write } = yield* journal.own
      for (const [n, { id }] of added.entries()) {
        if (n % 3 === 0) continue
        yield* write(
          { _tag: "Creating", id, file },
          { _tag: "Created", id, asset: asset(`asset-${n}`), chunks: 2, chunkSize: 50 },
          { _tag: "PartSending", id, chunk: chunk(0) },
          { _tag: "PartConfirmed", id, part: part(0) },
          { _tag: "PartSending", id, chunk: chunk(1) },
        )
        if (n % 3 === 2) yield* write({ _tag: "PartConfirmed", id, part: part(1) }, { _tag: "Done", id })
      }
      return yield* contents(journal)
    }),
  )
