/**
 * A process that owns a queue on PostgreSQL, and prints what the journal has confirmed, and the error that ends it. Arguments:
 * port and database. The environment contains the user and the password.
 */
import { PgClient } from "@effect/sql-pg"
import { Journal } from "@holdfast/durable"
import { Effect, Layer, Redacted } from "effect"
import { writeSync } from "node:fs"

const [port = "", database = ""] = process.argv.slice(2)
const print = (line: string) => Effect.sync(() => writeSync(1, `${line}\n`))
const file = { bytes: 1e9, modifiedNs: "1", inode: "1" }
const asset = { assetId: "a", uploadUrls: [], filetype: "x", serverTime: 0, file }

const work = Effect.gen(function* () {
  const journal = yield* Journal
  const [upload] = yield* journal.add([{ path: `/owner-${process.pid}`, file }])
  const id = upload?.id ?? ""
  const { write } = yield* journal.own
  yield* write({ _tag: "Creating", id, file })
  yield* write({ _tag: "Created", id, asset, chunks: 1e6, chunkSize: 1000 })
  yield* print(`owner ${id}`)
  let index = 0
  const confirm = Effect.suspend(() => {
    const part = { index: index++, offset: 0, length: 1000, md5: "m", proof: "md5" as const }
    return Effect.andThen(write({ _tag: "PartConfirmed", id, part }), print(`part ${part.index}`))
  })
  return yield* Effect.forever(Effect.andThen(confirm, Effect.sleep("5 millis")))
})

const client = PgClient.layer({
  host: "127.0.0.1",
  port: Number(port),
  database,
  username: process.env["PGUSER"] ?? "",
  password: Redacted.make(process.env["PGPASSWORD"] ?? ""),
})

await Effect.runPromise(
  work.pipe(
    Effect.scoped,
    Effect.provide(Journal.layerSql({ path: database }).pipe(Layer.provide(client))),
    Effect.catch((error) => print(`ended ${error._tag}`)),
  ),
)
