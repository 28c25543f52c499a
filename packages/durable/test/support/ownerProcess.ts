/**
 * A process that owns a queue: it prints what the journal has confirmed, and what other processes want. Argument: the folder.
 */
import { Journal } from "@holdfast/durable"
import { Effect, Stream } from "effect"
import * as Fs from "node:fs"
import * as Path from "node:path"

const [directory = ""] = process.argv.slice(2)
const print = (line: string) => Effect.sync(() => Fs.writeSync(1, `${line}\n`))
const file = { bytes: 1e9, modifiedNs: "1", inode: "1" }

const work = Effect.gen(function* () {
  const journal = yield* Journal
  const [upload] = yield* journal.add([{ path: `/owner-${process.pid}`, file }])
  const id = upload?.id ?? ""
  const { write } = yield* journal.own
  yield* write({ _tag: "Creating", id, file })
  yield* write({
    _tag: "Created",
    id,
    asset: { assetId: "a", uploadUrls: [], filetype: "x", serverTime: 0, file },
    chunks: 1e6,
    chunkSize: 1000,
  })
  yield* print(`owner ${id}`)
  const wanted = Stream.runForEach(journal.changes, () =>
    Effect.flatMap(journal.list, (records) =>
      Effect.forEach(records, (record) => (record.wanted === undefined ? Effect.void : print(`wanted ${record.path}`))),
    ),
  )
  let index = 0
  const confirm = Effect.suspend(() => {
    const part = { index: index++, offset: 0, length: 1000, md5: "m", proof: "md5" as const }
    return Effect.andThen(write({ _tag: "PartConfirmed", id, part }), print(`part ${part.index}`))
  })
  yield* Effect.all([wanted, Effect.forever(Effect.andThen(confirm, Effect.sleep("2 millis")))], { concurrency: 2 })
})

await Effect.runPromise(
  work.pipe(
    Effect.scoped,
    Effect.provide(Journal.layer({ directory: Path.join(directory, "state"), marks: Path.join(directory, "marks") })),
  ),
)
