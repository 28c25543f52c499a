/**
 * A process that recovers a damaged journal, and notes what the journal contains. Arguments: the folder of the journal, and where
 * to write the notes. The journal is made beside the folder, where it is not recorded.
 */
import { Journal } from "@holdfast/durable"
import { Effect, Redacted, type Scope } from "effect"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as Facts from "./facts.ts"

const [directory = "", notes = ""] = process.argv.slice(2)
const original = Path.join(directory, "..", "original")
const pageSize = 4096

const using = <A, E>(folder: string, body: (journal: Journal["Service"]) => Effect.Effect<A, E, Scope.Scope>) =>
  Effect.flatMap(Journal, body).pipe(
    Effect.scoped,
    Effect.provide(Journal.layer({ directory: folder, marks: Path.join(directory, "..", "cache") }), { local: true }),
  )

const facts = await Effect.runPromise(
  using(original, (journal) =>
    Effect.gen(function* () {
      const files = Array.from({ length: 12 }, (_, n) => ({ bytes: 2000, modifiedNs: String(n), inode: String(n) }))
      const added = yield* journal.add(files.map((file, n) => ({ path: `/media/${n}.mov`, file })))
      const { write } = yield* journal.own
      for (const { file, id, seq } of added.slice(3)) {
        const asset = {
          assetId: `asset-${seq}`,
          uploadUrls: [Redacted.make("https://storage/")],
          filetype: "x",
          serverTime: 0,
          file,
        }
        yield* write({ _tag: "Created", id, asset, chunks: 2, chunkSize: 1000 })
        yield* write({ _tag: "PartConfirmed", id, part: { index: 0, offset: 0, length: 1000, md5: "0", proof: "md5" } })
      }
      return [...(yield* Facts.contained(journal))]
    }),
  ),
)

const damaged = Fs.readFileSync(Path.join(original, "journal.db"))
damaged.fill(0, 0, 2 * pageSize)

Fs.mkdirSync(directory, { mode: 0o700 })
const output = Fs.openSync(notes, "a", 0o600)
Fs.writeSync(output, facts.map((fact) => `?${fact}\n`).join(""))
const file = Fs.openSync(Path.join(directory, "journal.db"), "wx", 0o600)
Fs.writeFileSync(file, damaged)
Fs.fsyncSync(file)
Fs.closeSync(file)
const folder = Fs.openSync(directory, "r")
Fs.fsyncSync(folder)
Fs.closeSync(folder)
Fs.writeSync(output, facts.map((fact) => `!${fact}\n`).join(""))

const found = await Effect.runPromise(using(directory, ({ opening }) => Effect.succeed(opening.damaged)))
if (found === undefined) throw new Error("the journal was not recovered")
