import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { createHash } from "node:crypto"
import * as Scenario from "../../support/cluster/scenario.ts"
import * as Workers from "../../support/cluster/workers.ts"
import * as Postgres from "../../support/postgres/PostgresServer.ts"
import * as Peer from "../../support/processes/Peer.ts"
import { bytes } from "../../support/requests/samples.ts"
import * as AwsSdk from "../../support/s3/AwsSdk.ts"
import * as Bucket from "../../support/s3/Bucket.ts"
import * as Radosgw from "../../support/s3/Radosgw.ts"

const chunkSize = 64 * 1024

/** The most chunks in flight of a worker. */
const parallel = 2

const sha256 = (content: Uint8Array) => createHash("sha256").update(content).digest("hex")

const store = (key: string, content: Uint8Array) =>
  Effect.flatMap(Bucket.order("long", key), (order) => Effect.promise(() => AwsSdk.store(order, content)))

const until = <A>(what: string, ask: () => A | undefined | Promise<A | undefined>) =>
  Effect.promise(() => Peer.until(ask, { what, seconds: 120 }))

const missing = Postgres.missing ?? Radosgw.missing

describe.skipIf(missing !== undefined)(Peer.title("objects in Ceph that workers upload", missing), () => {
  const live = Layer.mergeAll(Bucket.layer, Postgres.PostgresServer.layer)
  it.layer(live, { excludeTestServices: true, timeout: 120_000 })((it) => {
    it.effect(
      "arrive as they are in the bucket, although a worker is killed; a replaced one and a denied one fail",
      () =>
        Effect.gen(function* () {
          const replaced = "replaced.mov"
          const denied = "Day 1/denied.mov"
          const good = new Map([
            ["Day 1/A001 é 日本 +~!(1)*'.mov", bytes(24 * chunkSize + 1, 2)],
            ["Day 1/B002.mov", bytes(24 * chunkSize, 3)],
            ["Day 2/C003.mov", bytes(24 * chunkSize, 4)],
            ["Day 2/small.mov", bytes(1, 5)],
            ["Day 2/empty.mov", bytes(0)],
          ])
          for (const [key, content] of good) yield* store(key, content)
          yield* store(replaced, bytes(24 * chunkSize, 6))
          yield* store(denied, bytes(1000, 7))

          const { command, database, sandbox, worker } = yield* Workers.make({ chunkSize, latency: 400, parallel })
          const paired = yield* command("pair", "--import", "--api", sandbox.url)
          assert.strictEqual(paired.exit, 0, paired.stderr.join("\n"))
          const path = (key: string) => `s3://${Bucket.name}/${key}`
          const upload = (...keys: ReadonlyArray<string>) => command("upload", "--api", sandbox.url, ...keys.map(path))
          const added = yield* upload(denied, replaced, ...good.keys())
          assert.deepStrictEqual(
            [added.exit, ...added.stderr],
            [0, "holdfast: 7 files are in the queue; the workers send them"],
          )

          // From now on, neither the command nor the workers may read this object.
          yield* Effect.flatMap(Bucket.order("long", denied), (order) => Effect.promise(() => AwsSdk.deny(order)))
          const refused = yield* upload(denied)
          assert.strictEqual(refused.exit, 7)
          assert.include(refused.stderr.join("\n"), "permit these credentials to read it (s3:GetObject)")

          const workers = yield* Effect.all([worker(0), worker(1)])
          const assetOf = async (name: string) => (await sandbox.assets()).find((asset) => asset.name === name)?.id
          const parts = (asset: string) => sandbox.seen.filter(({ path: at }) => at.startsWith(`/parts/${asset}/`))
          const replacedId = yield* until("the asset of the replaced object", () => assetOf(replaced))
          yield* until("a chunk of the replaced object", () => parts(replacedId)[0])
          yield* store(replaced, bytes(24 * chunkSize, 8))

          // A worker is killed in the middle of an object.
          const journal = yield* Scenario.journalOf(database)
          const orphan = yield* until("an object that is half sent", async () => {
            for (const { bytes: received, filesize, id } of await sandbox.assets()) {
              const sender = parts(id).at(-1)?.from
              if (id === replacedId || received === 0 || received > filesize / 2) continue
              const found = workers.find(({ name }) => name === sender)
              if (found !== undefined && parts(id).length > 4) return { id, worker: found }
            }
            return undefined
          })
          orphan.worker.child.kill("SIGKILL")
          assert.strictEqual(yield* Effect.promise(() => orphan.worker.ended), "SIGKILL")

          const records = yield* Scenario.until(journal, 120, Scenario.all("done", "failed"))
          const outcomes = new Map(records.map(({ error, path: at, state }) => [at, error?.tag ?? state]))
          assert.deepStrictEqual(
            outcomes,
            new Map([
              [path(denied), "FileNotShared"],
              [path(replaced), "FileChanged"],
              ...[...good.keys()].map((key) => [path(key), "done"] as const),
            ]),
          )
          const message = records.find(({ path: at }) => at === path(denied))?.error?.message ?? ""
          assert.include(message, "AccessDenied")
          assert.include(message, "permit these credentials to read it (s3:GetObject)")

          // Every object arrived once, and a replaced or denied one never as a whole.
          const assets = yield* Effect.promise(() => sandbox.assets())
          const whole = assets.filter(({ complete }) => complete)
          const names = new Map([...good].map(([key, content]) => [key.slice(key.indexOf("/") + 1), sha256(content)]))
          assert.deepStrictEqual(
            whole.map(({ name, sha256: digest }) => [name, digest]).toSorted(),
            [...names].toSorted(),
          )
          assert.deepStrictEqual(
            assets.filter(({ complete }) => !complete).map(({ name }) => name),
            [replaced],
          )

          // The other worker finished the object, and only chunks that were in flight at the kill were sent twice.
          assert.isTrue(parts(orphan.id).some(({ from }) => from !== orphan.worker.name))
          const arrived = sandbox.seen.filter(({ path: at, seen }) => seen === "arrived" && at.startsWith("/parts/"))
          const again = arrived.length - new Set(arrived.map(({ path: at }) => at)).size
          assert.isAtMost(again, 2 * parallel)
        }),
      400_000,
    )
  })
})
