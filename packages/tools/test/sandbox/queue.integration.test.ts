/** Whole uploads over the journal on disk, against the sandbox, in processes that stop. */
import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { C2c, C2cConfig } from "@holdfast/c2c"
import { DurableUploader, Journal, Queue } from "@holdfast/durable"
import { TokenStore, Pairing } from "@holdfast/oauth"
import { Sandbox } from "@holdfast/sandbox"
import type { FaultPlan } from "@holdfast/sandbox"
import { Context, Deferred, Effect, Layer, Redacted } from "effect"
import { HttpClient } from "effect/http"
import { createHash, randomBytes } from "node:crypto"
import * as Fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const plan: FaultPlan.FaultPlan = {
  name: "chunks",
  deals: [
    {
      route: "chunk",
      hands: [
        [{ kind: "reset-after" }],
        [{ kind: "reset-during" }],
        [{ kind: "internal-error" }],
        [{ kind: "truncated" }],
        ...Array.from({ length: 8 }, () => []),
      ],
    },
  ],
}

const folder = Effect.acquireRelease(
  Effect.sync(() => Fs.mkdtempSync(join(tmpdir(), "holdfast-queue-"))),
  (directory) => Effect.sync(() => Fs.rmSync(directory, { recursive: true, force: true })),
)

/** Files with random content in a folder. */
const filesIn = (directory: string, ...sizes: ReadonlyArray<number>) =>
  Effect.sync(() =>
    sizes.map((bytes, index) => {
      const path = join(directory, `A00${index + 1}.mov`)
      const content = randomBytes(bytes)
      Fs.writeFileSync(path, content)
      return { path, content }
    }),
  )

/** The PUTs that left this machine, by the path of their URL. */
const counting = (puts: Map<string, number>) =>
  Layer.effect(
    HttpClient.HttpClient,
    Effect.map(
      HttpClient.HttpClient,
      HttpClient.mapRequest((request) => {
        if (request.method === "PUT") {
          const { pathname } = new URL(request.url)
          puts.set(pathname, (puts.get(pathname) ?? 0) + 1)
        }
        return request
      }),
    ),
  ).pipe(Layer.provide(NodeHttpClient.layerUndici))

describe("A queue on disk", () => {
  it.live(
    "uploads every file once even if the process stops after every third part",
    () =>
      Effect.gen(function* () {
        const directory = yield* folder
        const server = yield* Layer.build(
          Layer.mergeAll(Sandbox.layer({ plan, seed: 5, chunkSize: 32 * 1024 }), TokenStore.layerMemory),
        )
        const sandbox = Context.get(server, Sandbox)
        const puts = new Map<string, number>()
        const live = DurableUploader.layer.pipe(
          Layer.provideMerge(C2c.layer),
          Layer.provideMerge(
            Layer.mergeAll(
              counting(puts),
              Journal.layer({ directory: join(directory, "state"), marks: join(directory, "marks") }),
              Layer.succeed(C2cConfig, { api: sandbox.url, clientVersion: "1.0.0", ...Sandbox.credentials }),
            ),
          ),
          Layer.provideMerge(Layer.succeedContext(server)),
        )
        /** Runs a program in layers of its own, like a process. */
        const inProcess = <A, E, R>(program: Effect.Effect<A, E, R>) =>
          Effect.provide(program, Layer.fresh(live), { local: true })
        yield* inProcess(Pairing.run(({ userCode }) => sandbox.approve(userCode)))
        const added = yield* filesIn(directory, 1_000_003, 400_000, 32 * 1024, 10, 0)
        yield* inProcess(Queue.use((queue) => queue.add(added.map(({ path }) => ({ path })))))

        /** One process, which stops after `parts` parts. Returns whether the queue was drained. */
        const drain = (parts: number) =>
          inProcess(
            Effect.gen(function* () {
              const queue = yield* Queue
              const stop = yield* Deferred.make<boolean>()
              let confirmed = 0
              const drained = queue.drain({
                onEvent: (event) =>
                  event._tag === "Upload" && event.event._tag === "ChunkConfirmed" && ++confirmed === parts
                    ? Effect.asVoid(Deferred.succeed(stop, false))
                    : Effect.void,
              })
              return yield* Effect.raceFirst(Effect.as(drained, true), Deferred.await(stop))
            }),
          )
        /** How often the parts that are confirmed were sent, by the path of their URL. */
        const confirmedPuts = inProcess(
          Journal.use((journal) =>
            Effect.gen(function* () {
              const counts = new Map<string, number | undefined>()
              for (const { id } of yield* journal.list) {
                const asset = yield* journal.asset(id)
                for (const { index, state } of yield* journal.parts(id)) {
                  const url = asset?.uploadUrls[index]
                  if (state !== "confirmed" || url === undefined) continue
                  const { pathname } = new URL(Redacted.value(url))
                  counts.set(pathname, puts.get(pathname))
                }
              }
              return counts
            }),
          ),
        )
        const confirmed = new Map<string, number | undefined>()
        let processes = 1
        while (!(yield* drain(3))) {
          for (const [path, count] of yield* confirmedPuts) if (!confirmed.has(path)) confirmed.set(path, count)
          assert.isBelow(++processes, 60)
        }
        assert.isAbove(processes, 3)
        assert.isAbove(confirmed.size, 10)
        const sentAgain = [...confirmed].filter(([path, count]) => puts.get(path) !== count)
        assert.deepStrictEqual(sentAgain, [], "a confirmed part was sent again")
        const records = yield* inProcess(Queue.use((queue) => queue.list))
        assert.deepStrictEqual(
          records.map(({ confirmed, state }) => [state, confirmed]),
          added.map(({ content }) => ["done", content.length]),
        )
        const assets = yield* sandbox.assets
        assert.deepStrictEqual(
          assets.map(({ sha256 }) => sha256).toSorted(),
          added.map(({ content }) => createHash("sha256").update(content).digest("hex")).toSorted(),
        )
      }),
    120_000,
  )
})
