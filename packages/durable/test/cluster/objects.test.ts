/** Uploads of objects in S3, which every worker with credentials can read. */
import { assert, describe, it } from "@effect/vitest"
import { Queue } from "@holdfast/durable"
import { Effect, Exit, Layer } from "effect"
import { randomBytes } from "node:crypto"
import { objects } from "../../../c2c/test/support/objects.ts"
import { api, drive, storage, until, uploader } from "../support/bench.ts"
import * as Cluster from "../support/cluster.ts"
import * as MemoryJournal from "../support/memoryJournal.ts"

const path = "s3://reels/Day 1/A001.mov"

const states = (memory: MemoryJournal.Memory) => [...memory.rows.values()].map(({ row }) => row.state)

const setUp = () => {
  const memory = MemoryJournal.make()
  const store = storage()
  const server = api(3)
  const bucket = objects()
  const content = randomBytes(100_001)
  bucket.stored.set(path, content)
  const queue = Queue.layer.pipe(Layer.provide([uploader(store, server), memory.layer]), Layer.provide(bucket.source))
  const add = Queue.use((added) => added.add([{ path }])).pipe(Effect.provide(Layer.fresh(queue)))
  return { memory, store, server, bucket, content, add, queue }
}

describe("An object of S3 in the queue", () => {
  it.effect("is added once under its own path, and uploaded by a worker that has credentials", () =>
    Effect.gen(function* () {
      const { add, bucket, content, memory, server, store } = setUp()
      const { run } = Cluster.make({ journal: memory.layer, store, server, source: bucket.source })
      const body = Effect.gen(function* () {
        const [first] = yield* add
        const [again] = yield* add
        assert.strictEqual(again?.id, first?.id)
        assert.strictEqual(first?.path, path)
        yield* until(() => states(memory).every((state) => state === "done"))
      })
      const exit = yield* drive(run(body))
      assert.isTrue(Exit.isSuccess(exit), String(exit))
      assert.isTrue(store.joined(1).equals(content))
      assert.strictEqual(server.requests[0]?.name, "A001.mov")
    }),
  )

  it.effect("is refused at once by a worker that has none, with what to do", () =>
    Effect.gen(function* () {
      const { add, memory, server, store } = setUp()
      const { events, run } = Cluster.make({ journal: memory.layer, store, server })
      const body = Effect.andThen(
        add,
        until(() => states(memory).includes("failed")),
      )
      assert.isTrue(Exit.isSuccess(yield* drive(run(body))))
      const [refused] = events
      assert(refused?._tag === "Refused" && refused.error._tag === "FileNotShared")
      assert.include(refused.error.message, "it has no credentials for them")
      assert.match(refused.error.action, /^on .+: provide S3Source.layer$/)
      assert.strictEqual(server.requests.length, 0)
    }),
  )

  it.effect("fails if it was replaced before the workers sent it whole", () =>
    Effect.gen(function* () {
      const { add, bucket, memory, server } = setUp()
      const store = storage((put) => {
        if (put.url.endsWith("/1")) bucket.stored.set(path, randomBytes(100_001))
        return new Response(null, { status: 200, headers: { "x-amz-request-id": "R", etag: '"0"' } })
      })
      const { events, run } = Cluster.make({ journal: memory.layer, store, server, source: bucket.source })
      const body = Effect.andThen(
        add,
        until(() => states(memory).includes("failed")),
      )
      const exit = yield* drive(run(body))
      assert.isTrue(Exit.isSuccess(exit), String(exit))
      const failed = events.find((event) => event._tag === "Failed")
      assert.strictEqual(failed?.error._tag, "FileChanged")
    }),
  )

  it.effect("cannot be a recording", () =>
    Effect.gen(function* () {
      const { queue } = setUp()
      const error = yield* Effect.flip(
        Queue.use(({ add }) => add([{ path, recording: {} }])).pipe(Effect.provide(Layer.fresh(queue))),
      )
      assert.strictEqual(error._tag, "NotRegularFile")
    }),
  )
})
